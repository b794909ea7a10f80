import { expect, test } from "vitest";
import { placementRounds } from "../../src/domain/placement.ts";

test.each([
  [0, 30, [1, 1, 2, 4, 8, 14]],
  [0, 2, [1, 1]],
  [2, 1, [1]],
  [2, 9, [2, 4, 3]],
  [10, 5, [5]],
  [3, 0, []],
])("with %d machines there, %d more are placed in rounds of %j", (placed, added, sizes) => {
  const names = Array.from({ length: added }, (_, index) => index);
  const rounds = placementRounds(names, placed);
  expect(rounds.map((round) => round.length)).toEqual(sizes);
  expect(rounds.flat()).toEqual(names);
});
