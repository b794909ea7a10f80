import { CloudError } from "../../kernel/cloud-error.ts";
import { type CloudContext, fixedUuid } from "../../kernel/context.ts";
import { Records } from "../../kernel/records.ts";
import { computeRegions, requireRegion } from "../../kernel/regions.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Nova } from "../../openstack/nova/nova.ts";
import { lastBackupMoment } from "../../openstack/restrictions.ts";
import { lastTimes, parseCron } from "./cron.ts";
import type { InstanceBackupView, OvhBackupsApi, WorkflowBackupView } from "./types.ts";

interface WorkflowBody extends Omit<WorkflowBackupView, "id" | "name" | "region" | "backupName" | "createdAt"> {
  /** Milliseconds of the cloud's clock. */
  readonly createdAt: number;
}

/** OVHcloud's scheduled copies of instances; see BEHAVIOUR.md. */
export class OvhBackups implements OvhBackupsApi {
  readonly #context: CloudContext;
  readonly #nova: Nova | undefined;
  readonly #records: Records<WorkflowBody>;

  /** Without Nova the instances are another OpenStack's, and are not looked up. */
  constructor(context: CloudContext, nova: Nova | undefined) {
    this.#context = context;
    this.#nova = nova;
    this.#records = new Records(
      context,
      "workflow-backup",
      (id) => new CloudError(404, "Client::NotFound", `Workflow ${id} does not exist`),
    );
  }

  create(args: Parameters<OvhBackupsApi["create"]>[0]): WorkflowBackupView {
    const region = requireRegion(args.region, computeRegions);
    this.#context.requireRegion(region);
    return this.#context.write(() => {
      if (this.#nova !== undefined && this.#nova.servers.get(args.instanceId).region !== region) {
        throw new CloudError(
          404,
          "Client::NotFound",
          `Instance ${args.instanceId} does not exist in the region ${region}`,
        );
      }
      if (parseCron(args.cron) === undefined) {
        throw new CloudError(400, "Client::BadRequest", `Invalid cron: ${args.cron}`);
      }
      if (!(Number.isInteger(args.rotation) && args.rotation >= 1)) {
        throw new CloudError(400, "Client::BadRequest", `Invalid rotation: ${args.rotation}`);
      }
      return this.#view(
        this.#records.insert({
          id: this.#context.uuid("workflow-backup", region, args.name),
          region,
          name: args.name,
          parent: args.instanceId,
          body: {
            instanceId: args.instanceId,
            cron: args.cron,
            rotation: args.rotation,
            maxExecutionCount: args.maxExecutionCount,
            createdAt: this.#context.clock.now(),
          },
        }),
      );
    });
  }

  get(id: string, region?: string): WorkflowBackupView {
    return this.#context.read(() => {
      const record = this.#records.require(id);
      const elsewhere = region !== undefined && record.region !== region.toUpperCase();
      return this.#view(elsewhere ? this.#records.require(`${id} in ${region}`) : record);
    });
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): WorkflowBackupView[] {
    return this.#context.read(() => this.#records.list(filter).map((record) => this.#view(record)));
  }

  delete(id: string): void {
    this.#context.write(() => this.#records.remove(this.#records.require(id).id));
  }

  copies(id: string): InstanceBackupView[] {
    return this.#context.read(() => {
      const { id: workflowId, name, body } = this.#records.require(id);
      const cron = parseCron(body.cron);
      return cron === undefined
        ? []
        : lastTimes(cron, body.createdAt, lastBackupMoment(this.#context), body.rotation).map((at) => ({
            id: fixedUuid("instance-backup", workflowId, String(at)),
            workflowId,
            instanceId: body.instanceId,
            name: `${name} ${this.#context.clock.iso(at)}`,
            createdAt: this.#context.clock.iso(at),
          }));
    });
  }

  #view(record: StoredRecord<WorkflowBody>): WorkflowBackupView {
    return {
      id: record.id,
      name: record.name,
      backupName: record.name,
      region: record.region,
      ...record.body,
      maxExecutionCount: record.body.maxExecutionCount,
      createdAt: this.#context.clock.iso(record.body.createdAt),
    };
  }
}
