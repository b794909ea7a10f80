import { ExitCode, LorError } from "../core/errors.ts";
import type { Profile } from "../domain/fleet.ts";
import { forecastSwitch, type StepForecast } from "../domain/forecast.ts";
import { decide } from "../domain/switching/decide.ts";
import type { LiveFleet, SwitchGoal, SwitchStep, SwitchStop } from "../domain/switching/model.ts";
import { fleetAfter, fleetOfLive, pathTo } from "../domain/switching/step-fleet.ts";
import { fleetOf } from "../systems/lor/plan.ts";
import type { LorPlan } from "../systems/lor/plan-model.ts";
import { carryOutStep, describeStep } from "./carry-out-step.ts";
import { type KnownFleet, type ObservedFleet, observeFleet } from "./observe-fleet.ts";
import { type Confirm, requireApproval } from "./proposal.ts";
import type { RecordedState } from "./recorded-state.ts";
import { recoverStack } from "./recover-stack.ts";
import { journaled } from "./run-journal.ts";
import { planFleet, planProfile, type StackContext, throwIfStopped } from "./stack-context.ts";
import { prepareUpdate, runUpdate } from "./update-stack.ts";
import { sleepUnlessStopped, waitUntil } from "./wait-for.ts";

export interface SwitchInput {
  readonly target: Profile;
  readonly confirm: Confirm;
}

export interface SwitchResult {
  readonly target: Profile;
  /** Steps that were carried out; none when the stack was there already. */
  readonly steps: readonly { readonly step: SwitchStep; readonly seconds: number }[];
  /** What was paid for before and is now: to be priced. */
  readonly before: LorPlan;
  readonly after: LorPlan;
  readonly fleet: ObservedFleet;
  readonly seconds: number;
}

/**
 * Brings a live stack into a profile, one safe step at a time: look, decide, preview, act, gate. Interrupted or failed at any point, the same
 * call goes on from what is really there.
 *
 * @throws LorError `not-created`, a stop code of the planner, `not-approved`, `preview-mismatch`, `gate-failed`, `<step>-failed`, `plan-changed`
 */
export async function switchProfile(context: StackContext, { target, confirm }: SwitchInput): Promise<SwitchResult> {
  const began = context.clock.now().getTime();
  const goal = goalOf(context, target);
  const recorded = await recoverStack(context, goal.fleet);
  const live = await observeSettled(context, requireCreated(context, recorded), goal);
  const path = pathTo(live, goal);
  if (path.stop !== undefined) {
    throw stopped(path.stop);
  }
  const before = planFleet(context, fleetOfLive(live), recorded.profile);
  const after = planProfile(context, target);
  const named = recorded.profile === target;
  if (path.steps.length === 0 && named) {
    return { target, steps: [], before, after, fleet: live, seconds: 0 };
  }
  const forecast = forecastSwitch(live, path.steps);
  if (path.steps.length > 0) {
    await requireApproval(confirm, {
      operation: target,
      cloud: context.cloud,
      stack: context.project.stack,
      changes: [],
      steps: forecast,
      before,
      after,
      seconds: forecast.reduce((sum, step) => sum + step.seconds, 0),
      lost: [],
    });
  }
  return await journaled(context, target, target, async (note) => {
    const run = await runSteps(context, { goal, target, live, forecast, note });
    if (run.plan === undefined ? !named : run.plan.profile !== target) {
      // The last step needed no engine: the state still names where it came from.
      await runUpdate(context, await prepareUpdate(context, after, { chain: true, joinDrained: true }));
    }
    const seconds = (context.clock.now().getTime() - began) / 1000;
    return { target, steps: run.steps, before, after, fleet: run.fleet, seconds };
  });
}

/** A profile as a goal: whatever happens, as many healthy fronts serve as normal has. */
export function goalOf({ project }: Pick<StackContext, "project">, target: Profile): SwitchGoal {
  return {
    fleet: fleetOf(project.settings[target]),
    minimumServing: project.settings.normal.prestashop.fronts,
    addresses: project.settings.normal.prestashop.addresses.length,
  };
}

/** Looks once the cloud has ended what it is busy with; fronts that are unwell get a little time to recover. */
async function observeSettled(context: StackContext, known: KnownFleet, goal: SwitchGoal): Promise<ObservedFleet> {
  context.emit({ kind: "phase", phase: "observing" });
  const look = () => observeFleet(context, known);
  const idle = (fleet: LiveFleet) =>
    fleet.loadBalancerReady &&
    fleet.fronts.every((front) => front.server !== "building" && front.server !== "resizing");
  const { seen } = await waitUntil(context, { limit: context.timings.busyLimit, look, good: idle });
  const wanted = new Set(goal.fleet.fronts.map((front) => front.name));
  const well = (fleet: LiveFleet) =>
    fleet.fronts.every((front) => front.healthy || front.server !== "active" || !wanted.has(front.name));
  if (!idle(seen) || well(seen)) {
    return seen;
  }
  return (await waitUntil(context, { limit: context.timings.healthGrace, look, good: well })).seen;
}

