import type { ReturnTask } from "../../rolling/scale-down-hooks.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { runVariable } from "../../state/orphan-engine.ts";
import type { LorPlan } from "../../systems/lor/plan-model.ts";

export interface TaskVariablesArgs {
  readonly plan: LorPlan;
  readonly recorded: Pick<RecordedState, "resources" | "outputs">;
  readonly task: ReturnTask;
  /** Secret. */
  readonly upload: string | undefined;
}

/** What a task's command is told: names and addresses of the stack. No password: none is known here. */
export function taskVariables(
  { cloud, lock, project }: Pick<StackContext, "cloud" | "lock" | "project">,
  { plan, recorded, task, upload }: TaskVariablesArgs,
): Readonly<Record<string, string>> {
  const { fronts } = plan.shop;
  const { copies } = plan.storage;
  return {
    LOR_PROJECT: project.name,
    LOR_STACK: project.stack,
    LOR_CLOUD: cloud,
    LOR_TASK: task.name,
    LOR_FRONT: fronts[0]?.address ?? "",
    LOR_FRONTS: fronts.map((front) => front.address).join(" "),
    LOR_ODOO: plan.odoo.server.address,
    ...database("LOR_MYSQL", plan.mysql, recorded),
    ...database("LOR_POSTGRESQL", plan.postgresql, recorded),
    LOR_BUCKET: copies.cloudName,
    LOR_BUCKET_REGION: copies.region,
    LOR_OBJECT: task.object,
    ...(upload === undefined ? {} : { LOR_UPLOAD_URL: upload }),
    // What a run that died has left is known by this mark and ended.
    ...(lock === undefined ? {} : { [runVariable]: lock.holder.id }),
  };
}

function database(
  prefix: string,
  { engine, database: name, user }: LorPlan["mysql"],
  { resources, outputs }: TaskVariablesArgs["recorded"],
): Readonly<Record<string, string>> {
  const service = resources.find((one) => one.type === "ovh:CloudProject/database:Database" && one.name === engine);
  const endpoints: unknown = service?.outputs.endpoints;
  const [endpoint] = Array.isArray(endpoints) ? (endpoints as { readonly port?: unknown }[]) : [];
  const host = (outputs.addresses as Readonly<Record<string, unknown>> | undefined)?.[engine];
  return {
    [`${prefix}_HOST`]: typeof host === "string" ? host : "",
    [`${prefix}_PORT`]: typeof endpoint?.port === "number" ? String(endpoint.port) : "",
    [`${prefix}_DATABASE`]: name,
    [`${prefix}_USER`]: user,
  };
}
