import type { CloudDefinition } from "../clouds/contract.ts";
import { requireCloud } from "../clouds/registry.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import type { PlanItem } from "../domain/plan-item.ts";
import type { Profile } from "../domain/profile.ts";
import type { Fleet } from "../rolling/fleet.ts";
import type { BuildOptions, RollingCapability, SharedSettings, SystemPlan } from "./contract.ts";
import type { Project } from "./load-project.ts";
import { requireSystem } from "./registry.ts";

type PlannedProject = Pick<Project, "name" | "stack" | "settings" | "system">;

/** The cloud that a project's system runs on. */
export function cloudOf({ system }: Pick<Project, "system">): CloudDefinition {
  return requireCloud(system.cloud);
}

/** @throws LorError `not-offered` for a system without rush */
export function rollingOf({ system }: Pick<Project, "system">): RollingCapability<SharedSettings, SystemPlan> {
  const { rolling } = system.capabilities;
  if (rolling !== undefined) return rolling;
  throw new LorError({
    code: "not-offered",
    message: `the system ${system.id} has one size: it offers no rush`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "system",
    seen: system.id,
    accepted: "a system with a normal and a rush profile",
    next: "lor-infra --help",
  });
}

/** Region of the machines. */
export function regionOf({ system, settings }: Pick<Project, "system" | "settings">): string {
  return system.region(settings.normal);
}

/** Fleet of a profile; empty for a system without `rolling`. */
export function profileFleet({ system, settings }: Pick<Project, "system" | "settings">, profile: Profile): Fleet {
  return system.fleetOf(settings[profile]);
}

export function planProfile(project: PlannedProject, profile: Profile): SystemPlan {
  return planOf(project, profileFleet(project, profile), profile);
}

/** Plan of a fleet; with a profile if the fleet is exactly that of a profile. */
export function planFleet(project: PlannedProject, fleet: Fleet, wanted?: Profile): SystemPlan {
  const candidates: readonly Profile[] = wanted === undefined ? ["normal", "rush"] : [wanted, "normal", "rush"];
  return planOf(
    project,
    fleet,
    candidates.find((name) => sameFleet(fleet, profileFleet(project, name))),
  );
}

/** Runs the system's program and adds the common outputs of every stack: cloud, fleet and profile. Called inside a Pulumi program. */
export async function buildStack(
  { system }: Pick<Project, "system">,
  plan: SystemPlan,
  options: BuildOptions,
): Promise<Record<string, unknown>> {
  const outputs = await system.build(plan, options);
  return { ...outputs, cloud: options.cloud, fleet: plan.fleet, profile: plan.profile ?? null };
}

/** Profiles of a system: only `normal` for one without `rolling`. */
export function profilesOf({ system }: Pick<Project, "system">): readonly Profile[] {
  return system.capabilities.rolling === undefined ? ["normal"] : ["normal", "rush"];
}

/** All resources of a Plan. */
export function itemsOf(plan: SystemPlan): readonly PlanItem[] {
  return requireSystem(plan.system).items(plan);
}

export function sameFleet(a: Fleet, b: Fleet): boolean {
  return (
    a.loadBalancerBandwidth === b.loadBalancerBandwidth &&
    a.fronts.length === b.fronts.length &&
    a.fronts.every((front, index) => front.name === b.fronts[index]?.name && front.size === b.fronts[index]?.size)
  );
}

function planOf({ name, stack, settings, system }: PlannedProject, fleet: Fleet, profile?: Profile): SystemPlan {
  return system.plan({ project: name, stack, settings, fleet, ...(profile === undefined ? {} : { profile }) });
}
