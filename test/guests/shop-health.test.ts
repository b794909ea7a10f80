import { chmodSync, mkdtempSync, rmSync, statSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ensureGuestTools } from "./guest-tools.ts";
import { MariaDb } from "./mariadb.ts";
import { ShopFront, type Store } from "./shop-front.ts";

let database: MariaDb;
let store: Store;
let front: ShopFront;

const tasks = [
  { name: "note", everySeconds: 3600, command: ["php8.2", "modules/standin/cron.php"] },
  { name: "fail", everySeconds: 3600, command: ["sh", "-c", "exit 3"] },
];

beforeAll(async () => {
  ensureGuestTools();
  database = await MariaDb.start(["--max-connections=10", "--connect-timeout=3600"]);
  store = { folder: mkdtempSync(join(tmpdir(), "lor-store-")) };
  chmodSync(store.folder, 0o777);
  front = await ShopFront.boot("ps-0", database, store, { tasks });
  expect(await front.install("first@lor.example")).toMatchObject({ installed: true });
  await front.health(200);
});
afterAll(async () => {
  await front.remove();
  await database.stop();
  rmSync(store.folder, { recursive: true, force: true });
});

/** A verdict that was just given is kept for some seconds: with this it is looked at anew. */
const age = () => {
  const file = "/run/lor-front/health.json";
  const verdict = JSON.parse(front.machine.read(file)) as { at: number };
  front.machine.write(file, JSON.stringify({ ...verdict, at: verdict.at - 10 }));
};
const verdict = () => JSON.parse(front.machine.read("/run/lor-front/health.json")) as { ok: boolean; reason: string };

/** The last visitor came two minutes ago. */
async function nobodyServed(): Promise<void> {
  front.machine.write("/run/lor-front/served", "");
  const file = join(front.machine.root, "run/lor-front/served");
  await front.machine.run("chmod", ["a+rw", file]);
  await front.machine.run("touch", ["-d", "2 minutes ago", file]);
}

/** Verdict of the next look. */
async function look(): Promise<{ ok: boolean; reason: string }> {
  age();
  const before = front.machine.read("/run/lor-front/health.json");
  await front.raw("GET /health HTTP/1.0\r\n\r\n");
  return vi.waitFor(
    () => {
      expect(front.machine.read("/run/lor-front/health.json")).not.toBe(before);
      return verdict();
    },
    { timeout: 600_000, interval: 50 },
  );
}

