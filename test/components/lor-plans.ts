import { fileURLToPath } from "node:url";
import { loadProject, type Project } from "../../src/config/project.ts";
import type { Profile } from "../../src/domain/profile.ts";
import type { Fleet } from "../../src/rolling/fleet.ts";
import { fleetOf, planLor } from "../../src/systems/lor/plan.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";

/** Lor's own settings, as committed. */
function lorProject(): Project {
  const project = loadProject(fileURLToPath(new URL("../..", import.meta.url)), "prod");
  if (!project.ok) throw new Error(project.issues.map((issue) => `${issue.path}: ${issue.message}`).join("\n"));
  return project.value;
}

export function profilePlan(profile: Profile): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet: fleetOf(settings[profile]), profile });
}

function fleetPlan(fleet: Fleet): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet });
}

/** A state in the middle of a switch: load balancer and extra front there, one front changed, one still small. */
export function midwayPlan(): LorPlan {
  return fleetPlan({
    loadBalancerBandwidth: 2000,
    fronts: [
      { name: "ps-0", size: "b2-15" },
      { name: "ps-1", size: "b2-7" },
      { name: "ps-2", size: "b2-15" },
    ],
  });
}
