import fc from "fast-check";

/** Choices of one seed: the same seed makes the same ones. */
export interface Draw {
  /** A whole number, both ends included. */
  number(from: number, to: number): number;
  /** True in so many of a hundred. */
  chance(percent: number): boolean;
  oneOf<Value>(values: readonly Value[]): Value;
}

/** Calls `work` with the choices of a seed. */
export function withSeed<Result>(seed: number, work: (draw: Draw) => Result): Result {
  const results = fc.gen().map((choose) => {
    const number = (from: number, to: number) => choose(fc.integer, { min: from, max: to });
    return work({
      number,
      chance: (percent) => number(1, 100) <= percent,
      oneOf: (values) => {
        if (values.length === 0) throw new RangeError("nothing to choose from");
        return values[number(0, values.length - 1)] as (typeof values)[number];
      },
    });
  });
  const [result] = fc.sample(results, { seed, numRuns: 1 });
  if (result === undefined) throw new Error("fast-check made nothing");
  return result;
}
