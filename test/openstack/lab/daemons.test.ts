import { spawn, spawnSync } from "node:child_process";
import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startTicksOf, thisMachine } from "../../../src/os/process-identity.ts";
import { claimForThisProcess, claimUntilStopped, holder } from "./claim.ts";
import { Daemons } from "./daemons.ts";
import { Place } from "./place.ts";
import { beside } from "./python.ts";

let place: Place;
let daemons: Daemons;

beforeEach(() => {
  place = new Place(mkdtempSync(join(tmpdir(), "lab-")));
  place.prepare();
  daemons = new Daemons(place, 1000);
});

afterEach(async () => {
  await daemons.stop();
  rmSync(place.folder, { recursive: true, force: true });
});

/** One daemon whose child has a session of its own, and one that does not listen to SIGTERM. */
function startSome(): void {
  daemons.start("parent", "sh", ["-c", "setsid sleep 300 & sleep 300"]);
  daemons.start("deaf", "sh", ["-c", "trap '' TERM; while :; do sleep 1; done"]);
}

test("everything is stopped, with what a daemon left in a session of its own", async () => {
  startSome();
  await expect.poll(() => daemons.everyProcess().length).toBeGreaterThanOrEqual(5);
  await daemons.stop();
  expect(daemons.everyProcess()).toEqual([]);
  expect(daemons.running()).toEqual([]);
});

test("a process that only has the number of one on record is left alone", async () => {
  const stranger = spawn("sleep", ["300"]);
  const entry = { name: "gone", pid: stranger.pid, startTicks: "1", boot: thisMachine().boot };
  appendFileSync(place.run("daemons.jsonl"), `${JSON.stringify(entry)}\n`);
  await daemons.stop();
  expect(startTicksOf(stranger.pid ?? 0)).toBeDefined();
  stranger.kill("SIGKILL");
});

test("an ended daemon is named", async () => {
  daemons.start("short", "sleep", ["0.2"]);
  daemons.start("long", "sleep", ["300"]);
  await expect.poll(() => daemons.ended()).toEqual(["short"]);
});

test("when the process that it runs for is killed, the guard stops it all", async () => {
  const owner = spawn("sleep", ["300"]);
  const pid = owner.pid ?? 0;
  const startTicks = startTicksOf(pid) ?? "";
  claimFor(pid, startTicks);
  startSome();
  const guard = spawn(process.execPath, [beside(import.meta.url, "./guard.ts"), place.folder, `${pid}`, startTicks]);
  const ended = new Promise((resolve) => guard.once("close", resolve));
  owner.kill("SIGKILL");
  expect(await ended).toBe(0);
  expect(daemons.everyProcess()).toEqual([]);
  expect(holder(place)).toBe("nobody");
});

test.each([
  ["was kept by a person", () => claimUntilStopped(place)],
  ["belongs to a later process", () => claimForThisProcess(place)],
])("a late guard leaves alone what %s", (_, claim) => {
  startSome();
  claim();
  const late = spawnSync(process.execPath, [beside(import.meta.url, "./guard.ts"), place.folder, "999999", "1"]);
  expect(late.status).toBe(0);
  expect(daemons.running()).toHaveLength(2);
});

test.each(["relative", "/with space", `/${"long".repeat(20)}`])(
  "a folder that cannot hold sockets is refused: %s",
  (path) => {
    expect(() => new Place(path)).toThrow("LOR_INFRA_OPENSTACK_FOLDER");
  },
);

function claimFor(pid: number, startTicks: string): void {
  rmSync(place.run("claim.json"), { force: true });
  const claim = { boot: thisMachine().boot, until: { pid, startTicks } };
  appendFileSync(place.run("claim.json"), JSON.stringify(claim));
}
