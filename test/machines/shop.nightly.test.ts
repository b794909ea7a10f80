import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shopRelease } from "../../src/local-cloud/machines/applications/shop-release.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { cookiesOf, visitorGets, visitorPosts } from "../guests/shop-front.ts";
import { type Lab, obstacle, openLab } from "./lab.ts";
import { app as appOn, holdersOf, plantedMark, ShopLab, shownBy, statusOf } from "./shop-lab.ts";

const email = "first@lor.example";

describe.skipIf(obstacle !== undefined)("a front that really boots", () => {
  let lab: Lab;
  let shop: ShopLab;
  let machine: Machine;
  /** Of the database's user. */
  let password: string;
  const get = (path: string, ...headers: string[]) => shop.request("ps-0", visitorGets(path, headers));
  const post = (path: string, form: Readonly<Record<string, string>>, ...headers: string[]) =>
    shop.request("ps-0", visitorPosts(path, form, headers));
  const app = (...words: string[]) => appOn(machine, ...words);

  beforeAll(async () => {
    lab = await openLab();
    shop = await ShopLab.open(lab);
    password = shop.documentOf("ps-0").database.password;
    const release = shop.release("shop.zip", "9.1.5", shopRelease("9.1.5"));
    const tasks = [{ name: "note", everySeconds: 3600, command: ["php", "modules/standin/cron.php"] }];
    shop.publish("ps-0", { release, tasks });
    machine = await shop.boot("ps-0");
    await statusOf(machine, "applied", /^/, 300);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it("says that the shop is not installed, installs it once, and serves", async () => {
    expect(await shop.health("ps-0", 503)).toMatchObject({
      body: expect.stringContaining("not installed yet") as string,
    });
    expect(await app("status")).toMatchObject({ role: "prestashop", state: "applied", installed: false, tables: 0 });
    const [one, other] = await Promise.all([
      app("install", "--email", email, "--demo-products"),
      app("install", "--email", email, "--demo-products"),
    ]);
    expect([one, other]).toMatchObject([{ installed: true, administrator: email }, { installed: true }]);
    expect(await app("install", "--email", "another@lor.example")).toMatchObject({
      installed: true,
      already: true,
      administrator: email,
    });
    await shop.health("ps-0", 200);
    expect((await get("/")).body).toContain("Paris-Brest");
    expect(await app("status")).toMatchObject({
      installed: true,
      health: "ok",
      release: "9.1.5",
      queue: 0,
      mail: expect.stringContaining("no mail is sent") as string,
    });
  });

  it("keeps an image on object storage, and an order over a reboot", async () => {
    expect(await get("/1-home_default/eclair.jpg")).toMatchObject({ status: 200, body: "image of Éclair" });
    const known = await post("/registration", { email: "marie@lor.example", password: "gâteau" });
    const filled = await post("/cart", { id_product: "2" }, cookiesOf(known));
    const ordered = await post("/order", {}, cookiesOf(filled));
    expect(ordered.body).toContain("reference");
    await shop.step(() => lab.cloud.nova.servers.reboot(shop.serverId("ps-0")));
    await shop.health("ps-0", 200);
    expect((await get("/order-history", cookiesOf(ordered))).body).toContain("reference");
    expect(await app("status")).toMatchObject({ lastOrder: expect.stringMatching(/^\d{4}-/) as string, health: "ok" });
  });

  it("runs the scheduled task", async () => {
    await machine.run(["systemctl", "start", "lor-front.service"]);
    expect(await machine.run(["journalctl", "-u", "lor-front.service", "--no-pager"])).toContain("note: success");
  });

  it("shows no secret to anybody who has no business with it", async () => {
    expect(await holdersOf(machine, [plantedMark, password])).toEqual([
      "/etc/lor/prestashop-first-password",
      "/etc/lor/shop.json",
    ]);
    const others = await machine.run([
      "sh",
      "-c",
      "stat -c '%a %n' /etc/lor/prestashop-first-password /etc/lor/shop.json /var/lib/lor/bundles",
    ]);
    expect(
      others
        .trim()
        .split("\n")
        .map((line) => line.split(" ")[0]),
    ).toEqual(["600", "640", "700"]);
    expect(await shownBy(machine)).not.toMatch(new RegExp(`${plantedMark}|${password}`));
  });
});
