import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, describe, expect, it, test } from "vitest";
import { stringify } from "yaml";
import { readYamlFile } from "../../src/config/yaml-file.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-infra-yaml-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function read(text: string) {
  writeFileSync(join(folder, "one.yaml"), text);
  return readYamlFile(folder, "one.yaml");
}

const key = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9:. -]{0,12}$/).filter((text) => text.trim() === text);
const scalar = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom(
    "yes",
    "no",
    "on",
    "~",
    "03:00:00",
    "2026-11-30",
    "012",
    "1e3",
    "0x1f",
    "null",
    "true",
    "# no comment",
    "- a",
    "{a}",
    "a: b",
  ),
  fc.integer(),
  fc.boolean(),
  fc.constant(null),
);
const { settings } = fc.letrec<{ settings: Record<string, unknown>; value: unknown }>((tie) => ({
  settings: fc.dictionary(key, tie("value"), { maxKeys: 5, noNullPrototype: true }),
  value: fc.oneof({ depthSize: "small" }, scalar, fc.array(tie("value"), { maxLength: 4 }), tie("settings")),
}));

it("reads what another library writes", () => {
  fc.assert(
    fc.property(settings, (written) => {
      expect(read(stringify(written))).toEqual({ ok: true, value: written });
    }),
  );
});

describe("a key that stands twice is found", () => {
  test.each([
    ["at the top", "a: 1\nb: 2\na: 3\n", "key a twice, at line 1 and line 3"],
    ["in a group of a list", "a:\n  - b: 1\n    c: 2\n    b: 3\n", "key b twice, at line 2 and line 4"],
    ["in braces", "a: {b: [1, {c: 1}], d: 1,\n  b: 2}\n", "key b twice, at line 1 and line 2"],
    ["in quotes", "a: 1\n'a': 2\n", "key a twice, at line 1 and line 2"],
    ["by its alias", "&k a: 1\n*k : 2\n", "a key twice, the second time at line 2"],
    ["as another form of a number", "1: 1\n0x1: 2\n", "a key twice, the second time at line 2"],
  ])("%s", (_, text, says) => {
    expect(read(text)).toMatchObject({
      ok: false,
      issues: [{ code: "key-twice", message: expect.stringContaining(says) }],
    });
  });

  it("and is none in two groups, as a value, or below a key that is a list", () => {
    expect(read("a: {b: 1}\nc: {b: a, a: b}\nd: [a, a]\n")).toMatchObject({ ok: true });
  });
});

it("all keys that stand twice are found in a long line at once", () => {
  const many = Array.from({ length: 2000 }, (_, index) => `k${index % 1000}: "${"x".repeat(200)}"`).join(", ");
  expect(read(`a: {${many}}\n`)).toMatchObject({
    ok: false,
    issues: expect.arrayContaining([{ code: "key-twice", exit: 2, path: "one.yaml", message: expect.any(String) }]),
  });
});

it("an empty second document begins where its marker is", () => {
  expect(read("a: 1\nb: 2\n---\n")).toMatchObject({
    ok: false,
    issues: [{ code: "yaml-several-documents", message: expect.stringContaining("begins at line 3") }],
  });
});
