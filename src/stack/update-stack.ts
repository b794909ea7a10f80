import type { Adoption, Program, ResourceChange, RunResult } from "../engine/port.ts";
import type { SystemPlan } from "../systems/contract.ts";
import type { RecordedState } from "./recorded-state.ts";
import { type BuildChoice, requireLock, runOptions, type StackContext, throwIfStopped } from "./stack-context.ts";

/** An update of the engine that was looked at and not yet run. */
export interface PreparedUpdate {
  readonly plan: SystemPlan;
  readonly program: Program;
  /** What it will do. */
  readonly changes: readonly ResourceChange[];
}

/** How a switch builds: fronts wait for each other, and a new one joins the pool without a weight. */
export const switchBuild: BuildChoice = { chain: true, joinDrained: true };

/** Asks the engine what an update would do. */
export async function prepareUpdate(
  context: StackContext,
  plan: SystemPlan,
  choice: BuildChoice,
): Promise<PreparedUpdate> {
  throwIfStopped(context);
  const program = context.program(plan, choice);
  context.emit({ kind: "phase", phase: "previewing" });
  const { changes } = await context.engine.preview(program, runOptions(context));
  return { plan, program, changes };
}

/** Runs an update. What it creates is written down before, so that a creation that gets lost is looked for by the next run. */
export async function runUpdate(context: StackContext, update: PreparedUpdate): Promise<RunResult> {
  await requireLock(context);
  const { intents } = context.state;
  const creations = update.changes.filter((one) => one.change === "create" || one.change === "replace");
  await intents.record(creations, context.clock.now());
  context.emit({ kind: "phase", phase: creations.length > 0 ? "creating" : "updating" });
  const result = await context.engine.up(update.program, runOptions(context));
  await intents.clear();
  return result;
}

/**
 * Whether a state was made with its fronts waiting for each other. A run that does not touch all of it has the same order: engine 3.259 brings what an
 * untouched resource depended on into the new state by itself, and then refuses the program's own registration of it as a duplicate
 * (`getDependencySteps` in its step_generator.go); and a resource that waits for one which is not there yet makes a state that no engine reads any more
 * ("refers to missing dependency").
 */
export function isChained({ resources }: Pick<RecordedState, "resources">): boolean {
  const inPool = /\$openstack:loadbalancer\/(pool:Pool|member:Member)::/;
  return resources.some(
    ({ type, dependencies }) =>
      type === "openstack:compute/instance:Instance" && dependencies.some((urn) => inPool.test(urn)),
  );
}

/** What each resource of a state waited for: for a run that does not touch all of it. */
export function recordedOrder({ resources }: Pick<RecordedState, "resources">): ReadonlyMap<string, readonly string[]> {
  return new Map(resources.map(({ urn, dependencies }) => [urn, dependencies]));
}

export interface TargetedRun {
  readonly plan: SystemPlan;
  readonly choice: BuildChoice;
  readonly recorded: RecordedState;
  readonly targets: readonly string[];
  readonly adopt?: ReadonlyMap<string, Adoption>;
  /** URNs that will not be in the state: what would only wait for one of them does not. */
  readonly without?: ReadonlySet<string>;
  /** Ask the cloud for the real state of the targets first. */
  readonly refresh?: boolean;
}

/** An update of a few named resources, which leaves what the stack says of itself as it was. */
export async function runTargeted(context: StackContext, run: TargetedRun): Promise<void> {
  await requireLock(context);
  const { fleet, profile } = run.recorded;
  const program = context.program(run.plan, { ...run.choice, says: { fleet, profile } });
  await context.engine.up(program, {
    ...runOptions(context),
    targets: run.targets,
    recordedOrder: recordedOrder(run.recorded),
    ...(run.adopt === undefined ? {} : { adopt: run.adopt }),
    ...(run.without === undefined ? {} : { without: run.without }),
    ...(run.refresh === true ? { refresh: true } : {}),
  });
}
