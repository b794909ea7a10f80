import * as ovh from "@ovhcloud/pulumi-ovh";
import type { ComponentResourceOptions, Input } from "@pulumi/pulumi";
import { Component } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";

export interface InstanceBackup {
  /** Pulumi name of the server, such as `odoo`. */
  readonly server: string;
  readonly cloudName: string;
  /** Five fields, UTC. */
  readonly cron: string;
  /** Copies kept, at least 1. */
  readonly keep: number;
  readonly instanceId: Input<string>;
}

/** Adjustments of the resources that a `BackupPolicy` creates. */
export interface BackupPolicyTransforms {
  readonly workflow?: Transform<ovh.cloudproject.WorkflowBackupArgs>;
}

export interface BackupPolicyArgs {
  /** Compute region, such as `GRA11`. */
  readonly region: string;
  readonly instances: readonly InstanceBackup[];
  readonly transform?: BackupPolicyTransforms;
}

/** Resources that a `BackupPolicy` creates. */
export interface BackupPolicyNodes {
  /** By server name. */
  readonly workflows: ReadonlyMap<string, ovh.cloudproject.WorkflowBackup>;
}

/**
 * Regular copies of whole servers, in the cloud's own backup service. A copy holds the system disk only, never a volume, and stays in the server's
 * region; copies outlive the policy and stay billed. Volumes and images have their own copies: see `ObjectStorage` and `OdooTier`.
 *
 * Every change replaces a workflow: the service has no update. Source: ovh/terraform-provider-ovh
 * resource_cloud_project_workflow_backup.go and issue 470.
 *
 * @example
 * ```ts
 * import { BackupPolicy, type OdooTier } from "lor-infra/components";
 *
 * export const createBackups = (odoo: OdooTier) =>
 *   new BackupPolicy("backups", {
 *     region: "GRA11",
 *     instances: [
 *       { server: "odoo", cloudName: "shop-prod-odoo", cron: "0 4 * * *", keep: 7, instanceId: odoo.instanceId },
 *     ],
 *   });
 * ```
 */
export class BackupPolicy extends Component {
  readonly #nodes: BackupPolicyNodes;

  constructor(name: string, args: BackupPolicyArgs, options?: ComponentResourceOptions) {
    super("ovh", "BackupPolicy", name, options);

    const workflows = new Map(args.instances.map((backup) => [backup.server, this.#createWorkflow(args, backup)]));

    this.#nodes = { workflows };
    this.registerOutputs({ servers: args.instances.map((backup) => backup.server) });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): BackupPolicyNodes {
    return this.#nodes;
  }

  #createWorkflow(args: BackupPolicyArgs, backup: InstanceBackup): ovh.cloudproject.WorkflowBackup {
    return new ovh.cloudproject.WorkflowBackup(
      ...this.child(
        backup.server,
        {
          name: backup.cloudName,
          backupName: backup.cloudName,
          regionName: args.region,
          instanceId: backup.instanceId,
          cron: backup.cron,
          rotation: backup.keep,
        },
        args.transform?.workflow,
      ),
    );
  }
}
