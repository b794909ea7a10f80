import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const launcher = join(import.meta.dirname, "../../src/cli/lor-infra.cjs");
const scratch = mkdtempSync(join(tmpdir(), "lor-infra-scratch-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

test("the demo with machines says what is missing where none can boot, and changes nothing", () => {
  const { status, stderr, stdout } = spawnSync(process.execPath, [launcher, "demo", "--machines"], {
    cwd: scratch,
    // No program is found.
    env: { PATH: scratch, TMPDIR: scratch, HOME: scratch, NODE_DISABLE_COMPILE_CACHE: "1" },
    encoding: "utf8",
  });
  expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
  expect(stderr).toContain("[machines-not-possible]");
  if (process.platform === "linux") expect(stderr).toContain("the program systemd-nspawn");
  expect(readdirSync(scratch)).toEqual([]);
});
