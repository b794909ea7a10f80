import type { PlanItem } from "../plan-item.ts";

/** An instance in one size, and when it has that size. */
export interface SeasonInstance {
  readonly name: string;
  readonly size: string;
  /**
   * `lasting`: all the time; `outside-rush`: the smaller size of one that rush enlarges, which is there in rush too, in another size; `rush`: that other
   * size; `extra`: only there in rush.
   */
  readonly when: "lasting" | "outside-rush" | "rush" | "extra";
}

/** The instances of a year with its rush windows, in the order of the Plan, the ones that last first. */
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
