export interface WorkflowBackupView {
  readonly id: string;
  readonly name: string;
  readonly backupName: string;
  readonly region: string;
  readonly instanceId: string;
  /** Five fields, UTC. */
  readonly cron: string;
  readonly rotation: number;
  readonly maxExecutionCount: number | undefined;
  readonly createdAt: string;
}

export interface InstanceBackupView {
  readonly id: string;
  readonly workflowId: string;
  readonly instanceId: string;
  readonly name: string;
  readonly createdAt: string;
}

export interface OvhBackupsApi {
  create(args: {
    region: string;
    instanceId: string;
    name: string;
    cron: string;
    rotation: number;
    maxExecutionCount?: number | undefined;
  }): WorkflowBackupView;
  /** In another region there is none of that id. */
  get(id: string, region?: string): WorkflowBackupView;
  list(filter?: { region?: string | undefined; name?: string | undefined }): WorkflowBackupView[];
  delete(id: string): void;
  /** The copies that exist now: one for each time of the cron since the creation while the instance ran, the newest `rotation` of them. */
  copies(id: string): InstanceBackupView[];
}
