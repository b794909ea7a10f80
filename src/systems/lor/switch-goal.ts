import type { Profile } from "../../domain/profile.ts";
import type { LiveFleet, SwitchGoal } from "../../rolling/model.ts";
import { fleetOf } from "./plan.ts";
import type { LorSettings } from "./settings.ts";

/** What a switch leads to, and what it may never undercut on the way. */
export function switchGoal(settings: Readonly<Record<Profile, LorSettings>>, target: Profile): SwitchGoal {
  return {
    fleet: fleetOf(settings[target]),
    minimumServing: settings.normal.prestashop.fronts,
    addresses: settings.normal.prestashop.addresses.length,
  };
}

/** A profile's fleet, whole and well: where a switch begins when nothing is wrong. */
export function undisturbed(settings: Readonly<Record<Profile, LorSettings>>, profile: Profile): LiveFleet {
  const { loadBalancerBandwidth, fronts } = fleetOf(settings[profile]);
  return {
    loadBalancerBandwidth,
    loadBalancerReady: true,
    fronts: fronts.map((front) => ({ ...front, server: "active", pool: "serving", healthy: true })),
  };
}
