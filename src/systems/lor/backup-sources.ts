import { longestGapSeconds } from "../../domain/cron.ts";
import type { BackupSource } from "../contract.ts";
import type { LorPlan } from "./plan-model.ts";
import { systemCopySeconds } from "./recovery.ts";

const daySeconds = 86_400;

/** Assumed duration of the daily backup of a database: OVHcloud promises none. */
const databaseBackupSeconds = 2 * 3600;

/** Every backup that the data-loss statement relies on, and the maximum age of its newest one. */
export function backupSources(plan: LorPlan): readonly BackupSource[] {
  const { mysql, postgresql, odoo, shop, storage, backups } = plan;
  const lasting = shop.fronts.filter((front) => !shop.extraFronts.includes(front.name));
  const bucket = { region: storage.copies.region, name: storage.copies.cloudName };
  const database = (dataSet: string, { engine, cloudName }: LorPlan["mysql"]): BackupSource => ({
    dataSet,
    mustHold: true,
    oldestSeconds: daySeconds + databaseBackupSeconds,
    next: `look at the backups of ${cloudName} in OVHcloud's console, then run the same command again`,
    place: { kind: "database", engine, cloudName },
  });
  const copy = (
    dataSet: string,
    name: "filestore" | "images",
    {
      copyEverySeconds,
      copyTimeoutSeconds,
    }: { readonly copyEverySeconds: number; readonly copyTimeoutSeconds: number },
    servers: readonly { readonly cloudName: string }[],
  ): BackupSource => ({
    dataSet,
    mustHold: true,
    oldestSeconds: copyEverySeconds + copyTimeoutSeconds,
    next: `journalctl -u lor-${name}-copy on ${servers.map(({ cloudName }) => cloudName).join(", ")}, then run the same command again`,
    place: { kind: "object", bucket, key: `status/${name}-success.json`, servers: servers.map((one) => one.cloudName) },
  });
  return [
    database("shop-database", mysql),
    database("erp-database", postgresql),
    copy("shop-images", "images", storage.imagesCopy, lasting),
    copy("erp-filestore", "filestore", odoo.filestore, [odoo.server]),
    ...backups.map(
      ({ server, cloudName, cron }): BackupSource => ({
        dataSet: `system disk of ${server}`,
        mustHold: false,
        oldestSeconds: longestGapSeconds(cron) + systemCopySeconds,
        next: "look at the instance backups in OVHcloud's console",
        place: { kind: "instance", region: plan.region.compute, workflow: cloudName },
      }),
    ),
  ];
}
