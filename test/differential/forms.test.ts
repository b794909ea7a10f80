import { expect, test } from "vitest";
import { Forms } from "./forms.ts";
import { leaks, writeRecording } from "./recording.ts";

const id = "5d05fc40-f372-4ea8-9e71-ef420fca7343";
const hex = id.replaceAll("-", "");

test.each([
  id,
  id.toUpperCase(),
  hex,
  `lb-${id}`,
  `port_${id}_old`,
  `/v1/AUTH_${hex}/shop`,
  `x${id}`,
  `${id}/${hex}`,
  `due ${"2026-12-01T07:20:00Z"}`.slice(4),
])("nothing of %s is left, wherever it stands", (text) => {
  const forms = new Forms([]);
  const written = forms.ofAll({ one: text, list: [{ inner: text }], [text]: "key" });
  expect(leaks([], written)).toEqual([]);
});

test("an id that the sequence names is kept", () => {
  expect(new Forms([{ inputs: { networkId: id } }]).of(id)).toBe(id);
});

test("a digest that is longer than an id is kept", () => {
  expect(new Forms([]).of(`${hex}12345678`)).toBe(`${hex}12345678`);
});

test("an answer with an id in it is not recorded", () => {
  const sequence = { family: "ports", seed: 1, quotas: {}, steps: [{ op: "refresh", name: "port1" } as const] };
  const answers = [{ outcome: "read", outputs: { deviceId: `lb-${id}` } } as const];
  expect(() => writeRecording(new URL("file:///nowhere/"), { sequence, from: "", answers })).toThrow(id);
});
