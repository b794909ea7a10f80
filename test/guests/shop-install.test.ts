import { execFileSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { plantedMark } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";
import { MariaDb } from "./mariadb.ts";
import { cookiesOf, ShopFront, type Store } from "./shop-front.ts";

/** Real nginx, PHP-FPM and MariaDB; the shop that stands for PrestaShop is installed by its own installer. */
let database: MariaDb;
let store: Store;
let first: ShopFront;
const email = "first@lor.example";

beforeAll(async () => {
  ensureGuestTools();
  database = await MariaDb.start();
});
afterAll(() => database.stop());

beforeEach(async () => {
  database.sql("DROP DATABASE shop; CREATE DATABASE shop");
  store = { folder: mkdtempSync(join(tmpdir(), "lor-store-")) };
  chmodSync(store.folder, 0o777);
  first = await ShopFront.boot("ps-0", database, store);
});
afterEach(async () => {
  await first.remove();
  rmSync(store.folder, { recursive: true, force: true });
});

const rows = (statement: string) => database.sql(statement, "shop");
const employees = () => rows("SELECT email FROM ps_employee");

describe("before an installation", () => {
  it("a front says so, and status knows what it knows", async () => {
    await first.health(503, "not installed yet");
    expect(await first.status()).toMatchObject({
      role: "prestashop",
      release: "9.1.5",
      state: "applied",
      installed: false,
      tables: 0,
      lastOrder: null,
      queue: 0,
      certificateDays: null,
      health: expect.stringContaining("not installed") as string,
      reasons: { lastOrder: "the shop is not installed", certificateDays: "HTTPS ends at the load balancer" },
    });
  });
});

describe("lor-app install", () => {
  it("makes one shop with HTTPS, an administrator and the bundle's keys; a second time it finds it", async () => {
    expect(await first.install(email)).toMatchObject({
      installed: true,
      already: false,
      administrator: email,
      version: "9.1.5",
    });
    expect(employees()).toBe(email);
    expect(rows("SELECT value FROM ps_configuration WHERE name = 'PS_SSL_ENABLED'")).toBe("1");
    expect(await first.install("second@lor.example")).toMatchObject({
      installed: true,
      already: true,
      administrator: email,
    });
    expect(employees()).toBe(email);
    await first.health(200);
    expect(await first.status()).toMatchObject({ installed: true, health: "ok" });

    const password = first.machine.read("/etc/lor/prestashop-first-password").trim();
    const folder = readdirSync(join(first.machine.root, "srv/lor/current")).find((name) =>
      /^admin[0-9a-f]{10}$/.test(name),
    );
    const signedIn = await first.post(`/${folder}/index.php`, { email, passwd: password });
    expect(signedIn.body).toContain(email);
    const page = await first.get(`/${folder}/index.php`, [cookiesOf(signedIn)]);
    expect(page.body).toContain(email);
  });

  it("leaves no secret outside the files that are for it", async () => {
    await first.install(email);
    const holders = execFileSync(
      "grep",
      ["-rlI", plantedMark, "--exclude-dir=bundles", first.machine.root, store.folder],
      { encoding: "utf8" },
    );
    const names = holders
      .trim()
      .split("\n")
      .map((path) => path.replace(first.machine.root, ""));
    expect(names.sort()).toEqual(["/etc/lor/prestashop-first-password", "/etc/lor/rclone.conf", "/etc/lor/shop.json"]);
    expect(first.machine.takeCalls().join("\n")).not.toContain(plantedMark);
  });

  it.each(["parameters", "some-tables", "database", "version", "employee"])(
    "goes on when the installer was killed after %s",
    async (cut) => {
      expect(await first.install(email, { cut })).toMatchObject({ installed: false });
      expect(await first.install(email)).toMatchObject({ installed: true, already: false });
      expect(employees()).toBe(email);
      expect(rows("SELECT COUNT(*) FROM ps_product")).toBe("3");
    },
  );

  it("leaves a database alone that somebody else filled", async () => {
    rows(
      "CREATE TABLE ps_configuration (name VARCHAR(254), value TEXT); INSERT INTO ps_configuration VALUES ('A', 'kept')",
    );
    const result = await first.install(email);
    expect(result).toMatchObject({
      installed: false,
      reason: expect.stringContaining("nothing was changed") as string,
    });
    expect(rows("SELECT value FROM ps_configuration")).toBe("kept");
    await first.health(503, "no complete shop");
  });

  it("leaves a half-made database alone once it has orders", async () => {
    await first.install(email, { cut: "employee" });
    rows("INSERT INTO ps_customer (email, passwd, date_add) VALUES ('a@b.example', '', NOW())");
    rows("INSERT INTO ps_orders (reference, id_customer, id_cart, total_paid, date_add) VALUES ('R', 1, 1, 1, NOW())");
    expect(await first.install(email)).toMatchObject({
      installed: false,
      reason: expect.stringContaining("left alone") as string,
    });
    expect(rows("SELECT reference FROM ps_orders")).toBe("R");
  });

  it("happens once when two fronts ask at the same moment, and both have the installer's files", async () => {
    const second = await ShopFront.boot("ps-1", database, store);
    try {
      const [one, other] = await Promise.all([first.install(email), second.install("other@lor.example")]);
      expect([one, other]).toMatchObject([{ installed: true }, { installed: true }]);
      expect([one, other].map((result) => result.already).sort()).toEqual([false, true]);
      expect(rows("SELECT COUNT(*) FROM ps_employee")).toBe("1");
      for (const front of [first, second])
        expect(front.machine.has("/srv/lor/current/translations/fr/messages.php")).toBe(true);
    } finally {
      await second.remove();
    }
  });
});

describe("a shop on two fronts", () => {
  let second: ShopFront;

  beforeEach(async () => {
    second = await ShopFront.boot("ps-1", database, store);
    await first.install(email);
    await second.minute();
    await Promise.all([first.health(200), second.health(200)]);
  });
  afterEach(() => second.remove());

  it("keeps a visitor's login, basket and order when the front that served him is lost", async () => {
    const known = await first.post("/registration", { email: "marie@lor.example", password: "gâteau" });
    const filled = await first.post("/cart", { id_product: "2", qty: "3" }, [cookiesOf(known)]);
    const visitor = cookiesOf(filled);
    expect((await second.get("/my-account", [visitor])).body).toContain("marie@lor.example");
    const ordered = await first.post("/order", {}, [visitor]);
    const { reference } = JSON.parse(ordered.body) as { reference: string };
    await first.kill();
    expect((await second.get("/order-history", [cookiesOf(ordered)])).body).toContain(reference);
    expect(await second.status()).toMatchObject({ lastOrder: expect.stringMatching(/^\d{4}-\d\d-\d\dT/) as string });
  });

  it("keeps the back office's session when the front changes", async () => {
    const folder = readdirSync(join(first.machine.root, "srv/lor/current")).find((name) =>
      /^admin[0-9a-f]{10}$/.test(name),
    );
    const passwd = first.machine.read("/etc/lor/prestashop-first-password").trim();
    const signedIn = await first.post(`/${folder}/index.php`, { email, passwd });
    expect((await second.get(`/${folder}/index.php`, [cookiesOf(signedIn)])).body).toContain(email);
  });

  it("serves a combined style sheet from the front that did not make it", async () => {
    const path = "/themes/classic/assets/cache/theme-0a1b2c1.css";
    first.machine.write(`/srv/lor/current${path}`, "made on ps-0");
    await first.get("/");
    expect(second.machine.has(`/srv/lor/current${path}`)).toBe(false);
    expect(await second.get(path)).toMatchObject({ status: 200, body: "made on ps-0" });
    expect(second.machine.read(`/srv/lor/current${path}`)).toBe("made on ps-0");
    expect(await second.get("/themes/classic/assets/cache/theme-ffffff1.css")).toMatchObject({ status: 404 });
  });

  it("shows an image on one front that was uploaded on the other", async () => {
    const page = await second.get("/1-home_default/eclair.jpg");
    expect(page).toMatchObject({ status: 200, body: "image of Éclair" });
  });
});
