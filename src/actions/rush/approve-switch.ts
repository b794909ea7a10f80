import { ExitCode, LorError } from "../../core/errors.ts";
import { fingerprint } from "../../core/fingerprint.ts";
import { resourceKey } from "../../core/resource-key.ts";
import type { Profile } from "../../domain/profile.ts";
import {
  type ApprovedSwitch,
  callsOf,
  isRepair,
  pictureDifferences,
  pictureOf,
  type StatePrints,
  stateDifferences,
} from "../../rolling/approval.ts";
import { describeChange } from "../../rolling/expected-change.ts";
import { describeStep, type LiveFleet } from "../../rolling/model.ts";
import { liveAfter } from "../../rolling/step-fleet.ts";
import { readRecorded } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { expectationOf } from "./carry-out-step.ts";
import type { StepsRequest } from "./run-steps.ts";
import type { SwitchPicture } from "./switch-picture.ts";

/** Everything that an approval of a switch covers. */
export async function describeSwitch(context: StackContext, picture: SwitchPicture): Promise<ApprovedSwitch> {
  const { project, cloud } = context;
  const { target, live, steps } = picture;
  return {
    version: 3,
    project: project.name,
    stack: project.stack,
    cloud,
    target,
    settings: fingerprint(project.settings),
    state: await statePrints(context),
    live: pictureOf(live),
    steps: steps.map((planned) => ({
      step: planned.step,
      changes: expectationOf(context, planned).changes.map(describeChange).toSorted(),
      calls: callsOf(planned.step),
    })),
  };
}

/** Fingerprints of each recorded resource's inputs; its provider's last description is excluded, because that changes by itself. */
async function statePrints(context: StackContext): Promise<StatePrints> {
  const { resources } = await readRecorded(context);
  const prints = resources.map(
    ({ type, name, id, inputs, protect }) =>
      [resourceKey({ type, name }), fingerprint({ id, inputs, protect }).slice(0, 16)] as const,
  );
  return Object.fromEntries(prints.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * Holds each step against what was approved: the steps themselves, and that nobody else changed state, sizes or pool since they were shown.
 * @throws LorError `plan-changed`, `changed-since-approval`: nothing more is changed
 */
export function guardSteps(
  context: StackContext,
  { target, steps }: ApprovedSwitch,
  shown: { readonly live: LiveFleet; readonly state: StatePrints },
): Pick<StepsRequest, "before" | "after"> {
  const approved = new Set(steps.map(({ step }) => fingerprint(step)));
  let expected: LiveFleet | undefined = shown.live;
  let { state } = shown;
  return {
    before: async (step, seen) => {
      const differences = [
        ...pictureDifferences(pictureOf(expected ?? seen), pictureOf(seen)),
        ...stateDifferences(state, await statePrints(context)),
      ];
      if (differences.length > 0) {
        throw changedSinceApproval(differences, target);
      }
      expected ??= seen;
      if (!isRepair(step) && !approved.has(fingerprint(step))) {
        throw new LorError({
          code: "plan-changed",
          message: `the next step is now ${describeStep(step)}, which was not approved`,
          exit: ExitCode.refused,
          culprit: "cloud",
          seen: describeStep(step),
          accepted: steps.map((one) => describeStep(one.step)).join(", "),
          next: `lor-infra ${target}`,
        });
      }
    },
    after: async (step) => {
      // Which size a server has after an interrupted resize is only known by looking.
      expected = step.kind === "settle-resize" || expected === undefined ? undefined : liveAfter(expected, step);
      state = await statePrints(context);
    },
  };
}

export function changedSinceApproval(differences: readonly string[], target: Profile): LorError {
  return new LorError({
    code: "changed-since-approval",
    message: "the state or the settings changed after the approval; nothing more was changed",
    exit: ExitCode.refused,
    culprit: "user",
    seen: differences.join("; "),
    accepted: "what was there when the plan was made, and the steps done since",
    next: `lor-infra status, then lor-infra ${target} for a new plan`,
  });
}
