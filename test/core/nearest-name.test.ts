import { expect, test } from "vitest";
import { nearestName } from "../../src/core/nearest-name.ts";

const names = ["addresses", "fronts", "frontsFlavor", "domain", "disk"];

test.each([
  ["front", "fronts"],
  ["adresses", "addresses"],
  ["frontFlavour", "frontsFlavor"],
  ["Disk", "disk"],
])("%s was meant to be %s", (seen, meant) => {
  expect(nearestName(seen, names)).toBe(meant);
});

test("nothing is guessed for a name that is far from all", () => {
  expect(nearestName("colour", names)).toBeUndefined();
  expect(nearestName("x", [])).toBeUndefined();
});
