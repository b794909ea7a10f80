import type { Profile } from "../../domain/profile.ts";
import type { LiveFleet, MinHealthy, SwitchGoal } from "../../rolling/model.ts";
import { fleetOf, frontName } from "./plan.ts";
import type { LorSettings } from "./settings.ts";

/** Target of a switch, and its minimum of healthy members. */
export function switchGoal(settings: Readonly<Record<Profile, LorSettings>>, target: Profile): SwitchGoal {
  return {
    fleet: fleetOf(settings[target]),
    minHealthy: minHealthyOf(settings.normal),
    lasting: fleetOf(settings.normal).fronts.map(({ name }) => name),
    names: {
      all: settings.normal.prestashop.addresses.map((_, index) => frontName(index)),
      setting: "prestashop.addresses",
    },
  };
}

/** Without the setting, the minimum is the number of members in normal. */
function minHealthyOf({ prestashop, rolling: { minHealthy } }: LorSettings): MinHealthy {
  if (minHealthy === undefined) return { kind: "members", members: prestashop.fronts };
  if (typeof minHealthy === "number") return { kind: "members", members: minHealthy };
  return { kind: "percent", percent: minHealthy.percent, normal: prestashop.fronts };
}

/** A profile's fleet without any fault: the start of an undisturbed switch. */
export function undisturbed(settings: Readonly<Record<Profile, LorSettings>>, profile: Profile): LiveFleet {
  const { loadBalancerBandwidth, fronts } = fleetOf(settings[profile]);
  return {
    loadBalancerBandwidth,
    loadBalancerReady: true,
    fronts: fronts.map((front) => ({ ...front, server: "active", pool: "serving", healthy: true })),
  };
}
