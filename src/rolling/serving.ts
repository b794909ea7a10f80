import type { LiveFleet, LiveMember } from "./model.ts";

/** A member that carries requests now: it takes new connections and its health check passes. */
export function serves(member: LiveMember): boolean {
  return member.pool === "serving" && member.healthy;
}

/** How many members carry requests now, without the named ones. */
export function servingWithout(live: LiveFleet, names: readonly string[] = []): number {
  return live.fronts.filter((front) => !names.includes(front.name) && serves(front)).length;
}

/**
 * Whether members may be taken out of service together: the others are enough, or they carry nothing anyway, so that an action of ours never
 * lowers the capacity below the minimum.
 */
export function mayLeave(live: LiveFleet, names: readonly string[], minimum: number): boolean {
  const leaving = live.fronts.filter((front) => names.includes(front.name));
  return !leaving.some(serves) || servingWithout(live, names) >= minimum;
}
