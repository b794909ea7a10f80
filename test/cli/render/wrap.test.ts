import { styleText } from "node:util";
import { expect, test } from "vitest";
import { wrapText } from "../../../src/cli/render/wrap.ts";

test.each([
  ["a sentence", "the region is lost and found again", "the region is lost and\n  found again"],
  ["a field", "  seen      one two three four", "  seen      one two\n            three four"],
  ["a mark", "  ✓ one two three four five six", "  ✓ one two three four\n    five six"],
  ["a mark and a label", "! price  one two three four", "! price  one two three\n         four"],
  ["a label that leaves no room", "  fronts on ovh  one two three", "  fronts on ovh  one two\n    three"],
  ["a line that fits", "error: one two three", "error: one two three"],
  ["each line for itself", "one\n  two three four five six", "one\n  two three four five\n    six"],
  ["a long path", "  in /home/somebody/.lor-infra now", "  in\n    /home/somebody/.lor-infra\n    now"],
  ["a command to copy", "  next      lor-infra state restore 12", "  next      lor-infra state restore 12"],
  [
    "two commands",
    "  next      lor-infra up, then lor-infra rush",
    "  next      lor-infra\n            up, then\n            lor-infra\n            rush",
  ],
  ["a next step in words", "  next      install Go, then again", "  next      install Go,\n            then again"],
])("%s is broken between words at 24 columns", (_, text, expected) => {
  expect(wrapText(text, 24)).toBe(expected);
});

test("colour codes take no room", () => {
  const red = styleText("red", "REFUSED", { validateStream: false });
  expect(wrapText(`${red} one two three`, 21)).toBe(`${red} one two three`);
  expect(wrapText(`${red} one two three`, 20)).toBe(`${red} one two\n  three`);
});
