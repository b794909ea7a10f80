import { param, type Route } from "../../http/route.ts";
import { get, project } from "../ovh-route.ts";

/** Backup workflows of instances and the copies that they made. */
export const backupRoutes: readonly Route[] = [
  get(`${project}/region/:region/workflow/backup`, (call) =>
    call.cloud.ovhBackups.list({ region: param(call, "region") }).map((backup) => ({
      id: backup.id,
      name: backup.name,
      backupName: backup.backupName,
      cron: backup.cron,
      instanceId: backup.instanceId,
      createdAt: backup.createdAt,
    })),
  ),
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
