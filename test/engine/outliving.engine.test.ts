import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startTicksOf } from "../../src/os/process-identity.ts";
import { TinyLab } from "./tiny-stack.ts";

let lab: TinyLab;

beforeAll(async () => {
  lab = await TinyLab.start();
});

afterAll(() => lab.stop());

test("an engine whose command was killed ends what is in progress, records it and gives its lock back", async () => {
  const stack = await lab.open("orphan");
  const script = join(import.meta.dirname, "run-and-wait.ts");
  const command = spawn(process.execPath, [script, JSON.stringify(lab.openArgs("orphan"))], { stdio: "ignore" });
  await lab.provider.waits();
  const holder = await stack.destroy().then(
    () => 0,
    (error: { cause: { holders: { pid: number }[] } }) => error.cause.holders[0]?.pid ?? 0,
  );
  expect(sessionOf(holder)).toBe(holder);
  command.kill("SIGKILL");
  await new Promise((resolve) => command.once("close", resolve));
  lab.provider.release();

  await expect.poll(() => startTicksOf(holder), { timeout: 600_000, interval: 50 }).toBeUndefined();
  const state = await stack.exportState();
  expect(state.pendingOperations).toEqual([]);
  expect(state.resources.map((one) => one.name)).toContain("first");
  expect(state.resources.map((one) => one.name)).not.toContain("second");
  expect(readdirSync(join(lab.backend, ".pulumi", "locks", "organization", "tiny", "orphan"))).toEqual([]);
});

/** The session leader of a process: of one that has a session of its own, itself. A terminal's signals reach only its own session. */
function sessionOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[3]);
}