describe("/health", () => {
  it("stays well while the database takes no further connection, and says so", async () => {
    // Every connection that the server accepts is held open, as by a shop at its limit.
    const held: Socket[] = [];
    try {
      await nobodyServed();
      await vi.waitFor(
        async () => {
          const socket = connect(database.port, "127.0.0.1");
          const greeting = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
          held.push(socket);
          // 1040 in the first packet: too many connections.
          expect(greeting.readUInt8(4) === 0xff && greeting.readUInt16LE(5)).toBe(1040);
        },
        { timeout: 60_000, interval: 1 },
      );
      for (let looks = 0; looks < 4; looks++) {
        expect(await look()).toMatchObject({ ok: true, reason: "the database takes no further connection" });
        expect((await front.raw("GET /health HTTP/1.0\r\n\r\n")).status).toBe(200);
      }
    } finally {
      for (const socket of held) socket.destroy();
    }
    await vi.waitFor(async () => expect(await look()).toMatchObject({ ok: true, reason: "" }), { timeout: 60_000 });
  });

  it("ends when pages fail twice and no visitor is served, and comes back", async () => {
    database.sql("RENAME TABLE ps_product TO ps_product_away", "shop");
    try {
      await nobodyServed();
      await front.health(503, "a table is missing");
    } finally {
      database.sql("RENAME TABLE ps_product_away TO ps_product", "shop");
    }
    await front.health(200);
  });

  it("does not take its own pages for visitors", async () => {
    await nobodyServed();
    expect(await look()).toMatchObject({ ok: true });
    const served = () => statSync(join(front.machine.root, "run/lor-front/served")).mtimeMs;
    expect(served()).toBeLessThan(Date.now() - 60_000);
    await front.get("/");
    expect(served()).toBeGreaterThan(Date.now() - 60_000);
  });

  it("looks anew after a verdict from the future, and keeps it until then", async () => {
    await front.health(200);
    const noted = verdict() as { at: number; ok: boolean; reason: string };
    front.machine.write("/run/lor-front/health.json", JSON.stringify({ ...noted, at: noted.at + 86_400 }));
    expect((await front.raw("GET /health HTTP/1.0\r\n\r\n")).status).toBe(200);
    await vi.waitFor(() => expect((verdict() as unknown as { at: number }).at).toBeLessThan(noted.at + 86_400), {
      timeout: 60_000,
    });
  });

  it("ends when object storage is not mounted", async () => {
    await front.machine.run("mv", [join(store.folder, "img"), join(store.folder, "away")]);
    expect(await look()).toMatchObject({ ok: false, reason: "the images on object storage are not mounted" });
    await front.machine.run("mv", [join(store.folder, "away"), join(store.folder, "img")]);
    await front.health(200);
  });

  it("goes on in maintenance, which visitors are meant to see", async () => {
    database.sql("UPDATE ps_configuration SET value = '0' WHERE name = 'PS_SHOP_ENABLE'", "shop");
    expect(await look()).toMatchObject({ ok: true });
    database.sql("UPDATE ps_configuration SET value = '1' WHERE name = 'PS_SHOP_ENABLE'", "shop");
  });

  it("is answered at once, however long a page takes", async () => {
    age();
    const started = Date.now();
    await Promise.all(Array.from({ length: 20 }, () => front.raw("GET /health HTTP/1.0\r\n\r\n")));
    expect(Date.now() - started).toBeLessThan(4000);
  });
});

describe("a verdict", () => {
  interface Case {
    readonly found: string;
    readonly last?: { readonly ok: boolean; readonly good: number; readonly failures: number };
    readonly servedAgo: number;
    readonly ok: boolean;
  }
  const now = 1_000_000;
  const was = (ok: boolean, goodAgo = 5, failures = 0) => ({ ok, good: now - goodAgo, failures });
  const cases: readonly Case[] = [
    { found: "ok", servedAgo: 999, ok: true },
    { found: "broken", last: was(true), servedAgo: 1, ok: false },
    { found: "busy", last: was(true, 9999), servedAgo: 9999, ok: true },
    { found: "busy", servedAgo: 9999, ok: false },
    { found: "slow", last: was(true, 9999), servedAgo: 5, ok: true },
    { found: "slow", last: was(true, 20), servedAgo: 9999, ok: true },
    { found: "slow", last: was(true, 61), servedAgo: 9999, ok: false },
    { found: "failed", last: was(true), servedAgo: 9999, ok: true },
    { found: "failed", last: was(true, 5, 1), servedAgo: 9999, ok: false },
    { found: "failed", last: was(true, 5, 9), servedAgo: 3, ok: true },
    { found: "failed", servedAgo: 9999, ok: false },
    // Noted while the clock was a day ahead.
    { found: "failed", last: was(true, 5, 1), servedAgo: -86_400, ok: false },
    { found: "slow", last: was(true, -86_400), servedAgo: -86_400, ok: false },
  ];

  it.each(cases)(
    "of $found, after $last, with a visitor served $servedAgo s ago: $ok",
    async ({ found, last, servedAgo, ok }) => {
      const given = JSON.stringify({ found: { result: found, reason: "" }, last: last ?? null });
      const code = `require '${front.machine.root}/usr/local/lib/lor/health.php'; $given = json_decode('${given}', true);
      echo json_encode(lor_verdict($given['found'], $given['last'], ${now}, ${now - servedAgo})['ok']);`;
      expect((await front.machine.run("php8.2", ["-r", code])).out).toBe(String(ok));
    },
  );
});

