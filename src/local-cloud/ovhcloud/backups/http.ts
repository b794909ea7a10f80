import { type Json, param, type Route } from "../../http/route.ts";
import { needNumberIn, needTextIn, numberIn } from "../body-values.ts";
import { get, post, project, remove } from "../ovh-route.ts";
import type { WorkflowBackupView } from "./types.ts";

const workflows = `${project}/region/:region/workflow/backup`;

/** Backup workflows of instances and the copies that they made. */
export const backupRoutes: readonly Route[] = [
  get(workflows, (call) => call.cloud.ovhBackups.list({ region: param(call, "region") }).map(workflowBody)),
  post(workflows, (call) =>
    workflowBody(
      call.cloud.ovhBackups.create({
        region: param(call, "region"),
        instanceId: needTextIn(call.body, "instanceId"),
        name: needTextIn(call.body, "name"),
        cron: needTextIn(call.body, "cron"),
        rotation: needNumberIn(call.body, "rotation"),
        maxExecutionCount: numberIn(call.body, "maxExecutionCount"),
      }),
    ),
  ),
  get(`${workflows}/:id`, (call) => workflowBody(call.cloud.ovhBackups.get(param(call, "id"), param(call, "region")))),
  remove(`${workflows}/:id`, (call) => call.cloud.ovhBackups.delete(param(call, "id"))),
  // Copies of instances are images of the project.
  get(`${project}/snapshot`, (call) =>
    call.cloud.ovhBackups
      .list({ region: call.query.region })
      .flatMap(({ id, region }) =>
        call.cloud.ovhBackups
          .copies(id)
          .map((copy) => ({ id: copy.id, name: copy.name, region, status: "active", creationDate: copy.createdAt })),
      ),
  ),
];

/** Rotation and the largest number of runs are not told. Source: ovh/terraform-provider-ovh, types_cloud_project_workflow_backup.go. */
function workflowBody({ id, name, backupName, cron, instanceId, createdAt }: WorkflowBackupView): Json {
  return { id, name, backupName, cron, instanceId, createdAt };
}
