import type { LiveFleet, LiveFront, SwitchGoal } from "../../src/rolling/model.ts";

/** A front that serves and is well; tests name what differs. */
export function front(name: string, size: string, differs: Partial<LiveFront> = {}): LiveFront {
  return { name, size, server: "active", pool: "serving", healthy: true, ...differs };
}

export function liveFleet(fronts: readonly LiveFront[], bandwidth = 500): LiveFleet {
  return { loadBalancerBandwidth: bandwidth, loadBalancerReady: true, fronts };
}

export function goalOf(count: number, size: string, bandwidth: number, addresses = 3): SwitchGoal {
  const fronts = Array.from({ length: count }, (_, index) => ({ name: `ps-${index}`, size }));
  return { fleet: { loadBalancerBandwidth: bandwidth, fronts }, minimumServing: 2, addresses };
}

export const normalLive = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7")]);
export const rushLive = liveFleet([front("ps-0", "b2-15"), front("ps-1", "b2-15"), front("ps-2", "b2-15")], 2000);
export const normalGoal = goalOf(2, "b2-7", 500);
export const rushGoal = goalOf(3, "b2-15", 2000);
