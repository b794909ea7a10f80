import { problem } from "../../../config/problem.ts";
import type { Issue } from "../../../core/result.ts";
import { longestGapSeconds } from "../../../domain/cron.ts";
import { findDatabasePlan, ovhcloudOffer } from "../../../domain/offers/ovhcloud.ts";
import { type DataLoss, holds, renderSeconds } from "../../../domain/recovery.ts";
import { pgDumpVersion } from "../../../guests/debian.ts";
import { fleetOf } from "../plan.ts";
import { stateDataLoss } from "../recovery.ts";
import type { CopySettings, LorSettings } from "../settings.ts";
import { type Rule, sharedRule } from "./rule.ts";

const judged = ["rpo", "prestashop", "loadBalancer", "odoo", "mysql", "postgresql", "storage", "backups"] as const;
type Judged = Pick<LorSettings, (typeof judged)[number]>;

/** Setting that shortens the loss of a data set. */
const remedies: Readonly<Record<string, string>> = Object.freeze({
  "erp-filestore": "odoo.filestore.copyEvery",
  "shop-images": "storage.copy.copyEvery",
});

export const recoveryRules: readonly Rule[] = Object.freeze([
  sharedRule("schedule-valid", ["backups"], ({ backups }) => {
    const refusal = refuseSchedule(backups.instances.cron);
    return refusal === undefined
      ? []
      : [
          problem("backups.instances.cron", "schedule-invalid", {
            what: refusal,
            accepted: "five fields in UTC, such as 0 4 * * *",
          }),
        ];
  }),
  sharedRule("copies-end-in-time", ["odoo", "storage"], ({ odoo, storage }) => [
    ...judgeCopy("odoo.filestore", odoo.filestore),
    ...judgeCopy("storage.copy", storage.copy),
  ]),
  // pg_dump refuses a newer server: the sets of Odoo's database and filestore would never be made.
  sharedRule("erp-copy-can-dump", ["postgresql"], ({ postgresql: { version } }) =>
    Number(version) <= pgDumpVersion
      ? []
      : [
          problem("postgresql.version", "database-version-not-copied", {
            what: `the copy of Odoo's database is made by pg_dump ${pgDumpVersion}, the one of the server's Debian 12, which refuses a newer PostgreSQL`,
            seen: version,
            accepted: ovhcloudOffer.databaseVersions.postgresql
              .filter((offered) => Number(offered) <= pgDumpVersion)
              .join(", "),
          }),
        ],
  ),
  sharedRule("rpo-held", judged, (settings) => {
    if (refuseSchedule(settings.backups.instances.cron) !== undefined) return [];
    const rpoSeconds = settings.rpo.inSeconds();
    const broken = stateDataLoss(factsOf(settings)).filter((loss) => !holds(loss, rpoSeconds));
    return groupByDataSet(broken).map(([dataSet, losses]) => refuseLoss(dataSet, losses, settings));
  }),
]);

function factsOf(settings: Judged): Parameters<typeof stateDataLoss>[0] {
  return {
    filestore: secondsOf(settings.odoo.filestore),
    imagesCopy: secondsOf(settings.storage.copy),
    backupCron: settings.backups.instances.cron,
    retentionDays: {
      mysql: findDatabasePlan(settings.mysql.plan)?.retentionDays ?? 0,
      postgresql: findDatabasePlan(settings.postgresql.plan)?.retentionDays ?? 0,
    },
    fronts: fleetOf(settings).fronts.map((front) => front.name),
  };
}

function refuseLoss(dataSet: string, losses: readonly DataLoss[], { rpo }: Judged): Issue {
  const when = losses.map((loss) => loss.disruption).join(", ");
  const [worst] = losses;
  return problem(
    remedies[dataSet] ?? "rpo",
    "rpo-not-held",
    {
      what: `${dataSet} would lose more than the RPO allows (${when}): ${worst?.statement ?? ""}`,
      seen: worst?.worstCaseSeconds == null ? "unlimited" : renderSeconds(worst.worstCaseSeconds),
      accepted: `at most ${renderSeconds(rpo.inSeconds())} (setting rpo)`,
    },
    3,
  );
}

function groupByDataSet(losses: readonly DataLoss[]): readonly (readonly [string, readonly DataLoss[]])[] {
  return Object.entries(Object.groupBy(losses, (loss) => loss.dataSet)).map(([dataSet, group]) => [
    dataSet,
    group ?? [],
  ]);
}

function judgeCopy(path: string, { copyEvery, copyTimeout }: CopySettings): readonly Issue[] {
  if (!copyTimeout.isLongerThan(copyEvery)) return [];
  return [
    problem(`${path}.copyTimeout`, "copy-longer-than-interval", {
      what: `a copy may last longer than the time between two of them (${copyEvery})`,
      seen: copyTimeout,
      accepted: `at most ${copyEvery}`,
    }),
  ];
}

function secondsOf({ copyEvery, copyTimeout }: CopySettings) {
  return { copyEverySeconds: copyEvery.inSeconds(), copyTimeoutSeconds: copyTimeout.inSeconds() };
}

function refuseSchedule(cron: string): string | undefined {
  try {
    longestGapSeconds(cron);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
