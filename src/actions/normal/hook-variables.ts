import type { ReturnTask } from "../../rolling/scale-down-hooks.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { runVariable } from "../../state/orphan-engine.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { rollingOf } from "../../systems/project-plan.ts";

export interface TaskVariablesArgs {
  readonly plan: SystemPlan;
  readonly recorded: Pick<RecordedState, "resources" | "outputs">;
  readonly task: ReturnTask;
  /** Secret. */
  readonly upload: string | undefined;
}

/** Environment of a hook's command: names and addresses of the stack, and no password, because none is known here. */
export function taskVariables(
  { cloud, lock, project }: Pick<StackContext, "cloud" | "lock" | "project">,
  { plan, recorded, task, upload }: TaskVariablesArgs,
): Readonly<Record<string, string>> {
  const rolling = rollingOf(project);
  const bucket = rolling.backupBucket(plan);
  return {
    LOR_PROJECT: project.name,
    LOR_STACK: project.stack,
    LOR_CLOUD: cloud,
    LOR_TASK: task.name,
    ...rolling.hookVariables(plan, recorded),
    LOR_BUCKET: bucket.name,
    LOR_BUCKET_REGION: bucket.region,
    LOR_OBJECT: task.object,
    ...(upload === undefined ? {} : { LOR_UPLOAD_URL: upload }),
    // Marks the hook's processes, so that the next run can end those that a killed run left behind.
    ...(lock === undefined ? {} : { [runVariable]: lock.holder.id }),
  };
}
