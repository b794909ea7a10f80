import { join } from "node:path";
import type { Profile } from "../../../src/domain/profile.ts";
import type { Fleet } from "../../../src/rolling/fleet.ts";
import type { ProfilePair } from "../../../src/systems/contract.ts";
import { loadProject, type Project } from "../../../src/systems/load-project.ts";
import { fleetOf, planLor } from "../../../src/systems/lor/plan.ts";
import type { LorPlan } from "../../../src/systems/lor/plan-model.ts";
import type { LorSettings } from "../../../src/systems/lor/settings.ts";

/** A project of the system Lor. */
export interface LorProject extends Project {
  readonly settings: ProfilePair<LorSettings>;
}

/** The committed project. */
export function lorProject(): LorProject {
  const project = loadProject(join(import.meta.dirname, "..", "..", ".."), "prod");
  if (!project.ok) throw new Error(JSON.stringify(project.issues, undefined, 2));
  return project.value as LorProject;
}

export function planOf(profile: Profile): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet: fleetOf(settings[profile]), profile });
}

export function planOfFleet(fleet: Fleet): LorPlan {
  const { name, stack, settings } = lorProject();
  return planLor({ project: name, stack, settings, fleet });
}
