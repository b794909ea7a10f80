import type { ErrorCode } from "../../core/error-codes.ts";
import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import { decide } from "../../rolling/decide.ts";
import { describeChange, expectedChange, mismatchOf, type StepExpectation } from "../../rolling/expected-change.ts";
import { minimumServing } from "../../rolling/min-healthy.ts";
import { describeStep, membersOf, type SwitchGoal, type SwitchStep } from "../../rolling/model.ts";
import { mayLeave } from "../../rolling/serving.ts";
import { fleetAfter, fleetOfLive, liveAfter } from "../../rolling/step-fleet.ts";
import { diskChanges, requireNoShrinking } from "../../stack/disk-changes.ts";
import { knownOf, type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import type { PreviewAhead } from "../../stack/preview-ahead.ts";
import { refreshState, settleResize, waitForServer } from "../../stack/recover-stack.ts";
import { type StackContext, throwIfStopped } from "../../stack/stack-context.ts";
import { type PreparedUpdate, runUpdate } from "../../stack/update-stack.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { itemsOf, planFleet } from "../../systems/project-plan.ts";
import { drainMembers, gateMembers, readmitMembers, readmitResized } from "./front-traffic.ts";
import type { PlannedStep } from "./switch-picture.ts";

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
      await readmitMembers(context, step.members, again);
      return undefined;
    case "resize-load-balancer":
      return await updateStep(context, request, {
        after: () =>
          gateMembers(
            context,
            live.fronts.map(({ name }) => name),
            again,
          ),
      });
    case "add-front":
      return await updateStep(context, request, { after: () => readmitMembers(context, membersOf(step), again) });
    case "resize-front":
      return await updateStep(context, request, {
        before: () => takeOut(context, request),
        beside: (run) => readmitResized(context, { members: step.members, next: again, run }),
      });
    case "remove-front":
      return await updateStep(context, request, { before: () => takeOut(context, request) });
  }
}

/** Drain, health gate and readmission of the members of a wave, before and after its engine run. */
interface Around {
  readonly before?: () => Promise<void>;
  /** Begins with the run. */
  readonly beside?: (run: Promise<unknown>) => Promise<void>;
  readonly after?: () => Promise<void>;
}

/** The engine's part of a step: prepared and compared before a member is touched. */
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
  if (next.kind === "step") previews.begin(planFleet(context.project, fleetAfter(after, next.step), target), after);
}

async function prepareStep(context: StackContext, request: StepRequest): Promise<PreparedUpdate> {
  const { step, live, target, previews } = request;
  const plan = planFleet(context.project, fleetAfter(live, step), target);
  const before = planFleet(context.project, fleetOfLive(live));
  const expected = expectationOf(context, { live, step, before, after: plan });
  const update = await previews.take(plan, live);
  const mismatch = mismatchOf(expected, update.changes);
  if (mismatch === undefined || (mismatch.unexpected.length === 0 && step.kind === "resize-load-balancer")) {
    // A load balancer that has the size already was changed by a run that ended before it could say so.
    return update;
  }
  // The state may lag behind the cloud after a crash or a change by hand: look once, then decide.
  await refresh(context, request);
  const second = await previews.take(plan, live);
  const remaining = mismatchOf(expected, second.changes);
  if (remaining === undefined) {
    return second;
  }
  requireNoShrinking(diskChanges(context.project, second.changes));
  throw new LorError({
    code: "preview-mismatch",
    message: `${describeStep(step)} would make other changes; nothing was changed`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: [...remaining.unexpected, ...remaining.missing.map((one) => `no ${one}`)].join(", "),
    accepted: expected.changes.map(describeChange).join(", "),
    next: "lor-infra preview, then lor-infra up: settings other than the profile's have changed, or the version of lor-infra",
  });
}

