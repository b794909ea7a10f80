import { chmodSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { ensureGuestTools } from "./guest-tools.ts";
import { MariaDb } from "./mariadb.ts";
import { cookiesOf, ShopFront, type Store } from "./shop-front.ts";

/** What fronts share holds while the clock of one of them is wrong. The database's clock is right. */
let database: MariaDb;
let store: Store;
let right: ShopFront;
let wrong: ShopFront;

const email = "first@lor.example";
const tasks = [{ name: "note", everySeconds: 3600, command: ["php8.2", "modules/standin/cron.php"] }];
const rows = (statement: string) => database.sql(statement, "shop");
const dayOfSeconds = 86_400;

beforeAll(async () => {
  ensureGuestTools();
  database = await MariaDb.start();
  store = { folder: mkdtempSync(join(tmpdir(), "lor-store-")) };
  chmodSync(store.folder, 0o777);
  const files = { "modules/clock.php": "<?php echo time();" };
  right = await ShopFront.boot("ps-0", database, store, { tasks }, files);
  wrong = await ShopFront.boot("ps-1", database, store, { tasks }, files);
  expect(await right.install(email)).toMatchObject({ installed: true });
  await wrong.minute();
});
afterAll(async () => {
  await right.remove();
  await wrong.remove();
  await database.stop();
  rmSync(store.folder, { recursive: true, force: true });
});

describe.each([
  ["a day ahead", "+1d", dayOfSeconds],
  ["a day behind", "-1d", -dayOfSeconds],
])("while the clock of one front is %s", (_words, shift, ahead) => {
  const wrongPhp = async (code: string) => {
    const library = `${wrong.machine.root}/usr/local/lib/lor/sessions.php`;
    const options = ["session.use_cookies=0", "session.cache_limiter=", "session.use_strict_mode=1"];
    const args = options.flatMap((option) => ["-d", option]);
    return (await wrong.machine.run("php8.2", [...args, "-r", `require '${library}'; ${code}`])).out;
  };

  beforeEach(async () => {
    rows("DELETE FROM lor_session; DELETE FROM lor_asset; UPDATE lor_lease SET until = 0");
    await wrong.setClock(shift);
    // Both of PHP's programs have it.
    const seen = [Number((await wrong.get("/modules/clock.php")).body), Number(await wrongPhp("echo time();"))];
    for (const time of seen) expect(Math.abs(time - Date.now() / 1000 - ahead)).toBeLessThan(600);
  });

  it("a session begun on either front lives on the other, as long as any", async () => {
    const folder = (await right.machine.run("ls", [join(right.machine.root, "srv/lor/current")])).out.match(
      /^admin[0-9a-f]{10}$/m,
    )?.[0];
    const page = `/${folder}/index.php`;
    for (const [one, other] of [
      [right, wrong],
      [wrong, right],
    ] as const) {
      const passwd = one.machine.read("/etc/lor/prestashop-first-password").trim();
      const cookie = cookiesOf(await one.post(page, { email, passwd }));
      for (const front of [other, one, other])
        expect(await front.get(page, [cookie])).toMatchObject({ status: 200, body: expect.stringContaining(email) });
    }
    const left = rows("SELECT expires - UNIX_TIMESTAMP() FROM lor_session WHERE id NOT LIKE 'lor-%'").split("\n");
    expect(left.length).toBeGreaterThan(1);
    for (const seconds of left) expect(Math.abs(Number(seconds) - 1440)).toBeLessThan(600);
  });

  it("it ends the sessions that have ended, and takes over no id but of one that lives", async () => {
    const make =
      "INSERT INTO lor_session VALUES ('lives', '', UNIX_TIMESTAMP() + 900), ('ended', '', UNIX_TIMESTAMP() - 1)";
    const kept = () => rows("SELECT id FROM lor_session WHERE id IN ('lives', 'ended')");
    const idOf = (id: string) => wrongPhp(`session_id('${id}'); session_start(); echo session_id();`);
    rows(make);
    expect(await idOf("lives")).toBe("lives");
    expect(await idOf("ended")).not.toBe("ended");
    expect(Number(await wrongPhp("session_id('lives'); session_start(); echo session_gc();"))).toBeGreaterThan(0);
    expect(kept()).toBe("lives");
    // Its minute, with the lease.
    rows(`REPLACE${make.slice("INSERT".length)}`);
    await wrong.minute();
    expect(rows("SELECT holder FROM lor_lease")).toBe("ps-1");
    expect(kept()).toBe("lives");
  });

  it("the scheduled tasks run on the front that holds the lease, at their interval", async () => {
    const runs = () => Number(rows("SELECT COUNT(*) FROM ps_cron_run"));
    const due = () => rows("UPDATE lor_task SET started = 0");
    const holder = () =>
      rows("SELECT holder FROM lor_lease WHERE until BETWEEN UNIX_TIMESTAMP() AND UNIX_TIMESTAMP() + 180");
    const before = runs();
    for (const [one, other] of [
      [right, wrong],
      [wrong, right],
    ] as const) {
      rows("UPDATE lor_lease SET until = UNIX_TIMESTAMP() - 1");
      due();
      await one.minute();
      due();
      await other.minute();
      expect(holder()).toBe(one.name);
      // The other front finds it lost: the task is due for neither of them.
      rows("UPDATE lor_task SET started = UNIX_TIMESTAMP() - 1800; UPDATE lor_lease SET until = UNIX_TIMESTAMP() - 1");
      await other.minute();
      expect(holder()).toBe(other.name);
    }
    expect(runs()).toBe(before + 2);
  });

  it("combined style sheets are shared, also after the clock is right again, and kept for their time", async () => {
    const asset = (name: string) => `/themes/classic/assets/cache/${name}.css`;
    const share = async (name: string) => {
      wrong.machine.write(`/srv/lor/current${asset(name)}`, `made on ps-1: ${name}`);
      await vi.waitFor(
        async () => {
          await wrong.get("/");
          expect(rows("SELECT path FROM lor_asset")).toContain(asset(name));
        },
        { timeout: 60_000 },
      );
      expect(await right.get(asset(name))).toMatchObject({ status: 200, body: `made on ps-1: ${name}` });
    };
    rows(
      `INSERT INTO lor_asset SELECT name, '', UNIX_TIMESTAMP() - days * ${dayOfSeconds} FROM (SELECT 'young' name, 89.5 days UNION SELECT 'old', 90.5) a`,
    );
    await share(`one${ahead}`);
    expect(rows("SELECT path FROM lor_asset WHERE path IN ('young', 'old')")).toBe("young");
    expect(Number(rows("SELECT MAX(ABS(at - UNIX_TIMESTAMP())) FROM lor_asset WHERE path <> 'young'"))).toBeLessThan(
      600,
    );
    await wrong.setClock("0");
    await share(`two${ahead}`);
  });
});
