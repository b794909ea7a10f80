import { databaseConnections } from "../../../clouds/ovh/offers.ts";
import { type CloudContext, fixedUuid } from "../../kernel/context.ts";
import { lastBackupMoment } from "../../openstack/restrictions.ts";
import type { DatabaseBody, DatabaseRecord } from "./database-records.ts";
import type { DatabaseBackupView, DatabaseEndpoint, DatabaseView } from "./types.ts";

const day = 24 * 3600 * 1000;

/** A service as the API shows it. */
export function viewOf(
  context: CloudContext,
  record: DatabaseRecord,
  privateAddress: string | undefined,
): DatabaseView {
  const { body } = record;
  return {
    id: record.id,
    engine: body.engine,
    description: body.description,
    version: body.version,
    plan: body.plan,
    flavor: body.flavor,
    status: body.status,
    region: record.region,
    nodeNumber: body.nodeIds.length,
    nodes: body.nodeIds.map((id) => ({
      id,
      region: record.region,
      networkId: body.networkId,
      subnetId: body.subnetId,
      status: body.status,
    })),
    networkType: body.networkId === undefined ? "public" : "private",
    networkId: body.networkId,
    subnetId: body.subnetId,
    privateAddress,
    diskSize: body.diskSize,
    diskType: "high-speed",
    endpoints: [endpointOf(body)],
    ipRestrictions: body.ipRestrictions.map((restriction) => ({
      ...restriction,
      status: body.status === "READY" ? "READY" : "UPDATING",
    })),
    backupTime: body.backupTime,
    backupRegions: body.backupRegions,
    retentionDays: body.retentionDays,
    pitr: true,
    maintenanceTime: body.maintenanceTime,
    deletionProtection: body.deletionProtection,
    advancedConfiguration: body.advancedConfiguration,
    maxConnections: databaseConnections(body.engine, body.flavor) ?? 0,
    createdAt: context.clock.iso(body.createdAt),
  };
}

function endpointOf({ engine, domain, port }: DatabaseBody): DatabaseEndpoint {
  const mysql = engine === "mysql";
  const path = "/defaultdb";
  const mode = mysql ? "ssl-mode=REQUIRED" : "sslmode=require";
  return {
    component: engine,
    domain,
    path,
    port,
    scheme: engine,
    ssl: true,
    sslMode: mysql ? "REQUIRED" : "require",
    uri: `${engine}://<username>:<password>@${domain}:${port}${path}?${mode}`,
  };
}

/** One a day at the backup time, since the creation and within the retention, in each backup region, oldest first. */
export function backupsOf(context: CloudContext, record: DatabaseRecord): DatabaseBackupView[] {
  const now = context.clock.now();
  const made = lastBackupMoment(context);
  const { body } = record;
  const oldest = Math.max(body.createdAt, now - body.retentionDays * day);
  const [hours = 0, minutes = 0, seconds = 0] = body.backupTime.split(":").map(Number);
  const ofDay = ((hours * 60 + minutes) * 60 + seconds) * 1000;
  const backups: DatabaseBackupView[] = [];
  for (let at = Math.floor(oldest / day) * day + ofDay; at <= made; at += day) {
    if (at >= oldest) {
      for (const region of body.backupRegions) {
        backups.push({
          id: fixedUuid("database-backup", record.id, region, String(at)),
          clusterId: record.id,
          createdAt: context.clock.iso(at),
          region,
          type: "automatic",
          status: "READY",
        });
      }
    }
  }
  return backups;
}
