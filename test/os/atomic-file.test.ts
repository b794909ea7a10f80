import fs, { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, expect, it, vi } from "vitest";
import { createExclusively, syncFolder } from "../../src/os/atomic-file.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-infra-atomic-"));
afterEach(() => {
  vi.restoreAllMocks();
  syncBuiltinESMExports();
});
afterAll(() => rmSync(folder, { recursive: true }));

it.each(["EPERM", "ENOTSUP", "ENOSYS"])("creates a file once where there are no hard links (%s)", (code) => {
  vi.spyOn(fs, "linkSync").mockImplementation(() => {
    throw Object.assign(new Error(`${code}: link`), { code });
  });
  syncBuiltinESMExports();
  const path = join(folder, code);
  expect(createExclusively(path, "first")).toBe(true);
  expect(createExclusively(path, "second")).toBe(false);
  expect(readFileSync(path, "utf8")).toBe("first");
  expect(readdirSync(folder).filter((name) => name.endsWith(".tmp"))).toEqual([]);
});

it("does without the sync of a folder that cannot be synced", () => {
  // Like a folder on an SMB share, one of /proc answers EINVAL.
  expect(() => syncFolder("/proc")).not.toThrow();
  expect(() => syncFolder(join(folder, "none"))).toThrow(/ENOENT/);
});
