import { ovhcloudOffer } from "../../../clouds/ovh/offers.ts";
import { problem } from "../../../config/problem.ts";
import type { Issue } from "../../../core/result.ts";
import { longestGapSeconds } from "../../../domain/cron.ts";
import { pgDumpVersion } from "../../../machines/debian.ts";
import type { CopySettings } from "../settings.ts";
import { type Rule, sharedRule } from "./rule.ts";

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
  // pg_dump refuses a newer server, so the sets of Odoo's database and filestore would never be written.
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
]);

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

function refuseSchedule(cron: string): string | undefined {
  try {
    longestGapSeconds(cron);
    return undefined;
  } catch (error) {
    if (error instanceof RangeError) return error.message;
    throw error;
  }
}