/** From the Plans of the step; a member of which only a part exists counts as not created yet, or as deleted. */
export function expectationOf(
  { project }: Pick<StackContext, "project">,
  { live, step, before, after }: Pick<PlannedStep, "live" | "step" | "before" | "after">,
): StepExpectation {
  if (step.kind !== "add-front") return expectedChange(step, itemsOf(before), itemsOf(after));
  const without = { ...live, fronts: live.fronts.filter((front) => !membersOf(step).includes(front.name)) };
  return expectedChange(step, itemsOf(planFleet(project, fleetOfLive(without))), itemsOf(after));
}

/** Drains the members of a step, once a fresh look has shown that the others are enough. */
async function takeOut(context: StackContext, { goal, live, again, step }: StepRequest): Promise<void> {
  const names = membersOf(step);
  const now = await observeFleet(context, knownOf(live));
  const minimum = minimumServing(now, goal.minHealthy);
  if (!mayLeave(now, names, minimum)) {
    const [who, stay] = [names.join(", "), names.length === 1 ? "stays" : "stay"];
    throw new LorError({
      code: "not-enough-serving",
      message: `${who} ${stay} in service: fewer than ${minimum} other fronts are healthy`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: now.fronts.map((one) => `${one.name} ${one.healthy ? "healthy" : "not healthy"}`).join(", "),
      accepted: `${minimum} healthy fronts besides ${who}`,
      next: again,
    });
  }
  await drainMembers(context, names);
}

/** After a failed update: members that still work go back into service, at whatever size they have. */
async function comeBack(context: StackContext, { step, live }: StepRequest): Promise<void> {
  if (step.kind !== "resize-front" && step.kind !== "remove-front") {
    return;
  }
  await context.lock?.confirm();
  if (context.lock?.lost.aborted === true) {
    // The next holder of the lock repairs the members.
    return;
  }
  // The way out must not depend on the signal that may have caused it.
  const calm: StackContext = { ...context, signal: undefined };
  const names = membersOf(step);
  try {
    const fleet = await observeFleet(calm, knownOf(live));
    const ready = fleet.fronts.filter(
      (front) => names.includes(front.name) && front.server === "active" && front.pool === "drained" && front.healthy,
    );
    const timings = { ...calm.timings, gateLimit: calm.timings.healthGrace };
    await readmitMembers(
      { ...calm, timings },
      ready.map(({ name }) => name),
      "",
    );
  } catch (error) {
    const message = messageOf(error);
    context.emit({
      kind: "warning",
      code: "front-left-drained",
      message: `${names.join(", ")}: not all fronts are back in the pool: ${message}`,
    });
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
  const front = request.live.fronts.find((one) => one.name === step.member);
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
  const front = live.fronts.find((one) => one.name === step.member);
  await context.clients.compute.resetState(front?.serverView?.id ?? "");
  await waitForServer(context, step.member, (server) => server === "active");
  context.emit({ kind: "repaired", repair: "front-reset", what: step.member });
  await refresh(context, request);
  await gateMembers(
    context,
    [step.member],
    `${again}; if it stays unhealthy, lor-infra recover --replace ${step.member}`,
  );
}

const failureCodes = {
  "settle-resize": "settle-resize-failed",
  "recover-front": "recover-front-failed",
  "readmit-front": "readmit-front-failed",
  "resize-load-balancer": "resize-load-balancer-failed",
  "add-front": "add-front-failed",
  "resize-front": "resize-front-failed",
  "remove-front": "remove-front-failed",
} as const satisfies Readonly<Record<SwitchStep["kind"], ErrorCode>>;

function stepFailed({ step, again }: StepRequest, cause: unknown): LorError {
  const message = messageOf(cause);
  return new LorError({
    code: cause instanceof LorError && cause.exit === ExitCode.locked ? cause.code : failureCodes[step.kind],
    message: `${describeStep(step)} failed: ${message}`,
    exit: cause instanceof LorError ? cause.exit : ExitCode.failed,
    culprit: cause instanceof LorError ? cause.culprit : "cloud",
    next: `lor-infra status, then ${again}`,
    cause,
  });
}
