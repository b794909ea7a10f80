import { ExitCode, LorError } from "../../core/errors.ts";
import { forecastSwitch } from "../../rolling/forecast.ts";
import type { SwitchStep } from "../../rolling/model.ts";
import { fleetOfLive, liveAfter } from "../../rolling/step-fleet.ts";
import { type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import { PreviewAhead } from "../../stack/preview-ahead.ts";
import { type Confirm, requireApproval } from "../../stack/proposal.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import { recoverStack } from "../../stack/recover-stack.ts";
import { experienceOf, journaled } from "../../stack/run-journal.ts";
import { planFleet, type StackContext } from "../../stack/stack-context.ts";
import { carryOutStep, describeStep } from "../rush/carry-out-step.ts";
import { goalOf, requireCreated } from "../rush/switch-profile.ts";

export interface RecoverInput {
  /** Front to delete and build anew, such as `ps-1`: it holds no data of its own. */
  readonly replace?: string;
  readonly confirm: Confirm;
}

export interface RecoverResult {
  /** Undefined when nothing was ever created. */
  readonly fleet: ObservedFleet | undefined;
  readonly steps: readonly SwitchStep[];
}

/**
 * Puts right what an interrupted run left, which every changing action does too; and builds one front anew when a person asks for it.
 * @throws LorError `front-unknown`, `not-enough-serving`, `gate-failed`, `preview-mismatch`, `not-approved`
 */
export async function recover(context: StackContext, { replace, confirm }: RecoverInput): Promise<RecoverResult> {
  const recorded = await recoverStack(context);
  if (replace !== undefined) {
    return await replaceFront(context, recorded, replace, confirm);
  }
  await endJournal(context);
  const fleet =
    recorded.fleet === undefined ? undefined : await observeFleet(context, requireCreated(context, recorded));
  return { fleet, steps: [] };
}

/** A state that was brought back is as the cloud says now. */
async function endJournal({ clock, lock, state: { journal } }: StackContext): Promise<void> {
  if ((await journal.unfinished()) === "recover") {
    const run = lock?.holder.id ?? "";
    await journal.append({ at: clock.now().toISOString(), run, operation: "recover", event: "done" });
  }
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
  const front = live.fronts.find((one) => one.name === name);
  if (front === undefined) {
    throw new LorError({
      code: "front-unknown",
      message: `there is no front ${name}`,
      exit: ExitCode.usage,
      culprit: "user",
      seen: name,
      accepted: live.fronts.map((one) => one.name).join(", "),
      next: "lor-infra status",
    });
  }
  const size = goal.fleet.fronts.find((one) => one.name === name)?.size ?? front.size;
  const steps: readonly SwitchStep[] = [
    { kind: "remove-front", front: name },
    { kind: "add-front", front: name, size, temporary: false },
  ];
  const forecast = forecastSwitch(live, steps, await experienceOf(context));
  await requireApproval(confirm, {
    operation: "replace-front",
    cloud: context.cloud,
    stack: context.project.stack,
    changes: [],
    steps: forecast,
    before: planFleet(context, fleetOfLive(live)),
    after: planFleet(context, fleetOfLive(steps.reduce(liveAfter, live))),
    seconds: forecast.reduce((sum, step) => sum + step.seconds, 0),
    lost: [],
  });
  return await journaled(context, { operation: "recover", what: target }, async (note) => {
    let now = live;
    await using previews = new PreviewAhead(context);
    for (const [index, expected] of forecast.entries()) {
      const { step } = expected;
      context.emit({ kind: "step-begun", step, position: index + 1, total: steps.length, expected });
      await note("step-begun", describeStep(step));
      const began = context.clock.now().getTime();
      await carryOutStep(context, { step, live: now, goal, target, again: `lor-infra ${target}`, previews });
      await note("step-done", describeStep(step));
      context.emit({ kind: "step-done", step, seconds: (context.clock.now().getTime() - began) / 1000 });
      now = await observeFleet(context, known);
    }
    return { fleet: now, steps };
  });
}