/** What the state knows of the fleet. @throws LorError `not-created` when nothing was ever created whole */
export function requireCreated(context: StackContext, recorded: RecordedState): KnownFleet {
  if (recorded.fleet === undefined) {
    throw new LorError({
      code: "not-created",
      message: `the stack ${context.project.stack} is not up on the ${context.cloud} cloud`,
      exit: ExitCode.failed,
      culprit: "user",
      next: "lor-infra up",
    });
  }
  return { loadBalancerBandwidth: recorded.fleet.loadBalancerBandwidth, fronts: recorded.fronts };
}

function stopped(stop: SwitchStop): LorError {
  return new LorError({
    code: stop.code,
    message: stop.reason,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: stop.next,
  });
}

interface StepsRequest {
  readonly goal: SwitchGoal;
  readonly target: Profile;
  readonly live: ObservedFleet;
  /** The steps that were approved. */
  readonly forecast: readonly StepForecast[];
  readonly note: (event: "step-begun" | "step-done", what: string) => void;
}

interface StepsRun {
  readonly steps: readonly { readonly step: SwitchStep; readonly seconds: number }[];
  readonly fleet: ObservedFleet;
  /** Of the last engine update, if there was one. */
  readonly plan: LorPlan | undefined;
}

async function runSteps(context: StackContext, request: StepsRequest): Promise<StepsRun> {
  const { goal, target, forecast, note } = request;
  const done: { readonly step: SwitchStep; readonly seconds: number }[] = [];
  const approved = new Set(forecast.map(({ step }) => JSON.stringify(step)));
  let { live } = request;
  let plan: LorPlan | undefined;
  for (;;) {
    throwIfStopped(context);
    const decision = decide(live, goal);
    if (decision.kind === "stopped") {
      throw stopped(decision);
    }
    if (decision.kind === "done") {
      return { steps: done, fleet: live, plan };
    }
    const { step } = decision;
    requireApproved(step, approved, target);
    const seconds = forecast.find((one) => one.step.kind === step.kind)?.seconds ?? 0;
    const position = done.length + 1;
    const total = Math.max(forecast.length, position);
    context.emit({ kind: "step-begun", step, position, total, seconds });
    note("step-begun", describeStep(step));
    const began = context.clock.now().getTime();
    plan = (await carryOutStep(context, { step, live, goal, target, again: `lor-infra ${target}` })) ?? plan;
    const took = (context.clock.now().getTime() - began) / 1000;
    note("step-done", describeStep(step));
    context.emit({ kind: "step-done", step, seconds: took });
    done.push({ step, seconds: took });
    if (step.kind !== "resize-load-balancer") {
      await sleepUnlessStopped(context, context.timings.settle);
    }
    live = await observeSettled(context, knownAfter(live, step), goal);
    requireEffect(step, live, target);
  }
}

/** What the state knows once a step has ended well. */
function knownAfter(live: LiveFleet, step: SwitchStep): KnownFleet {
  const { loadBalancerBandwidth, fronts } = fleetAfter(live, step);
  return { loadBalancerBandwidth, fronts: fronts.map((front) => front.name) };
}

/** Only what a person has seen is done; putting right what broke meanwhile needs no new approval, because it only adds capacity. */
function requireApproved(step: SwitchStep, approved: ReadonlySet<string>, target: Profile): void {
  const repair = step.kind === "settle-resize" || step.kind === "recover-front" || step.kind === "readmit-front";
  if (!repair && !approved.has(JSON.stringify(step))) {
    throw new LorError({
      code: "plan-changed",
      message: `the fleet changed meanwhile: the next step is now ${describeStep(step)}, which was not in the plan`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: describeStep(step),
      next: `lor-infra ${target}`,
    });
  }
}

/** A step that left everything as it was would be decided again and again. */
function requireEffect(step: SwitchStep, live: LiveFleet, target: Profile): void {
  const front = "front" in step ? live.fronts.find((one) => one.name === step.front) : undefined;
  const missed =
    (step.kind === "resize-front" && front?.size !== step.to) ||
    (step.kind === "add-front" && front === undefined) ||
    (step.kind === "remove-front" && front !== undefined && front.server !== "absent");
  if (missed) {
    throw new LorError({
      code: "step-without-effect",
      message: `${describeStep(step)} ended well, but the cloud does not show it`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: front === undefined ? "no such front" : `${front.name} ${front.size}, server ${front.server}`,
      next: `lor-infra status, then lor-infra ${target}`,
    });
  }
}
