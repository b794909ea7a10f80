import { ExitCode, LorError } from "../../core/errors.ts";
import type { StateResource } from "../../engine/port.ts";
import {
  type Confirm,
  forecastChanges,
  inOrderOf,
  type ProposedChange,
  requireApproval,
} from "../../stack/proposal.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import { recoverStack } from "../../stack/recover-stack.ts";
import { journaled } from "../../stack/run-journal.ts";
import { runOptions, type StackContext } from "../../stack/stack-context.ts";
import { isChained, runTargeted } from "../../stack/update-stack.ts";
import { backUpState } from "../../state/backup.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { cloudOf, itemsOf, planFleet, planProfile } from "../../systems/project-plan.ts";

export interface DestroyInput {
  /** Deletes databases, volumes and buckets too; otherwise a stack with data is refused. Default: false. */
  readonly withData?: boolean;
  readonly confirm: Confirm;
}

export interface DestroyResult {
  readonly deleted: readonly ProposedChange[];
  /** Those that held data. */
  readonly lost: readonly ProposedChange[];
  /** Plan before, for its price. */
  readonly before: SystemPlan | undefined;
  /** Copy of the last state, secrets encrypted; undefined when there was nothing. */
  readonly backup: string | undefined;
  readonly seconds: number;
}

/**
 * Deletes a stack. Resources with data are listed first; after approval an update removes their protection, then everything is deleted.
 * @throws LorError `destroy-holds-data` (exit 3) without `withData`, `not-approved`
 */
export async function destroy(context: StackContext, { withData, confirm }: DestroyInput): Promise<DestroyResult> {
  const began = context.clock.now().getTime();
  const recorded = await recoverStack(context);
  const plan =
    recorded.fleet === undefined
      ? planProfile(context.project, recorded.profile ?? "normal")
      : planFleet(context.project, recorded.fleet, recorded.profile);
  const before = recorded.fleet === undefined ? undefined : plan;
  const deleted = proposeDeletion(recorded.resources, plan);
  const lost = deleted.filter((one) => one.holdsData);
  if (deleted.length === 0) {
    // A run that was killed after the last deletion in the cloud.
    if (recorded.hasBookkeeping) {
      await journaled(context, { operation: "destroy", what: recorded.profile ?? "" }, () =>
        context.engine.destroy(runOptions(context)),
      );
    }
    return { deleted, lost, before, backup: undefined, seconds: 0 };
  }
  if (lost.length > 0 && withData !== true) {
    throw new LorError({
      code: "destroy-holds-data",
      message: `${context.project.stack} holds data that would be lost`,
      exit: ExitCode.refused,
      culprit: "user",
      seen: lost.map((one) => `${one.name} (${one.type})`).join(", "),
      accepted: "--with-data, after a look at that list",
      next: "lor-infra destroy --with-data",
    });
  }
  await requireApproval(confirm, {
    operation: "destroy",
    cloud: context.cloud,
    stack: context.project.stack,
    changes: deleted,
    steps: [],
    before,
    after: undefined,
    seconds: forecastChanges(deleted, cloudOf(context.project)),
    lost,
  });
  return await journaled(context, { operation: "destroy", what: recorded.profile ?? "" }, async () => {
    const backup = await backUpState(context.state, recorded.raw, "before-destroy", context.clock.now());
    await release(context, plan, recorded);
    context.emit({ kind: "phase", phase: "destroying" });
    await context.engine.destroy(runOptions(context));
    const seconds = (context.clock.now().getTime() - began) / 1000;
    return { deleted, lost, before, backup, seconds };
  });
}

/** Removes the protection of existing resources with data only, because the update must not complete a partial stack. */
async function release(context: StackContext, plan: SystemPlan, recorded: RecordedState): Promise<void> {
  const targets = recorded.resources.filter((one) => one.protect).map((one) => one.urn);
  if (targets.length > 0) {
    context.emit({ kind: "phase", phase: "unprotecting" });
    await runTargeted(context, {
      plan,
      choice: { chain: isChained(recorded), allowDataDeletion: true },
      recorded,
      targets,
    });
  }
}

/** Resources with data first. */
function proposeDeletion(resources: readonly StateResource[], plan: SystemPlan): readonly ProposedChange[] {
  const items = itemsOf(plan);
  const changes = resources.map((one): ProposedChange => {
    const item = items.find(({ type, name }) => type === one.type && name === one.name);
    return {
      name: one.name,
      type: one.type,
      kind: "delete",
      restarts: false,
      because: [],
      values: [],
      holdsData: one.protect || (item?.holdsData ?? false),
      serves: item?.serves ?? false,
    };
  });
  return inOrderOf(items, changes).toSorted((a, b) => Number(b.holdsData) - Number(a.holdsData));
}
