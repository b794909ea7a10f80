import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shopRelease } from "../../src/local-cloud/machines/applications/shop-release.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { cookiesOf } from "../guests/shop-front.ts";
import { obstacle } from "./lab.ts";
import { LorLab, plantedMark } from "./lor-lab.ts";

const email = "first@lor.example";

describe.skipIf(obstacle !== undefined)("a front that really boots", () => {
  let lab: LorLab;
  let machine: Machine;
  /** Of the database's user. */
  let password: string;
  const app = async (...words: string[]) => {
    const { stdout, stderr } = await machine.try(["lor-app", ...words]);
    try {
      return JSON.parse(stdout) as Record<string, unknown>;
    } catch {
      throw new Error(`lor-app ${words.join(" ")}: ${stdout}${stderr}`);
    }
  };

  beforeAll(async () => {
    lab = await LorLab.open();
    const database = await lab.database("mysql", "prestashop");
    password = database.password;
    const release = lab.release("9.1.5", "shop.zip", shopRelease("9.1.5"));
    const tasks = [{ name: "note", everySeconds: 3600, command: ["php", "modules/standin/cron.php"] }];
    lab.publish({ name: "ps-0", role: "prestashop", domain: "www.lor.example", release, database, tasks });
    machine = await lab.boot("ps-0", "prestashop");
    await lab.applied(machine);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it("says that the shop is not installed, installs it once, and serves", async () => {
    expect(await lab.health("ps-0", 503)).toMatchObject({
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
    await lab.health("ps-0", 200);
    expect((await lab.get("ps-0", "/")).body).toContain("Paris-Brest");
    expect(await app("status")).toMatchObject({
      installed: true,
      health: "ok",
      release: "9.1.5",
      queue: 0,
      mail: expect.stringContaining("no mail is sent") as string,
    });
  });

  it("keeps an image on object storage, and an order over a reboot", async () => {
    expect(await lab.get("ps-0", "/1-home_default/eclair.jpg")).toMatchObject({ status: 200, body: "image of Éclair" });
    const known = await lab.post("ps-0", "/registration", { email: "marie@lor.example", password: "gâteau" });
    const filled = await lab.post("ps-0", "/cart", { id_product: "2" }, [cookiesOf(known)]);
    const ordered = await lab.post("ps-0", "/order", {}, [cookiesOf(filled)]);
    expect(ordered.body).toContain("reference");
    lab.cloud.nova.servers.reboot(lab.serverId("ps-0"));
    await lab.settle();
    await lab.health("ps-0", 200);
    expect((await lab.get("ps-0", "/order-history", [cookiesOf(ordered)])).body).toContain("reference");
    expect(await app("status")).toMatchObject({ lastOrder: expect.stringMatching(/^\d{4}-/) as string, health: "ok" });
  });

  it("runs the scheduled task", async () => {
    await machine.run(["systemctl", "start", "lor-front.service"]);
    expect(await machine.run(["journalctl", "-u", "lor-front.service", "--no-pager"])).toContain("note: success");
  });

  it("shows no secret to anybody who has no business with it", async () => {
    const files = await machine.run([
      "sh",
      "-c",
      `grep -rlI -e ${plantedMark} -e ${password} / --exclude-dir=proc --exclude-dir=sys 2>/dev/null; true`,
    ]);
    const shown = files
      .trim()
      .split("\n")
      .filter((path) => !/^\/var\/lib\/lor\/bundles\/[^/]+\/document\.json$/.test(path));
    expect(shown.sort()).toEqual(["/etc/lor/prestashop-first-password", "/etc/lor/shop.json"]);
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
    expect(
      await machine.run([
        "sh",
        "-c",
        "cat /proc/[0-9]*/cmdline /proc/[0-9]*/environ 2>/dev/null | tr '\\0' '\\n'; journalctl --no-pager",
      ]),
    ).not.toMatch(new RegExp(`${plantedMark}|${password}`));
  });
});
