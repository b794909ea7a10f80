import { ExitCode, LorError } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import { type ApprovedSwitch, approvalDifferences, planId } from "../../rolling/approval.ts";
import type { SwitchGoal, SwitchStep } from "../../rolling/model.ts";
import { durationKey } from "../../rolling/past-durations.ts";
import { type PreflightCheck, preflightError } from "../../rolling/preflight/preflight-check.ts";
import { serves } from "../../rolling/serving.ts";
import { fleetOfLive } from "../../rolling/step-fleet.ts";
import { diskChanges, requireNoShrinking } from "../../stack/disk-changes.ts";
import { type KnownFleet, knownOf, type ObservedFleet } from "../../stack/observe-fleet.ts";
import { PreviewAhead } from "../../stack/preview-ahead.ts";
import { type Confirm, type Proposal, requireApproval } from "../../stack/proposal.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import { recoverStack, refreshState } from "../../stack/recover-stack.ts";
import { journaled } from "../../stack/run-journal.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { prepareUpdate, runUpdate, switchBuild } from "../../stack/update-stack.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { rollingOf } from "../../systems/project-plan.ts";
import { runReturnTasks, type TaskResult } from "../normal/run-scale-down-hooks.ts";
import { changedSinceApproval, describeSwitch, guardSteps } from "./approve-switch.ts";
import { revertStep } from "./revert-step.ts";
import { type DoneStep, observeSettled, runSteps, StepFailure, type StepsRequest } from "./run-steps.ts";
import { pictureSwitch, type SwitchPicture } from "./switch-picture.ts";
import { preflightChecks, type SeasonChoice } from "./switch-preflight.ts";

export interface SwitchInput {
  readonly target: Profile;
  readonly confirm: Confirm;
  /** `stop`: a front that fails stays out of the pool for a person to look at; `revert`: its step is taken back first. Default: stop. */
  readonly onFailure?: "stop" | "revert";
  readonly season?: SeasonChoice;
  /** A plan that was approved earlier, perhaps by somebody else: exactly this is done. */
  readonly approved?: ApprovedSwitch;
}

export interface SwitchResult {
  readonly target: Profile;
  /** Results of the hooks before a scale-down; empty for a scale-up. */
  readonly tasks: readonly TaskResult[];
  /** Steps that were carried out; none when the stack was there already. */
  readonly steps: readonly DoneStep[];
  /** Preflight checks; empty when there was nothing to do. */
  readonly checks: readonly PreflightCheck[];
  /** Plans before and after, for their prices. */
  readonly before: SystemPlan;
  readonly after: SystemPlan;
  readonly fleet: ObservedFleet;
  /** Total of the fronts that serve now. */
  readonly serving: { readonly cores: number; readonly memoryMegabytes: number };
  readonly seconds: number;
}

/**
 * Brings a live stack into a profile, one safe step at a time: look, decide, preview, act, gate. Interrupted or failed at any point, the same
 * call goes on from what is really there.
 *
 * @throws LorError `not-created`, the code of a check that refuses (exit 3), `disk-cannot-shrink`, a stop code of the planner, `not-approved`, `changed-since-approval`, `plan-changed`, `preview-mismatch`,
 *   `gate-failed`, `<step>-failed`
 */
export async function switchProfile(context: StackContext, input: SwitchInput): Promise<SwitchResult> {
  const began = context.clock.now().getTime();
  const { target, confirm } = input;
  // Before the recovery: it ends what is unfinished.
  const goesOn = input.approved !== undefined && (await isUnfinished(context, input.approved));
  await using previews = new PreviewAhead(context);
  const prepared = await prepareSwitch(context, { target, season: input.season, previews });
  const { proposal, named, checks } = prepared;
  const { live } = prepared.picture;
  const { before, after, steps: forecast } = proposal;
  const result = (fleet: ObservedFleet, done: Pick<SwitchResult, "tasks" | "steps" | "seconds">): SwitchResult => ({
    target,
    checks,
    before,
    after,
    fleet,
    serving: sumServing(context, fleet),
    ...done,
  });
  if (forecast.length === 0 && named) {
    return result(live, { tasks: [], steps: [], seconds: 0 });
  }
  const approved = input.approved ?? prepared.approved;
  if (!goesOn) {
    requireSame(approved, prepared.approved);
  }
  if (forecast.length > 0) {
    await requireApproval(confirm, proposal);
  }
  return await journaled(context, { operation: target, what: target, plan: planId(approved) }, async (note) => {
    const tasks =
      target === "normal" && forecast.length > 0
        ? await runReturnTasks(context, { plan: after, recorded: prepared.recorded, note })
        : [];
    const run = await runApproved(context, { ...input, approved }, { prepared, note, previews });
    if (run.plan === undefined ? !named : run.plan.profile !== target) {
      // The last step needed no engine: the state still names where it came from.
      await runUpdate(context, await prepareUpdate(context, after, switchBuild(run.fleet)));
    }
    const seconds = (context.clock.now().getTime() - began) / 1000;
    return result(run.fleet, { tasks, steps: run.steps, seconds });
  });
}

/** Everything that the switch would do, to be reviewed and applied later. Changes nothing but what an interrupted run left. */
export async function planSwitch(
  context: StackContext,
  target: Profile,
  season: SeasonChoice = {},
): Promise<Pick<PreparedSwitch, "approved" | "proposal" | "checks">> {
  await using previews = new PreviewAhead(context);
  return await prepareSwitch(context, { target, season, previews });
}

