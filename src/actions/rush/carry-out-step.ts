import { ExitCode, LorError } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import { decide } from "../../rolling/decide.ts";
import { describeChange, expectedChange, mismatchOf, type StepExpectation } from "../../rolling/expected-change.ts";
import type { LiveFleet, SwitchGoal, SwitchStep } from "../../rolling/model.ts";
import { mayLeave } from "../../rolling/serving.ts";
import { fleetAfter, fleetOfLive, liveAfter } from "../../rolling/step-fleet.ts";
import { knownOf, type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import type { PreviewAhead } from "../../stack/preview-ahead.ts";
import { refreshState, settleResize, waitForServer } from "../../stack/recover-stack.ts";
import { planFleet, type StackContext, throwIfStopped } from "../../stack/stack-context.ts";
import { type PreparedUpdate, runUpdate } from "../../stack/update-stack.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { itemsOf } from "../../systems/project-plan.ts";
import { drainFront, gateFront, readmitFront, readmitResized } from "./front-traffic.ts";

export interface StepRequest {
  readonly step: SwitchStep;
  readonly live: ObservedFleet;
  readonly goal: SwitchGoal;
  /** Profile that the switch goes to: names the Plan once its fleet is reached. */
  readonly target: Profile;
  /** The command that goes on from here, such as `lor-infra rush`. */
  readonly again: string;
  readonly previews: PreviewAhead;
}

/** Carries out one step, whole: precondition, preview held against what is expected, drain, update, gate, readmission. */
export async function carryOutStep(context: StackContext, request: StepRequest): Promise<SystemPlan | undefined> {
  const { step, live, again } = request;
  switch (step.kind) {
    case "settle-resize":
      await settleStep(context, request, step);
      return undefined;
    case "recover-front":
      await recoverStep(context, request, step);
      return undefined;
    case "readmit-front":
      await readmitFront(context, step.front, again);
      return undefined;
    case "resize-load-balancer":
      return await updateStep(context, request, {
        after: async () => {
          for (const { name } of live.fronts) await gateFront(context, name, again);
        },
      });
    case "add-front":
      return await updateStep(context, request, { after: () => readmitFront(context, step.front, again) });
    case "resize-front":
      return await updateStep(context, request, {
        before: () => takeOut(context, request, step.front),
        beside: (run) => readmitResized(context, { front: step.front, size: step.to, next: again, run }),
      });
    case "remove-front":
      return await updateStep(context, request, { before: () => takeOut(context, request, step.front) });
  }
}

/** What is done to a front around the engine's run. */
interface Around {
  readonly before?: () => Promise<void>;
  /** Begins with the run. */
  readonly beside?: (run: Promise<unknown>) => Promise<void>;
  readonly after?: () => Promise<void>;
}

/** The engine's part of a step: prepared and compared before the front is touched. */
async function updateStep(
  context: StackContext,
  request: StepRequest,
  { before, beside, after }: Around,
): Promise<SystemPlan> {
  const update = await prepareStep(context, request);
  try {
    await before?.();
  } catch (error) {
    await comeBack(context, request);
    throw error;
  }
  const run = runUpdate(context, update).then(() => beginNext(context, request));
  const [updated, accompanied] = await Promise.allSettled([run, beside?.(run)]);
  if (updated.status === "rejected") {
    await comeBack(context, request);
    throwIfStopped(context, updated.reason);
    throw stepFailed(request, updated.reason);
  }
  if (accompanied.status === "rejected") throw accompanied.reason;
  await after?.();
  return update.plan;
}

/** The preview of the step that follows when this one ends well. */
function beginNext(context: StackContext, { step, live, goal, target, previews }: StepRequest): void {
  const after = liveAfter(live, step);
  const next = decide(after, goal);
  if (next.kind === "step") previews.begin(planFleet(context, fleetAfter(after, next.step), target));
}

async function prepareStep(context: StackContext, request: StepRequest): Promise<PreparedUpdate> {
  const { step, live, target, previews } = request;
  const plan = planFleet(context, fleetAfter(live, step), target);
  const expected = expectationOf(context, live, step, plan);
  const update = await previews.take(plan);
  const mismatch = mismatchOf(expected, update.changes);
  if (mismatch === undefined || (mismatch.unexpected.length === 0 && step.kind === "resize-load-balancer")) {
    // A load balancer that has the size already was changed by a run that ended before it could say so.
    return update;
  }
  // The state may lag behind the cloud after a crash or a change by hand: look once, then decide.
  await refresh(context, request);
  const second = await previews.take(plan);
  const remaining = mismatchOf(expected, second.changes);
  if (remaining === undefined) {
    return second;
  }
  throw new LorError({
    code: "preview-mismatch",
    message: `${describeStep(step)} would do something else than that; nothing was changed`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: [...remaining.unexpected, ...remaining.missing.map((one) => `no ${one}`)].join(", "),
    accepted: expected.changes.map(describeChange).join(", "),
    next: "lor-infra preview, then lor-infra up: settings other than the profile's have changed",
  });
}

/** From the Plans of the step; a front that is only partly there counts as not there yet, or not there any more. */
export function expectationOf(
  context: StackContext,
  live: LiveFleet,
  step: SwitchStep,
  after: SystemPlan,
): StepExpectation {
  if (step.kind !== "add-front") {
    return expectedChange(step, itemsOf(planFleet(context, fleetOfLive(live))), itemsOf(after));
  }
  const without = { ...live, fronts: live.fronts.filter((front) => front.name !== step.front) };
  return expectedChange(step, itemsOf(planFleet(context, fleetOfLive(without))), itemsOf(after));
}

/** Drains a front, once a fresh look has shown that the others are enough. */
async function takeOut(context: StackContext, { goal, live, again }: StepRequest, name: string): Promise<void> {
  const now = await observeFleet(context, knownOf(live));
  const front = now.fronts.find((one) => one.name === name);
  if (front !== undefined && !mayLeave(now, front, goal.minimumServing)) {
    throw new LorError({
      code: "not-enough-serving",
      message: `${name} stays in service: fewer than ${goal.minimumServing} other fronts are healthy`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: now.fronts.map((one) => `${one.name} ${one.healthy ? "healthy" : "not healthy"}`).join(", "),
      accepted: `${goal.minimumServing} healthy fronts besides ${name}`,
      next: again,
    });
  }
  await drainFront(context, name);
}

/** After a failed update: a front that still works goes back into service, at whatever size it has. */
async function comeBack(context: StackContext, { step, live }: StepRequest): Promise<void> {
  if (step.kind !== "resize-front" && step.kind !== "remove-front") {
    return;
  }
  await context.lock?.confirm();
  if (context.lock?.lost.aborted === true) {
    // Whoever has the lock now looks after the front.
    return;
  }
  // The way out must not depend on the signal that may have caused it.
  const calm: StackContext = { ...context, signal: undefined };
  try {
    const fleet = await observeFleet(calm, knownOf(live));
    const front = fleet.fronts.find((one) => one.name === step.front);
    if (front?.server === "active" && front.pool === "drained" && front.healthy) {
      await readmitFront(
        { ...calm, timings: { ...calm.timings, gateLimit: calm.timings.healthGrace } },
        step.front,
        "",
      );
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    context.emit({ kind: "warning", code: "front-left-drained", message: `${step.front} is left drained: ${message}` });
  }
}

/** Takes the cloud's word; what was previewed before is of an older state. */
async function refresh(context: StackContext, { live, previews }: StepRequest): Promise<void> {
  await previews.throwAway();
  await refreshState(context, fleetOfLive(live));
}

async function settleStep(
  context: StackContext,
  request: StepRequest,
  step: Extract<SwitchStep, { readonly kind: "settle-resize" }>,
): Promise<void> {
  const front = request.live.fronts.find((one) => one.name === step.front);
  if (front !== undefined) {
    await settleResize(context, front, step.how);
    await refresh(context, request);
  }
}

/** A front that a failed resize left in ERROR: Nova keeps the machine at its old size, only its state says otherwise. */
async function recoverStep(
  context: StackContext,
  request: StepRequest,
  step: Extract<SwitchStep, { readonly kind: "recover-front" }>,
): Promise<void> {
  const { live, again } = request;
  const front = live.fronts.find((one) => one.name === step.front);
  await context.clients.compute.resetState(front?.serverView?.id ?? "");
  await waitForServer(context, step.front, (server) => server === "active");
  context.emit({ kind: "repaired", repair: "front-reset", what: step.front });
  await refresh(context, request);
  await gateFront(context, step.front, `${again}; if it stays unwell, lor-infra recover --replace ${step.front}`);
}

function stepFailed({ step, again }: StepRequest, cause: unknown): LorError {
  const message = cause instanceof Error ? cause.message : String(cause);
  return new LorError({
    code: cause instanceof LorError && cause.exit === ExitCode.locked ? cause.code : `${step.kind}-failed`,
    message: `${describeStep(step)} failed: ${message}`,
    exit: cause instanceof LorError ? cause.exit : ExitCode.failed,
    culprit: cause instanceof LorError ? cause.culprit : "cloud",
    next: `lor-infra status, then ${again}`,
    cause,
  });
}

/** `resize-front ps-0`: for the journal and for messages. */
export function describeStep(step: SwitchStep): string {
  return "front" in step ? `${step.kind} ${step.front}` : step.kind;
}
