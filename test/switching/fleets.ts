import type { LiveFleet, LiveMember, SwitchGoal } from "../../src/rolling/model.ts";

/** A front that serves and is well; tests name what differs. */
export function front(name: string, size: string, differs: Partial<LiveMember> = {}): LiveMember {
  return { name, size, server: "active", pool: "serving", healthy: true, ...differs };
}

export function liveFleet(fronts: readonly LiveMember[], bandwidth = 500): LiveFleet {
  return { loadBalancerBandwidth: bandwidth, loadBalancerReady: true, fronts };
}

export function names(count: number): SwitchGoal["names"] {
  return { all: Array.from({ length: count }, (_, index) => `ps-${index}`), setting: "prestashop.addresses" };
}

export function goalOf(count: number, size: string, bandwidth: number, addresses = 3): SwitchGoal {
  const fronts = Array.from({ length: count }, (_, index) => ({ name: `ps-${index}`, size }));
  return {
    fleet: { loadBalancerBandwidth: bandwidth, fronts },
    minHealthy: { kind: "members", members: 2 },
    names: names(addresses),
  };
}

export const normalLive = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7")]);
export const rushLive = liveFleet([front("ps-0", "b2-15"), front("ps-1", "b2-15"), front("ps-2", "b2-15")], 2000);
export const normalGoal = goalOf(2, "b2-7", 500);
export const rushGoal = goalOf(3, "b2-15", 2000);
