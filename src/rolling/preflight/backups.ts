import { renderSeconds } from "../../domain/recovery.ts";
import type { Answer } from "./answer.ts";
import type { PreflightCheck } from "./preflight-check.ts";

/** Maximum age of the newest backup. */
export interface BackupPromise {
  /** Such as `erp-filestore`. */
  readonly dataSet: string;
  /** Nowhere else: the company's RPO rests on it. What is made again from settings need not be fresh. */
  readonly mustHold: boolean;
  readonly oldestSeconds: number;
  /** Advice when it is older. */
  readonly next: string;
}

/** Times of a backup's copies. */
export interface BackupSeen {
  /** Time from which backups are made: none is due before. */
  readonly since: Date;
  readonly newest: Date | undefined;
}

export interface BackupFacts {
  /** The cloud's own time: the machine's clock plays no part. */
  readonly now: Date;
  readonly backups: readonly { readonly promise: BackupPromise; readonly seen: Answer<BackupSeen> }[];
}

const checkName = "backups";

type Judged = BackupPromise & {
  readonly state: "fresh" | "not-due" | "stale";
  readonly made: boolean;
  readonly age: number;
};

/** Whether the newest backup of everything is as young as the data-loss statement says. */
export function backupChecks({ now, backups }: BackupFacts): readonly PreflightCheck[] {
  const judged = backups.flatMap(({ promise, seen }) => ("known" in seen ? [judge(promise, seen.known, now)] : []));
  const fresh = judged.filter(({ state }) => state === "fresh");
  const notDue = judged.filter(({ state }) => state === "not-due");
  const stale = judged.filter(({ state }) => state === "stale");
  return [
    ...(fresh.length === 0
      ? []
      : [{ name: checkName, outcome: "ok", reason: fresh.map(describeAge).join(", ") } as const]),
    ...(notDue.length === 0 ? [] : [warnOfYoung(notDue)]),
    ...unknown(backups),
    ...warnOfReplaceable(stale.filter(({ mustHold }) => !mustHold)),
    ...stale.filter(({ mustHold }) => mustHold).map(tellStale),
  ];
}

function judge(promise: BackupPromise, { since, newest }: BackupSeen, now: Date): Judged {
  const age = Math.max(0, Math.floor((now.getTime() - (newest ?? since).getTime()) / 1000));
  const young = age <= promise.oldestSeconds;
  return {
    ...promise,
    age,
    made: newest !== undefined,
    state: !young ? "stale" : newest === undefined ? "not-due" : "fresh",
  };
}

function describeAge({ dataSet, age }: Judged): string {
  return `${dataSet} ${renderAge(age)} ago`;
}

function warnOfYoung(notDue: readonly Judged[]): PreflightCheck {
  const names = notDue.map(({ dataSet }) => dataSet).join(", ");
  return {
    name: checkName,
    outcome: "warning",
    code: "backup-not-due",
    reason: `no backup yet of ${names}: the first one is not due yet; until then a loss would be complete`,
    next: "lor-infra rpo",
  };
}

function unknown(backups: BackupFacts["backups"]): readonly PreflightCheck[] {
  const whys = new Map<string, string[]>();
  for (const { promise, seen } of backups) {
    if ("why" in seen) whys.set(seen.why, [...(whys.get(seen.why) ?? []), promise.dataSet]);
  }
  return [...whys].map(([why, dataSets]) => ({
    name: checkName,
    outcome: "unknown",
    code: "backups-not-known",
    reason: `how old the newest backup of ${dataSets.join(", ")} is, is not known: ${why}`,
    next: "lor-infra doctor",
  }));
}

function tellStale({ dataSet, age, made, oldestSeconds, next }: Judged): PreflightCheck {
  const found = made
    ? `the newest backup of ${dataSet} is ${renderAge(age)} old`
    : `there is no backup of ${dataSet}, though one was due within ${renderAge(age)}`;
  return {
    name: checkName,
    outcome: "refused",
    code: "backup-stale",
    reason: `${found}, promised: at most ${renderSeconds(oldestSeconds)}; a mistake now would cost more than the RPO allows`,
    accepted: `at most ${renderSeconds(oldestSeconds)}`,
    next,
  };
}

/** Generated data is missed only for its logs. */
function warnOfReplaceable(stale: readonly Judged[]): readonly PreflightCheck[] {
  const [first] = stale;
  if (first === undefined) return [];
  const told = stale.map(({ dataSet, age, made }) =>
    made ? `${dataSet} ${renderAge(age)} old` : `${dataSet} never made`,
  );
  return [
    {
      name: checkName,
      outcome: "warning",
      code: "system-copy-stale",
      reason: `older than planned; if lost, lor-infra up creates it again: ${told.join(", ")}`,
      next: first.next,
    },
  ];
}

/** To the minute. */
function renderAge(seconds: number): string {
  return seconds < 60 ? "less than a minute" : renderSeconds(seconds - (seconds % 60));
}
