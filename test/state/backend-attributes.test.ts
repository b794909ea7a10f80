import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { removeBrokenAttributes } from "../../src/state/backend-attributes.ts";

const backend = mkdtempSync(join(tmpdir(), "lor-attributes-"));
afterAll(() => rmSync(backend, { recursive: true, force: true }));

it("removes the files of attributes that a killed engine left empty, and nothing else", () => {
  const folder = join(backend, ".pulumi", "stacks", "lor");
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of [
    ["prod.json", ""],
    ["prod.json.attrs", ""],
    ["prod.json.bak.attrs", '{"md5":'],
    ["test.json.attrs", '{"user.content_type":"application/json"}'],
  ] as const) {
    writeFileSync(join(folder, name), text);
  }
  removeBrokenAttributes(backend, "lor", "prod");
  expect(existsSync(join(folder, "prod.json.attrs"))).toBe(false);
  expect(existsSync(join(folder, "prod.json.bak.attrs"))).toBe(false);
  expect(existsSync(join(folder, "prod.json"))).toBe(true);
  expect(existsSync(join(folder, "test.json.attrs"))).toBe(true);
});
