import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { extensionsVariable, loadModules } from "../../src/os/extensions.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "lor-infra-extensions-"));
  mkdirSync(join(folder, "builtIn"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = (extensions: string) =>
  loadModules(
    { builtIn: join(folder, "builtIn"), kind: "systems", extensions },
    ({ system }) => system as { id: string },
  );

it.each([
  ["a folder that does not exist", () => undefined, "ENOENT"],
  ["a file in place of the folder", (root: string) => writeFileSync(root, ""), "ENOTDIR"],
  [
    "a file in place of the modules' folder",
    (root: string) => {
      mkdirSync(root);
      writeFileSync(join(root, "systems"), "");
    },
    "ENOTDIR",
  ],
  [
    "a module that fails",
    (root: string) => {
      mkdirSync(join(root, "systems", "toy"), { recursive: true });
      writeFileSync(join(root, "systems", "toy", "index.js"), 'throw new Error("boom");');
    },
    "boom",
  ],
])("refuses %s by a code, with the reason", async (_, prepare, reason) => {
  const root = join(folder, "root");
  prepare(root);
  await expect(load(root)).rejects.toMatchObject({
    code: "extension-invalid",
    message: expect.stringContaining(reason),
    next: expect.stringContaining(extensionsVariable),
  });
});

it("takes a folder without modules of the kind for one that has none", async () => {
  mkdirSync(join(folder, "root", "clouds"), { recursive: true });
  expect(await load(join(folder, "root"))).toEqual(new Map());
});
