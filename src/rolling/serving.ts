import type { LiveFleet, LiveFront } from "./model.ts";

/** A front that carries requests now: it takes new connections and its health check passes. */
export function serves(front: LiveFront): boolean {
  return front.pool === "serving" && front.healthy;
}

/** How many fronts carry requests now, without the named one. */
export function servingWithout(live: LiveFleet, name?: string): number {
  return live.fronts.filter((front) => front.name !== name && serves(front)).length;
}

/**
 * Whether a front may be taken out of service: the others are enough, or it carries nothing anyway, so that an action of ours never lowers
 * the capacity below the minimum.
 */
export function mayLeave(live: LiveFleet, front: LiveFront, minimumServing: number): boolean {
  return !serves(front) || servingWithout(live, front.name) >= minimumServing;
}

/** Position of a front in `prestashop.addresses`. */
export function frontIndex(name: string): number {
  return Number(name.slice(name.lastIndexOf("-") + 1));
}
