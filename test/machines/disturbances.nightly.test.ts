import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shopRelease } from "../../src/local-cloud/machines/applications/shop-release.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { cookiesOf, visitorGets, visitorPosts } from "../guests/shop-front.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";
import { setClock } from "./machine-clock.ts";
import { app, emptyDisk, fetchNow, fillDisk, healthOf, page, rebootBy, ShopLab, statusOf } from "./shop-lab.ts";

describe.skipIf(obstacle !== undefined)("machines under disturbances", () => {
  let lab: Lab;
  let shop: ShopLab;
  let first: Machine;
  let second: Machine;

  beforeAll(async () => {
    lab = await openLab();
    shop = await ShopLab.open(lab);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  const install = (machine: Machine) => app(machine, "install", "--email", "first@lor.example", "--demo-products");
  const get = (name: string, path: string, ...headers: string[]) => shop.request(name, visitorGets(path, headers));
  const post = (name: string, path: string, form: Readonly<Record<string, string>>, ...headers: string[]) =>
    shop.request(name, visitorPosts(path, form, headers));

  it("two fronts that boot and are installed at the same instant are one shop", async () => {
    [first, second] = await Promise.all([shop.boot("ps-0"), shop.boot("ps-1")]);
    const both = [first, second];
    await Promise.all(both.map((machine) => statusOf(machine, "applied")));
    const results = await Promise.all(both.map(install));
    expect(results.map(({ installed }) => installed)).toEqual([true, true]);
    expect(results.filter(({ already }) => !already)).toHaveLength(1);
    for (const machine of both) {
      await healthOf(lab, machine);
      expect((await page(machine, "/")).status).toBe(200);
    }
  });

  it("a front serves again after a reboot, also while the metadata service and its document are away", async () => {
    lab.machines.services.metadata.answers = false;
    shop.removeDocument("ps-0");
    await rebootBy(first, () => shop.step(() => lab.cloud.nova.servers.reboot(shop.serverId("ps-0"))));
    await healthOf(lab, first);
    expect((await page(first, "/")).status).toBe(200);
    lab.machines.services.metadata.answers = true;
    shop.publish("ps-0");
  });

  it("a front that becomes larger has more PHP children", async () => {
    const children = async () =>
      Number(/max_children = (\d+)/.exec((await first.read("/etc/php/8.2/fpm/pool.d/lor-tuning.conf")) ?? "")?.[1]);
    const before = await children();
    const { servers } = lab.cloud.nova;
    await rebootBy(first, async () => {
      await shop.step(() => servers.resize(shop.serverId("ps-0"), { flavorName: "b2-15-flex" }));
      await shop.step(() => servers.confirmResize(shop.serverId("ps-0")));
    });
    await healthOf(lab, first);
    expect(await children()).toBeGreaterThan(before);
    expect(await first.run(["sh", "-c", "php-fpm8.2 -tt 2>&1"])).toContain(`pm.max_children = ${await children()}`);
  });

  it.each([
    ["is no JSON", () => "{"],
    ["is another machine's", () => JSON.stringify({ version: 1, name: "ps-9", role: "prestashop", files: [] })],
    ["has a version of tomorrow", () => JSON.stringify({ version: 2 })],
  ])("a document that %s changes nothing on a front that serves", async (_what, broken) => {
    const status = async () => {
      const { notFetchedSince, ...rest } = JSON.parse((await second.read("/var/lib/lor/status.json")) ?? "{}") as {
        readonly notFetchedSince: string | null;
      };
      return rest;
    };
    const before = await status();
    shop.putDocument("ps-1", broken());
    await fetchNow(second);
    expect(await status()).toEqual(before);
    expect((await app(second, "status")).reasons?.document).toContain("none came since");
    expect((await page(second, "/")).status).toBe(200);
    shop.publish("ps-1");
  });

  it("an order placed on a front that loses power is there on the other, and the customer stays signed in", async () => {
    const known = await post("ps-0", "/registration", { email: "marie@lor.example", password: "gâteau" });
    const filled = await post("ps-0", "/cart", { id_product: "2" }, cookiesOf(known));
    const ordered = await post("ps-0", "/order", {}, cookiesOf(filled));
    const { reference } = JSON.parse(ordered.body) as { reference: string };
    await first.kill();
    expect((await get("ps-1", "/my-account", cookiesOf(filled))).body).toContain("marie@lor.example");
    expect((await get("ps-1", "/order-history", cookiesOf(ordered))).body).toContain(reference);
    expect((await app(second, "status")).lastOrder).toMatch(/^\d{4}-/);
    await shop.step(() => lab.cloud.nova.servers.reboot(shop.serverId("ps-0")));
    await healthOf(lab, first);
    expect((await get("ps-0", "/order-history", cookiesOf(ordered))).body).toContain(reference);
  });

  it("no front is taken out while the database refuses one more connection", async () => {
    const said = "the database takes no further connection";
    const looked = async (machine: Machine) =>
      (JSON.parse((await machine.read("/run/lor-front/health.json")) ?? "{}") as { at?: number; reason?: string }) ??
      {};
    const holder = first.spawn(["php8.2", "-r", holdConnections], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      let shown = "";
      holder.stdout?.on("data", (text: Buffer) => {
        shown += text.toString();
      });
      await waitFor("error 1040", () => (shown.includes("1040") ? true : undefined));
      const looks = new Map([first, second].map((machine) => [machine, new Set<number>()]));
      await waitFor("four looks of each front at a full database", async () => {
        for (const [machine, seen] of looks) {
          expect(await shop.request(machine.name, "GET /health HTTP/1.0\r\n\r\n")).toMatchObject({ status: 200 });
          const { at = 0, reason } = await looked(machine);
          if (reason === said) seen.add(at);
        }
        expect(lab.machines.report().filter(({ problem }) => problem !== undefined)).toEqual([]);
        return [...looks.values()].every(({ size }) => size >= 4) ? true : undefined;
      });
    } finally {
      holder.stdin?.end();
    }
    for (const name of ["ps-0", "ps-1"]) {
      await waitFor(`${name} to find room in the database`, async () =>
        (await shop.health(name, 200)).body === "ok\n" ? true : undefined,
      );
    }
  });

  it("a release whose checksum is wrong is refused, and the old one serves on", async () => {
    const old = shop.documentOf("ps-1").release;
    const release = { ...shop.release("prestashop-again.zip", "9.1.0+1", shopRelease("9.1.0")) };
    shop.publish("ps-1", { release: { ...release, sha256: "0".repeat(64) } });
    await fetchNow(second);
    expect((await statusOf(second, "failed")).message).toContain(`wanted ${"0".repeat(64)}, seen ${release.sha256}`);
    expect(await app(second, "status")).toMatchObject({ health: "ok", release: old.version, wantedRelease: "9.1.0+1" });
    shop.publish("ps-1", { release });
    await fetchNow(second);
    expect(await statusOf(second, "applied")).toMatchObject({ wantedRelease: "9.1.0+1" });
    expect((await page(second, "/")).status).toBe(200);
  });

  it("a full system disk stops no front that serves; it is told, and the next document is applied once there is room", async () => {
    await fillDisk(second, "/");
    shop.publish("ps-1", { trustedProxies: ["10.10.0.0/24", "10.10.1.0/24", "10.10.9.0/24"] });
    await fetchNow(second);
    expect((await page(second, "/")).status).toBe(200);
    expect(await app(second, "status")).toMatchObject({
      health: "ok",
      reasons: { disk: expect.stringContaining("is free on /") as string },
    });
    await emptyDisk(second, "/");
    await fetchNow(second);
    await waitFor("the new document", async () =>
      (await second.run(["cat", "/etc/nginx/sites-enabled/lor"])).includes("10.10.9.0/24") ? true : undefined,
    );
    const { reasons } = await app(second, "status");
    expect(reasons).not.toHaveProperty("disk");
    expect(reasons).not.toHaveProperty("document");
  });

  it("a front whose clock is a day ahead serves, says so, and takes nobody's session; it heals with its clock", async () => {
    const signedIn = await post("ps-0", "/registration", { email: "anne@lor.example", password: "gâteau" });
    const sessions = (machine: Machine) =>
      machine.run(["php8.2", "-r", `require '/usr/local/lib/lor/database.php'; ${countSessions}`]);
    const before = await sessions(first);
    await setClock(second, "+1d");
    await healthOf(lab, second);
    expect((await app(second, "status")).reasons).toMatchObject({
      clock: "ahead by 24 hours: systemctl status systemd-timesyncd",
    });
    expect((await get("ps-1", "/my-account", cookiesOf(signedIn))).body).toContain("anne@lor.example");
    expect(Number(await sessions(first))).toBeGreaterThanOrEqual(Number(before));
    // A look that was noted in the future is not the last word for a day.
    const noted = await second.read("/run/lor-front/health.json");
    await setClock(second, "0");
    await waitFor("a new look", async () => {
      await shop.request("ps-1", "GET /health HTTP/1.0\r\n\r\n");
      const { at } = JSON.parse((await second.read("/run/lor-front/health.json")) ?? "{}") as { at: number };
      return at < (JSON.parse(noted ?? "{}") as { at: number }).at ? true : undefined;
    });
    expect((await app(second, "status")).reasons).not.toHaveProperty("clock");
  });

  it("a front whose clock is a day behind trusts no certificate, says so, and heals with its clock", async () => {
    await setClock(second, "-1d");
    shop.publish("ps-1", { trustedProxies: ["10.10.0.0/24", "10.10.1.0/24"] });
    await fetchNow(second);
    expect((await app(second, "status")).reasons).toMatchObject({
      clock: "behind by 24 hours: systemctl status systemd-timesyncd",
      document: expect.stringContaining("none came since") as string,
    });
    await shop.health("ps-1", 503);
    await setClock(second, "0");
    await healthOf(lab, second);
    await fetchNow(second);
    expect(await statusOf(second, "applied")).toMatchObject({ message: "" });
    const { reasons } = await app(second, "status");
    expect(reasons).not.toHaveProperty("clock");
    expect(reasons).not.toHaveProperty("document");
  });

  it("a front that lost its data volume says what is missing, and makes an empty one its own", async () => {
    await shop.exchangeVolume("ps-0", undefined);
    await statusOf(first, "waiting", /no volume labelled lor-data/);
    expect(await app(first, "status")).toMatchObject({
      release: null,
      reasons: { state: expect.stringContaining("no volume labelled lor-data") as string },
    });
    const volumeId = await shop.emptyVolume("fresh");
    const serverId = shop.serverId("ps-0");
    await shop.step(() => lab.cloud.nova.volumeAttachments.create({ serverId, volumeId }));
    await statusOf(first, "applied");
    await healthOf(lab, first);
    expect((await page(first, "/")).status).toBe(200);
  });
});

const countSessions = "echo lor_database(5)->query('SELECT COUNT(*) FROM lor_session')->fetchColumn();";

/** Takes every connection that the database gives, and keeps them until the input ends. */
const holdConnections = `require '/usr/local/lib/lor/database.php';
stream_set_blocking(STDIN, false);
for ($held = []; !feof(STDIN); fread(STDIN, 1)) {
    try {
        $held[] = lor_database(5);
    } catch (PDOException $error) {
        echo $error->getCode(), "\n";
        usleep(20_000);
    }
}`;
