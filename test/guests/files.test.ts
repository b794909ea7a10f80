import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";

const modules = join(import.meta.dirname, "../../src/machines/machine");
/** Debian's `nobody`. A run without root's rights is an ordinary user's already. */
const ordinary = process.getuid?.() === 0 ? { uid: 65534, gid: 65534 } : {};

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-files-"));
  chmodSync(folder, 0o777);
});
afterEach(() => rmSync(folder, { recursive: true }));

it("a unit that runs as an ordinary user writes its status, which stays its own", () => {
  const status = join(folder, "status.json");
  const script = `import sys; sys.path.insert(0, sys.argv[1]); import lor_files; lor_files.write_json(sys.argv[2], {"version": 1}, 0o644)`;
  // Without LOR_ROOT, as on a machine: a sandbox changes no owners.
  const { stderr, status: code } = spawnSync("python3", ["-c", script, modules, status], {
    ...ordinary,
    env: { PATH: process.env.PATH, PYTHONDONTWRITEBYTECODE: "1" },
    encoding: "utf8",
  });
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  expect(JSON.parse(readFileSync(status, "utf8"))).toEqual({ version: 1 });
  expect(statSync(status)).toMatchObject({ uid: ordinary.uid ?? process.getuid?.() });
  expect(statSync(status).mode & 0o777).toBe(0o644);
});
