import { randomInt } from "node:crypto";
import { families } from "../../differential/generator/families.ts";

/** Above those of the recordings. */
const seeds = { from: 1000, to: 1_000_000 };

/** So many sequences, of every family in turn, by new seeds: `ports-4711,keys-815`. */
export function drawUnseen(count: number): string {
  const names = Object.keys(families);
  return Array.from(
    { length: count },
    (_, index) => `${names[index % names.length]}-${randomInt(seeds.from, seeds.to)}`,
  ).join(",");
}
