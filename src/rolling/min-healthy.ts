import type { LiveFleet, MinHealthy } from "./model.ts";

/**
 * Healthy serving members that an action may not undercut.
 *
 * A percentage counts the drained members of the pool too, so that an interrupted wave does not lower the minimum. Where rounding up would let
 * nobody leave a pool that is larger than normal, one member may leave.
 */
export function minimumServing({ fronts }: Pick<LiveFleet, "fronts">, minHealthy: MinHealthy): number {
  if (minHealthy.kind === "members") return minHealthy.members;
  const { percent, normal } = minHealthy;
  const inPool = fronts.filter((front) => front.pool !== "absent").length;
  return Math.min(Math.ceil((inPool * percent) / 100), Math.max(inPool - 1, normal));
}
