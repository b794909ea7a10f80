import type { LiveFleet, SwitchStep } from "../model.ts";
import { liveAfter } from "../step-fleet.ts";
import type { Need } from "./supply.ts";

/** Quota that a front uses. */
export interface FrontParts {
  /** Undefined for a size that the price list does not know. */
  readonly sizeOf: (size: string) => { readonly cores: number; readonly memoryMegabytes: number } | undefined;
  /** Data volume of each front, GB. */
  readonly volumeGigabytes: number;
}

const units: Readonly<Record<string, string>> = { memory: " MB", "volume-space": " GB" };

/** Most that the steps need at one moment besides what is there; what is there already, be it only a part of a front, is not needed again. */
export function needsOf(live: LiveFleet, steps: readonly SwitchStep[], parts: FrontParts): readonly Need[] {
  const now = usageOf(live, parts);
  const most = new Map<string, number>();
  let state = live;
  for (const step of steps) {
    state = liveAfter(state, step);
    for (const [resource, amount] of usageOf(state, parts)) {
      most.set(resource, Math.max(most.get(resource) ?? 0, amount - (now.get(resource) ?? 0)));
    }
  }
  return [...most]
    .filter(([, amount]) => amount > 0)
    .map(([resource, amount]) => ({ resource, amount, unit: units[resource] ?? "" }));
}

function usageOf({ fronts }: LiveFleet, { sizeOf, volumeGigabytes }: FrontParts): ReadonlyMap<string, number> {
  const machines = fronts.filter((front) => front.server !== "absent").map((front) => sizeOf(front.size));
  return new Map([
    ["instances", machines.length],
    ["cores", machines.reduce((sum, size) => sum + (size?.cores ?? 0), 0)],
    ["memory", machines.reduce((sum, size) => sum + (size?.memoryMegabytes ?? 0), 0)],
    ["volumes", fronts.length],
    ["volume-space", fronts.length * volumeGigabytes],
    ["ports", fronts.length],
    ["members", fronts.filter((front) => front.pool !== "absent").length],
  ]);
}
