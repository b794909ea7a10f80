import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { needNumber, needText, numberOf, textOf } from "../../provider/value-readers.ts";
import type { Values } from "../../provider/wire-values.ts";
import type { WorkflowBackupView } from "./types.ts";

/** ovh:CloudProject/workflowBackup:WorkflowBackup; imported by its id. Rotation is not read back. */
export class WorkflowBackupAdapter implements ResourceAdapter {
  readonly service = "ovh-backups";
  readonly inputs = [
    "serviceName",
    "regionName",
    "instanceId",
    "name",
    "backupName",
    "cron",
    "rotation",
    "maxExecutionCount",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const name = needText(inputs, "name");
    if ((textOf(inputs, "backupName") ?? name) !== name) {
      throw new Error(
        "the local cloud names the backups after the workflow: leave backupName out, or give it the same name",
      );
    }
    const workflow = this.#cloud.ovhBackups.create({
      region: needText(inputs, "regionName"),
      instanceId: needText(inputs, "instanceId"),
      name,
      cron: needText(inputs, "cron"),
      rotation: needNumber(inputs, "rotation"),
      maxExecutionCount: numberOf(inputs, "maxExecutionCount"),
    });
    await call.accepted(workflow.id);
    return this.#observe(workflow);
  }

  async read(id: string): Promise<Observed> {
    return this.#observe(this.#cloud.ovhBackups.get(id));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.ovhBackups.delete(id);
    await call.accepted(id);
  }

  #observe(workflow: WorkflowBackupView): Observed {
    return {
      id: workflow.id,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        regionName: workflow.region,
        instanceId: workflow.instanceId,
        name: workflow.name,
        backupName: workflow.backupName,
        cron: workflow.cron,
        maxExecutionCount: workflow.maxExecutionCount,
        createdAt: workflow.createdAt,
      },
    };
  }
}
