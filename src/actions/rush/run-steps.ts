import { ExitCode, LorError } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import type { RecordedExpectation, RecordedFleet } from "../../domain/review/journal-record.ts";
import { decide } from "../../rolling/decide.ts";
import type { ExpectedTime } from "../../rolling/forecast.ts";
import {
  describeStep,
  isBusy,
  type LiveFleet,
  type SwitchGoal,
  type SwitchStep,
  type SwitchStop,
} from "../../rolling/model.ts";
import { serves } from "../../rolling/serving.ts";
import { fleetAfter } from "../../rolling/step-fleet.ts";
import { type KnownFleet, knownOf, type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import { PreviewAhead } from "../../stack/preview-ahead.ts";
import type { Note } from "../../stack/run-journal.ts";
import { requireLock, type StackContext } from "../../stack/stack-context.ts";
import { sleepUnlessStopped, waitUntil } from "../../stack/wait-until.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { carryOutStep } from "./carry-out-step.ts";

/** A step that was carried out. */
export interface DoneStep {
  readonly step: SwitchStep;
  readonly seconds: number;
  /** Undefined for a step that nobody foresaw. */
  readonly expected: ExpectedTime | undefined;
}

export interface StepsRequest {
  readonly goal: SwitchGoal;
  /** Profile whose command runs: names the Plan once its fleet is reached, and the command that goes on. */
  readonly target: Profile;
  readonly live: ObservedFleet;
  /** Expected time of a step, where it was foreseen, and how many steps are expected in all. */
  readonly expected: { readonly time: (step: SwitchStep) => ExpectedTime | undefined; readonly total: number };
  /** Asked before each step; throws when the step must not be done. */
  readonly before: (step: SwitchStep, live: ObservedFleet) => Promise<void>;
  /** Called after each step. */
  readonly after: (step: SwitchStep) => Promise<void>;
  readonly note: Note;
  /** With the first step's preview, where that was made already. Disposed at the end. Default: none was. */
  readonly previews?: PreviewAhead;
}

export interface StepsRun {
  readonly steps: readonly DoneStep[];
  readonly fleet: ObservedFleet;
  /** Result of the last engine update, if there was one. */
  readonly plan: SystemPlan | undefined;
}

/** A step failed; `live` is what was seen before it. */
export class StepFailure extends Error {
  readonly step: SwitchStep;
  readonly live: ObservedFleet;

  constructor(step: SwitchStep, live: ObservedFleet, cause: unknown) {
    super(`${describeStep(step)} failed`, { cause });
    this.step = step;
    this.live = live;
  }
}

/**
 * Look, decide, act, until the goal is reached.
 * @throws StepFailure with the error of a step as its cause; LorError of the planner and of `before`
 */
export async function runSteps(context: StackContext, request: StepsRequest): Promise<StepsRun> {
  const { goal, target, note } = request;
  const done: DoneStep[] = [];
  let { live } = request;
  let plan: SystemPlan | undefined;
  await using previews = request.previews ?? new PreviewAhead(context);
  for (;;) {
    await requireLock(context);
    await note("fleet-seen", target, { fleet: recordOf(live) });
    const decision = decide(live, goal);
    if (decision.kind === "stopped") {
      throw stopped(decision);
    }
    if (decision.kind === "done") {
      return { steps: done, fleet: live, plan };
    }
    const { step } = decision;
    await request.before(step, live);
    const position = done.length + 1;
    const total = Math.max(request.expected.total, position);
    const expected = request.expected.time(step);
    context.emit({ kind: "step-begun", step, position, total, expected });
    await note("step-begun", describeStep(step), expected === undefined ? {} : { expected: expectationOn(expected) });
    const began = context.clock.now().getTime();
    try {
      const again = `lor-infra ${target}`;
      plan = (await carryOutStep(context, { step, live, goal, target, again, previews })) ?? plan;
    } catch (error) {
      throw new StepFailure(step, live, error);
    }
    const seconds = (context.clock.now().getTime() - began) / 1000;
    await note("step-done", describeStep(step));
    context.emit({ kind: "step-done", step, seconds });
    done.push({ step, seconds, expected });
    await request.after(step);
    if (step.kind !== "resize-load-balancer") {
      await sleepUnlessStopped(context, context.timings.settle);
    }
    live = await observeSettled(context, knownAfter(live, step), goal);
    requireEffect(step, live, target);
  }
}

/** Facts about a fleet for the review of a season. */
function recordOf({ loadBalancerBandwidth, fronts }: LiveFleet): RecordedFleet {
  return {
    loadBalancerBandwidth,
    fronts: fronts
      .filter((front) => front.server !== "absent")
      .map((front) => ({ name: front.name, size: front.size, serves: serves(front) })),
  };
}

/** Expected duration on this cloud, where known. */
function expectationOn({ seconds, learned, here }: ExpectedTime): RecordedExpectation {
  return here ?? { seconds, samples: learned?.samples ?? 0 };
}

/** Looks once the cloud has ended what it is busy with; fronts that are unwell get a little time to recover. */
export async function observeSettled(
  context: StackContext,
  known: KnownFleet,
  goal: SwitchGoal,
): Promise<ObservedFleet> {
  context.emit({ kind: "phase", phase: "observing" });
  const look = () => observeFleet(context, known);
  const idle = (fleet: LiveFleet) =>
    (fleet.loadBalancerReady || fleet.loadBalancerFailed === true) && !fleet.fronts.some(isBusy);
  const { seen } = await waitUntil(context, { limit: context.timings.busyLimit, look, good: idle });
  const wanted = new Set(goal.fleet.fronts.map((front) => front.name));
  const well = (fleet: LiveFleet) =>
    fleet.fronts.every((front) => front.healthy || front.server !== "active" || !wanted.has(front.name));
  if (!idle(seen) || well(seen)) {
    return seen;
  }
  return (await waitUntil(context, { limit: context.timings.healthGrace, look, good: well })).seen;
}

/** The planner's refusal to go on, as an error. */
function stopped(stop: SwitchStop): LorError {
  return new LorError({
    code: stop.code,
    message: stop.reason,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: stop.next,
  });
}

/** The recorded fleet after a successful step. */
export function knownAfter(live: LiveFleet, step: SwitchStep): KnownFleet {
  return knownOf(fleetAfter(live, step));
}

/** A step that left everything as it was would be decided again and again. */
function requireEffect(step: SwitchStep, live: LiveFleet, target: Profile): void {
  const missed = missedBy(step, live);
  if (missed.length > 0) {
    throw new LorError({
      code: "step-without-effect",
      message: `${describeStep(step)} succeeded, but the cloud does not show it`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: missed
        .map((name) => live.fronts.find((one) => one.name === name) ?? name)
        .map((front) =>
          typeof front === "string" ? `no front ${front}` : `${front.name} ${front.size}, server ${front.server}`,
        )
        .join("; "),
      next: `lor-infra status, then lor-infra ${target}`,
    });
  }
}

/** Members of a step in which the cloud does not show it. */
function missedBy(step: SwitchStep, { fronts }: LiveFleet): readonly string[] {
  const find = (name: string) => fronts.find((one) => one.name === name);
  switch (step.kind) {
    case "resize-front":
      return step.members.filter(({ name, to }) => find(name)?.size !== to).map(({ name }) => name);
    case "add-front":
      return step.members.filter(({ name }) => find(name) === undefined).map(({ name }) => name);
    case "remove-front":
      return step.members.filter((name) => (find(name)?.server ?? "absent") !== "absent");
    default:
      return [];
  }
}
