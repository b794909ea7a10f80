import { join } from "node:path";
import { loadProject, type Project } from "../../../src/config/project.ts";
import type { Profile } from "../../../src/domain/profile.ts";
import type { Fleet } from "../../../src/rolling/fleet.ts";
import { fleetOf, planLor } from "../../../src/systems/lor/plan.ts";
import type { LorPlan } from "../../../src/systems/lor/plan-model.ts";

/** The committed project. */
export function lorProject(): Project {
  const project = loadProject(join(import.meta.dirname, "..", "..", ".."), "prod");
  if (!project.ok) throw new Error(JSON.stringify(project.issues, undefined, 2));
  return project.value;
}

export function planOf(profile: Profile): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet: fleetOf(settings[profile]), profile });
}

export function planOfFleet(fleet: Fleet): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet });
}
