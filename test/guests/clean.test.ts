import { mkdirSync, readdirSync, symlinkSync, truncateSync, utimesSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { renderGuestDocument } from "../../src/machines/render-document.ts";
import { shopInput } from "./guest-inputs.ts";
import { Sandbox } from "./sandbox.ts";

const release = "/srv/lor/releases/9.1.5-5.0-0123456789ab";
let machine: Sandbox;

beforeEach(() => {
  machine = new Sandbox(4, 15_000);
  machine.install(renderGuestDocument(shopInput));
});
afterEach(() => machine.remove());

function resize(processors: number): void {
  machine.write("/proc/cpuinfo", "processor\t: 0\n".repeat(processors));
}

/** A shop that has served for a while. */
function serve(): void {
  machine.write(`${release}/index.php`, "");
  machine.write(`${release}/var/cache/prod/container.php`, "compiled");
  machine.write(`${release}/var/logs/prod.log`, "today");
  machine.write(`${release}/var/logs/old/2026-06.log`, "long ago");
  const longAgo = new Date(Date.now() - 61 * 86_400_000);
  utimesSync(join(machine.root, release, "var/logs/old/2026-06.log"), longAgo, longAgo);
  symlinkSync(release, join(machine.root, "srv/lor/current"));
}

async function boot(): Promise<void> {
  expect(await machine.run(`${machine.root}/usr/local/sbin/lor-clean`)).toMatchObject({ code: 0 });
}

const cached = () => machine.has(`${release}/var/cache/prod/container.php`);

describe("what a front has gathered", () => {
  it("of logs is taken away at every boot once it is old, and the journal of the system with it", async () => {
    serve();
    await boot();
    expect(machine.has(`${release}/var/logs/old/2026-06.log`)).toBe(false);
    expect(machine.read(`${release}/var/logs/prod.log`)).toBe("today");
    expect(machine.takeCalls()).toEqual(["journalctl --vacuum-time=60d"]);
    expect(cached()).toBe(true);
  });

  it("of logs stays short, however much is written", async () => {
    serve();
    machine.fake("php8.2", `echo '{"kind": "empty"}'`);
    const folder = join(machine.root, release, "var/logs");
    machine.write(`${release}/var/logs/admin/prod.log`, "today");
    symlinkSync("/proc/kcore", join(folder, "link.log"));
    for (let minute = 1; minute <= 6; minute++) {
      machine.write(`${release}/var/logs/prod.log`, `minute ${minute}`);
      truncateSync(join(folder, "prod.log"), (50 << 20) + 1);
      expect(await machine.run(`${machine.root}/usr/local/sbin/lor-front`)).toMatchObject({ code: 0 });
    }
    expect(readdirSync(folder).sort()).toEqual(["admin", "link.log", "old", "prod.log.1", "prod.log.2", "prod.log.3"]);
    expect(readdirSync(join(folder, "admin"))).toEqual(["prod.log"]);
    for (const [number, minute] of [6, 5, 4].entries())
      expect(machine.read(`${release}/var/logs/prod.log.${number + 1}`).slice(0, 8)).toBe(`minute ${minute}`);
  });

  it("of caches stays at a plain boot and on the way into rush, and is taken away once on the way back", async () => {
    serve();
    resize(2);
    await boot();
    await boot();
    resize(4);
    await boot();
    expect(cached()).toBe(true);
    resize(2);
    await boot();
    expect(cached()).toBe(false);
    expect(machine.has(`${release}/var/cache`)).toBe(true);
    machine.write(`${release}/var/cache/prod/container.php`, "compiled again");
    await boot();
    expect(cached()).toBe(true);
  });

  it("is nothing on a machine that has no release yet", async () => {
    await boot();
    resize(2);
    await boot();
    expect(machine.read("/var/lib/lor/cleaned.json")).toContain('"processors": 2');
  });

  it("never leads outside: a link is taken away, what it leads to stays", async () => {
    serve();
    machine.write("/srv/lor/images/img/cake.jpg", "cake");
    symlinkSync(join(machine.root, "srv/lor/images/img"), join(machine.root, release, "var/cache/img"));
    await boot();
    resize(2);
    await boot();
    expect(cached()).toBe(false);
    expect(machine.has(`${release}/var/cache/img`)).toBe(false);
    expect(machine.read("/srv/lor/images/img/cake.jpg")).toBe("cake");
  });

  it("keeps no front from starting when the journal cannot be shortened", async () => {
    serve();
    mkdirSync(join(machine.root, "var/lib/lor"), { recursive: true });
    machine.fake("journalctl", "exit 1");
    await boot();
    expect(machine.has("/var/lib/lor/cleaned.json")).toBe(true);
  });
});
