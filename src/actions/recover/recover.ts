import { ExitCode, LorError } from "../../core/errors.ts";
import { resourceKey } from "../../core/resource-key.ts";
import { unusedMember } from "../../rolling/decide.ts";
import { forecastSwitch } from "../../rolling/forecast.ts";
import { minimumServing } from "../../rolling/min-healthy.ts";
import { describeStep, membersOf, type SwitchGoal, type SwitchStep } from "../../rolling/model.ts";
import { mayLeave } from "../../rolling/serving.ts";
import { fleetOfLive, liveAfter } from "../../rolling/step-fleet.ts";
import { type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import { PreviewAhead } from "../../stack/preview-ahead.ts";
import { type Confirm, requireApproval } from "../../stack/proposal.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import { recoverStack } from "../../stack/recover-stack.ts";
import { durationHistory, journaled } from "../../stack/run-journal.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { itemsOf, planFleet } from "../../systems/project-plan.ts";
import { carryOutStep } from "../rush/carry-out-step.ts";
import { goalOf, requireCreated } from "../rush/switch-profile.ts";

export interface RecoverInput {
  /** Front to delete and create again, such as `ps-1`: it holds no data of its own. */
  readonly replace?: string;
  /** Creation of an earlier run to abandon, as `<type> <name>`. */
  readonly giveUp?: string;
  readonly confirm: Confirm;
}

export interface RecoverResult {
  /** Undefined when nothing was ever created. */
  readonly fleet: ObservedFleet | undefined;
  readonly steps: readonly SwitchStep[];
}

/**
 * Repairs what an interrupted run has left, as every changing action does first, and replaces one front on request.
 * @throws LorError `front-unknown`, `no-address-for-extra-front`, `not-enough-serving`, `gate-failed`, `preview-mismatch`, `not-approved`
 */
export async function recover(
  context: StackContext,
  { replace, giveUp, confirm }: RecoverInput,
): Promise<RecoverResult> {
  if (giveUp !== undefined) await giveUpCreation(context, giveUp);
  const recorded = await recoverStack(context);
  if (replace !== undefined) {
    return await replaceFront(context, recorded, replace, confirm);
  }
  await endJournal(context);
  const fleet =
    recorded.fleet === undefined ? undefined : await observeFleet(context, requireCreated(context, recorded));
  return { fleet, steps: [] };
}

/** Refreshes a restored state from the cloud. */
async function endJournal({ clock, lock, state: { journal } }: StackContext): Promise<void> {
  if ((await journal.unfinished()) === "recover") {
    const run = lock?.holder.id ?? "";
    await journal.append({ at: clock.now().toISOString(), run, operation: "recover", event: "done" });
  }
}

/** @throws LorError `intent-unknown` */
async function giveUpCreation({ clock, emit, state: { intents } }: StackContext, key: string): Promise<void> {
  const pending = await intents.pending();
  if (await intents.giveUp(key, clock.now())) {
    emit({ kind: "repaired", repair: "creation-given-up", what: key });
    return;
  }
  throw new LorError({
    code: "intent-unknown",
    message: `no earlier run left ${key} half created`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "--give-up",
    seen: key,
    accepted: pending.length === 0 ? "nothing: no creation is unfinished" : pending.map(resourceKey).join(", "),
    next: "lor-infra recover",
  });
}

async function replaceFront(
  context: StackContext,
  recorded: RecordedState,
  name: string,
  confirm: Confirm,
): Promise<RecoverResult> {
  const known = requireCreated(context, recorded);
  const target = recorded.profile ?? "normal";
  const goal = goalOf(context, target);
  const live = await observeFleet(context, known);
  const steps = replacementSteps(live, goal, name);
  const forecast = forecastSwitch(live, steps, await durationHistory(context));
  await requireApproval(confirm, {
    operation: "replace-front",
    cloud: context.cloud,
    stack: context.project.stack,
    changes: [],
    steps: forecast,
    before: planFleet(context.project, fleetOfLive(live)),
    after: planFleet(context.project, fleetOfLive(steps.reduce(liveAfter, live))),
    seconds: forecast.reduce((sum, step) => sum + step.seconds, 0),
    lost: [],
  });
  return await journaled(context, { operation: "recover", what: target }, async (note) => {
    let now = live;
    for (const [index, expected] of forecast.entries()) {
      const { step } = expected;
      context.emit({ kind: "step-begun", step, position: index + 1, total: steps.length, expected });
      await note("step-begun", describeStep(step));
      const began = context.clock.now().getTime();
      // The settings may also change other fronts: those have steps of their own.
      const alone: StackContext = { ...context, keep: everythingBut(context, recorded, live, step) };
      await using previews = new PreviewAhead(alone);
      await carryOutStep(alone, {
        step,
        live: now,
        goal,
        target,
        again: `lor-infra recover --replace ${name}`,
        previews,
      });
      await note("step-done", describeStep(step));
      context.emit({ kind: "step-done", step, seconds: (context.clock.now().getTime() - began) / 1000 });
      now = await observeFleet(context, known);
    }
    return { fleet: now, steps };
  });
}

/**
 * Removes a front and adds it again, at the size of the profile. A temporary front serves meanwhile when the others would be too few.
 * @throws LorError `front-unknown`, `no-address-for-extra-front`
 */
function replacementSteps(live: ObservedFleet, goal: SwitchGoal, name: string): readonly SwitchStep[] {
  const front = live.fronts.find((one) => one.name === name);
  const wanted = goal.fleet.fronts.find((one) => one.name === name);
  const size = wanted?.size ?? front?.size;
  if (size === undefined) {
    throw new LorError({
      code: "front-unknown",
      message: `there is no front ${name}`,
      exit: ExitCode.usage,
      culprit: "user",
      seen: name,
      accepted: [...new Set([...live.fronts, ...goal.fleet.fronts].map((one) => one.name))].join(", "),
      next: "lor-infra status",
    });
  }
  const add: SwitchStep = { kind: "add-front", members: [{ name, size }], temporary: false };
  if (front === undefined) return [add];
  const replace: readonly SwitchStep[] = [{ kind: "remove-front", members: [name] }, add];
  if (mayLeave(live, [name], minimumServing(live, goal.minHealthy))) return replace;
  const spare = unusedMember([...live.fronts, ...goal.fleet.fronts], goal);
  if (spare === undefined) {
    throw new LorError({
      code: "no-address-for-extra-front",
      message: `${name} can only be replaced while an extra front serves, and ${goal.names.setting} has no address left for it`,
      exit: ExitCode.failed,
      culprit: "user",
      path: goal.names.setting,
      seen: `${goal.names.all.length} addresses`,
      accepted: `at least ${goal.names.all.length + 1}`,
      next: `add an address to ${goal.names.setting} in Pulumi.yaml, then lor-infra recover --replace ${name}`,
    });
  }
  return [
    { kind: "add-front", members: [{ name: spare, size }], temporary: true },
    ...replace,
    { kind: "remove-front", members: [spare] },
  ];
}

/** URNs of all recorded resources except those of the step's fronts. */
function everythingBut(
  context: StackContext,
  { resources }: RecordedState,
  live: ObservedFleet,
  step: SwitchStep,
): ReadonlySet<string> {
  const members = membersOf(step);
  const parts = itemsOf(planFleet(context.project, fleetOfLive(live)));
  const own = new Set(parts.filter(({ member }) => member !== undefined && members.includes(member)).map(resourceKey));
  return new Set(resources.filter((one) => !own.has(resourceKey(one))).map((one) => one.urn));
}