describe("scheduled tasks", () => {
  const runs = () => database.sql("SELECT COUNT(*) FROM ps_cron_run", "shop");
  const due = () => database.sql("UPDATE lor_task SET started = 0", "shop");

  it("run on the front that holds the lease, at their interval, and another front takes over when it is lost", async () => {
    const other = await ShopFront.boot("ps-1", database, store, { tasks });
    try {
      await front.minute();
      await other.minute();
      expect(runs()).toBe("1");
      expect(database.sql("SELECT result FROM lor_task ORDER BY name", "shop")).toBe("ended with 3\nsuccess");
      due();
      await other.minute();
      expect(runs()).toBe("1");
      // ps-0 is lost: nobody renews its lease.
      database.sql("UPDATE lor_lease SET until = UNIX_TIMESTAMP() - 1", "shop");
      await other.minute();
      expect(runs()).toBe("2");
      due();
      await front.minute();
      expect(runs()).toBe("2");
      expect(database.sql("SELECT holder FROM lor_lease", "shop")).toBe("ps-1");
    } finally {
      await other.remove();
    }
  });
});

describe("sessions", () => {
  it("that have ended are deleted by the front that holds the lease, because Debian's PHP deletes none", async () => {
    database.sql(
      "UPDATE lor_lease SET holder = 'ps-0', until = UNIX_TIMESTAMP() + 60; INSERT INTO lor_session (id, data, expires) SELECT CONCAT('ended-', seq), '', seq FROM seq_1_to_2500; INSERT INTO lor_session VALUES ('lives', '', UNIX_TIMESTAMP() + 600)",
      "shop",
    );
    await front.minute();
    expect(database.sql("SELECT COUNT(*) FROM lor_session WHERE id LIKE 'ended-%'", "shop")).toBe("0");
    expect(database.sql("SELECT COUNT(*) FROM lor_session WHERE id = 'lives'", "shop")).toBe("1");
  });
});

describe("a page that the shop shows to some customers only", () => {
  it("takes no front out", async () => {
    const index = "/srv/lor/current/index.php";
    const before = front.machine.read(index);
    const closed = "if (isset($_GET['controller'])) { http_response_code(403); exit('for members'); }";
    front.machine.write(index, before.replace("<?php", `<?php ${closed}`));
    try {
      const product = () => front.get("/index.php?controller=product&id_product=1");
      await vi.waitFor(async () => expect((await product()).status).toBe(403), { timeout: 60_000 });
      await nobodyServed();
      // The second failure in a row would take it out.
      for (let looks = 0; looks < 3; looks++) expect(await look()).toMatchObject({ ok: true, reason: "" });
    } finally {
      front.machine.write(index, before);
    }
  });

  it("is told from an answer of nginx", async () => {
    const code = `require '${front.machine.root}/usr/local/lib/lor/pages.php';
      echo json_encode([lor_is_decision(404, '<h1>Gone</h1>'), lor_is_decision(404, '<hr><center>nginx</center>'), lor_is_decision(500, '')]);`;
    expect((await front.machine.run("php8.2", ["-r", code])).out).toBe("[true,false,false]");
  });
});

describe("a new release", () => {
  it("is asked for its pages before a visitor reaches it, and refused when one fails", async () => {
    const before = (await front.status()).release;
    front.publish(
      "9.1.5-broken",
      {},
      {
        "install/install_version.php": "<?php define('_PS_INSTALL_VERSION_', '9.1.5');",
        "index.php": "<?php http_response_code(500);",
      },
    );
    expect((await front.apply()).code).toBe(1);
    expect(await front.status()).toMatchObject({
      release: before,
      state: "failed",
      reasons: { state: expect.stringContaining("status 500") as string },
    });
    expect((await front.get("/")).status).toBe(200);
  });
});
