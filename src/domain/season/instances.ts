import type { PlanItem } from "../plan-item.ts";

/** An instance in one size, and the time for which it has that size. */
export interface SeasonInstance {
  readonly name: string;
  readonly size: string;
  /**
   * `lasting`: all the time; `outside-rush`: the smaller size of an instance that rush resizes; `rush`: its larger size; `extra`: exists during
   * rush only.
   */
  readonly when: "lasting" | "outside-rush" | "rush" | "extra";
}

/** Instances of a year with its rush windows, in the order of the Plan, permanent ones first. */
export function instancesOfSeason(normal: readonly PlanItem[], rush: readonly PlanItem[]): readonly SeasonInstance[] {
  const small = sizesOf(normal);
  const large = sizesOf(rush);
  const always = [...small].map(([name, size]): SeasonInstance => {
    return { name, size, when: large.get(name) === size ? "lasting" : "outside-rush" };
  });
  const inRush = [...large]
    .filter(([name, size]) => small.get(name) !== size)
    .map(([name, size]): SeasonInstance => ({ name, size, when: small.has(name) ? "rush" : "extra" }));
  return [...always, ...inRush];
}

function sizesOf(items: readonly PlanItem[]): ReadonlyMap<string, string> {
  return new Map(items.flatMap(({ name, charge }) => (charge.kind === "instance" ? [[name, charge.size]] : [])));
}
