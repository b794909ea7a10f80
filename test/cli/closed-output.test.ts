import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";

const launcher = join(import.meta.dirname, "..", "..", "src", "cli", "lor-infra.cjs");

/** Runs a command whose reader has closed an output before the first byte. @returns its exit code */
async function runUnread(closed: "stdout" | "stderr", args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [launcher, ...args], { stdio: ["ignore", "pipe", "pipe"] });
  child[closed].destroy();
  const [code] = await once(child, "exit");
  return code;
}

const nowhere = join(tmpdir(), "lor-infra-no-such-project");

it.each(["stdout", "stderr"] as const)("ends with its own exit code when nobody reads %s", async (closed) => {
  expect(await runUnread(closed, ["check", "--settings", nowhere])).toBe(2);
  expect(await runUnread(closed, ["check", "--json", "--settings", nowhere])).toBe(2);
});

it("runs to its end on a full disk, and does not end with 0", () => {
  const full = openSync("/dev/full", "w");
  const accepted = spawnSync(process.execPath, [launcher, "check"], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  const refused = spawnSync(process.execPath, [launcher, "check", "--json", "--settings", nowhere], {
    stdio: ["ignore", full, "pipe"],
    encoding: "utf8",
  });
  closeSync(full);
  expect(accepted).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^error: .*ENOSPC.*\[output-incomplete\]\n/),
  });
  expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("[output-incomplete]") });
});