/** The proposal of a switch: something is there before and after. */
type SwitchProposal = Proposal & { readonly before: SystemPlan; readonly after: SystemPlan };

interface PreparedSwitch {
  readonly picture: SwitchPicture;
  readonly recorded: RecordedState;
  readonly proposal: SwitchProposal;
  readonly approved: ApprovedSwitch;
  /** Answers to what is asked before anything changes; none of them refuses. */
  readonly checks: readonly PreflightCheck[];
  /** The state says already that it is in the profile. */
  readonly named: boolean;
}

async function prepareSwitch(
  context: StackContext,
  {
    target,
    season = {},
    previews,
  }: { readonly target: Profile; readonly season: SeasonChoice | undefined; readonly previews: PreviewAhead },
): Promise<PreparedSwitch> {
  const goal = goalOf(context, target);
  // Before the recovery: it ends what is unfinished.
  const unfinished = (await context.state.journal.unfinished()) === target;
  const recorded = await recoverStack(context, goal.fleet);
  const live = await observeSettled(context, requireCreated(context, recorded), goal);
  const picture = await pictureSwitch(context, { target, goal, live, recorded: recorded.profile, unfinished });
  const { steps, stop, before, profiles } = picture;
  const [first] = steps;
  // What is approved is compared with the state, so the state must say what is there. A machine in another state cannot be read yet.
  const readable = stop === undefined && live.fronts.every((front) => front.server === "active");
  if (!recorded.refreshed && first !== undefined && readable) {
    await refreshState(context, fleetOfLive(live));
  }
  if (first !== undefined && stop === undefined) {
    previews.begin(first.after, live);
  }
  const checks = stop === undefined && first === undefined ? [] : await requireChecks(context, picture, season);
  requireNoShrinking(diskChanges(context.project, (await previews.peek())?.changes ?? []));
  return {
    picture,
    recorded,
    proposal: {
      operation: target,
      cloud: context.cloud,
      stack: context.project.stack,
      changes: [],
      steps,
      before,
      after: profiles[target],
      seconds: steps.reduce((sum, step) => sum + step.seconds, 0),
      lost: [],
    },
    approved: await describeSwitch(context, picture),
    checks,
    named: recorded.profile === target,
  };
}

/** Asks everything, shows the answers. @throws LorError with the code of the first check that refuses */
async function requireChecks(
  context: StackContext,
  picture: SwitchPicture,
  season: SeasonChoice,
): Promise<readonly PreflightCheck[]> {
  const checks = await preflightChecks(context, picture, season);
  context.emit({ kind: "checks", checks });
  const refusal = preflightError(checks);
  if (refusal !== undefined) throw refusal;
  return checks;
}

function requireSame(approved: ApprovedSwitch, now: ApprovedSwitch): void {
  const differences = approvalDifferences(approved, now);
  if (differences.length > 0) {
    throw changedSinceApproval(differences, now.target);
  }
}

/** The last run was of this plan and did not end well: it goes on with the steps that are left. */
async function isUnfinished({ project, state }: StackContext, approved: ApprovedSwitch): Promise<boolean> {
  const left = await state.journal.unfinishedPlan();
  return approved.project === project.name && left === planId(approved);
}

async function runApproved(
  context: StackContext,
  { target, onFailure, approved }: SwitchInput & { readonly approved: ApprovedSwitch },
  {
    prepared,
    note,
    previews,
  }: { readonly prepared: PreparedSwitch } & Required<Pick<StepsRequest, "note" | "previews">>,
) {
  const { goal, live: shown } = prepared.picture;
  const { steps } = prepared.proposal;
  const expected = {
    time: (step: SwitchStep) => steps.find((one) => durationKey(one.step) === durationKey(step)),
    total: steps.length,
  };
  const guard = guardSteps(context, approved, { live: shown, state: prepared.approved.state });
  // A person may have thought about it for long.
  const live = await observeSettled(context, knownOf(shown), goal);
  try {
    return await runSteps(context, { goal, target, live, expected, note, previews, ...guard });
  } catch (error) {
    if (!(error instanceof StepFailure)) {
      throw error;
    }
    const { cause, step } = error;
    const revertible = step.kind === "resize-front" || step.kind === "add-front";
    if (onFailure === "revert" && revertible && cause instanceof LorError && context.signal?.aborted !== true) {
      throw await revertStep(context, { step, live: error.live, cause }, { goal, target, note });
    }
    throw cause;
  }
}

/** A profile as a goal: whatever happens, as many healthy fronts serve as normal has. */
export function goalOf({ project }: Pick<StackContext, "project">, target: Profile): SwitchGoal {
  return rollingOf(project).goal(project.settings, target);
}

function sumServing({ project }: StackContext, { fronts }: ObservedFleet): SwitchResult["serving"] {
  const { capacityOf } = rollingOf(project);
  const sizes = fronts.filter(serves).map(({ size }) => capacityOf(size));
  return {
    cores: sizes.reduce((sum, one) => sum + (one?.cores ?? 0), 0),
    memoryMegabytes: sizes.reduce((sum, one) => sum + (one?.memoryMegabytes ?? 0), 0),
  };
}

/** The recorded fleet. @throws LorError `not-created` when the stack was never created completely */
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
