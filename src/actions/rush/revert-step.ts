import { type LorError, messageOf } from "../../core/errors.ts";
import { describeStep, type SwitchGoal } from "../../rolling/model.ts";
import { fleetOfLive } from "../../rolling/step-fleet.ts";
import { recoverStack } from "../../stack/recover-stack.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { knownAfter, observeSettled, runSteps, StepFailure, type StepsRequest } from "./run-steps.ts";

/**
 * Takes a failed step back: the same planner brings the fleet to what it was before that step, its members to their old sizes, or extra ones out. The
 * steps before it stay; the stack's state keeps each member's own size, and the next switch goes on from there.
 * @returns the step's error, which says that it was taken back
 * @throws LorError the step's, which says why it could not be taken back
 */
export async function revertStep(
  context: StackContext,
  { step, live, cause }: Pick<StepFailure, "step" | "live"> & { readonly cause: LorError },
  request: Pick<StepsRequest, "goal" | "target" | "note">,
): Promise<LorError> {
  const goal: SwitchGoal = { ...request.goal, fleet: fleetOfLive(live) };
  context.emit({ kind: "reverting", step });
  try {
    await recoverStack(context, goal.fleet);
    await runSteps(context, {
      ...request,
      goal,
      // Parts of a member that was to be added may exist.
      live: await observeSettled(context, knownAfter(live, step), goal),
      expected: { time: () => undefined, total: 1 },
      before: async () => undefined,
      after: async () => undefined,
    });
  } catch (error) {
    const reason = error instanceof StepFailure ? error.cause : error;
    throw cause.adding(`it could not be taken back: ${messageOf(reason)}`);
  }
  return cause.adding(`${describeStep(step)} was taken back, and the steps before it stay`);
}
