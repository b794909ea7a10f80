import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import { planOfFleet } from "../systems/lor/lor-project.ts";

export { planOf as profilePlan } from "../systems/lor/lor-project.ts";

/** A state in the middle of a switch: load balancer and extra front there, one front changed, one still small. */
export function midwayPlan(): LorPlan {
  return planOfFleet({
    loadBalancerBandwidth: 2000,
    fronts: [
      { name: "ps-0", size: "b2-15" },
      { name: "ps-1", size: "b2-7" },
      { name: "ps-2", size: "b2-15" },
    ],
  });
}
