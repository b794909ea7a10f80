import type { Adoption, Program, ResourceChange, RunResult } from "../engine/port.ts";
import type { LiveFleet } from "../rolling/model.ts";
import type { SystemPlan } from "../systems/contract.ts";
import type { RecordedState } from "./recorded-state.ts";
import { type BuildChoice, requireLock, runOptions, type StackContext, throwIfStopped } from "./stack-context.ts";

/** A previewed update that has not run yet. */
export interface PreparedUpdate {
  readonly plan: SystemPlan;
  readonly program: Program;
  /** Changes that it will make. */
  readonly changes: readonly ResourceChange[];
}

/**
 * How a switch builds: the members of a wave change together (the preview shows that no others change), and a new member joins the pool with weight 0.
 * @param live fleet before the run
 */
export function switchBuild({ fronts }: LiveFleet): BuildChoice {
  const placed = fronts.filter((front) => front.server !== "absent").map(({ name }) => name);
  return { chain: false, placed, joinDrained: true };
}

/** Previews an update. */
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

/** Runs an update. Its creations are recorded first, so that the next run looks for lost ones. */
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
 * Whether the fronts of a state are chained. A partial run must keep the same order: engine 3.259 adds the dependencies of untouched resources to
 * the new state by itself, and then refuses the program's own registration of them as duplicates (`getDependencySteps` in its step_generator.go);
 * and a resource that depends on a missing one makes the state invalid ("refers to missing dependency").
 */
export function isChained({ resources }: Pick<RecordedState, "resources">): boolean {
  const inPool = /\$openstack:loadbalancer\/(pool:Pool|member:Member)::/;
  return resources.some(
    ({ type, dependencies }) =>
      type === "openstack:compute/instance:Instance" && dependencies.some((urn) => inPool.test(urn)),
  );
}

/** Recorded dependencies of each resource, for partial runs. */
export function recordedOrder({ resources }: Pick<RecordedState, "resources">): ReadonlyMap<string, readonly string[]> {
  return new Map(resources.map(({ urn, dependencies }) => [urn, dependencies]));
}

export interface TargetedRun {
  readonly plan: SystemPlan;
  readonly choice: BuildChoice;
  readonly recorded: RecordedState;
  readonly targets: readonly string[];
  readonly adopt?: ReadonlyMap<string, Adoption>;
  /** URNs that will not be in the state: dependencies on them are dropped. */
  readonly without?: ReadonlySet<string>;
  /** Refresh the targets from the cloud first. */
  readonly refresh?: boolean;
}

/** An update of the given resources only; the stack's outputs stay as they are. */
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
