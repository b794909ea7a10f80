import type { JournalRecord, RecordedFleet } from "./journal-record.ts";
import { type ReviewedRun, runsOf } from "./runs.ts";

/** A season in the journal, from the beginning of a rush until the end of the scale-down. */
export interface ReviewedSeason {
  /** ISO 8601. */
  readonly from: string;
  readonly to: string;
  /** Whether the scale-down has ended. */
  readonly over: boolean;
  /** From the end of the scale-up until the beginning of the scale-down; undefined: rush was never reached. */
  readonly inRush: { readonly from: string; readonly to: string } | undefined;
  readonly runs: readonly ReviewedRun[];
  readonly incidents: readonly Incident[];
  /** Serving fronts over time; empty when the journal does not record them. */
  readonly capacity: readonly CapacityChange[];
  /** Billed fleets over time. */
  readonly fleets: readonly FleetTime[];
}

export interface Incident {
  readonly at: string;
  readonly operation: string;
  /** `failed`: a command ended with an error; `interrupted`: it was killed or stopped; `repair`: an unplanned step. */
  readonly kind: "failed" | "interrupted" | "repair";
  /** The step or hook in progress; the repair itself. */
  readonly what: string | undefined;
  readonly code: string | undefined;
}

interface CapacityChange {
  readonly at: string;
  /** Fronts that serve from then on. */
  readonly serving: readonly { readonly name: string; readonly size: string }[];
}

export interface FleetTime {
  readonly from: string;
  readonly to: string;
  readonly fleet: RecordedFleet;
}

/** Period of a review. */
export interface ReviewPeriod {
  readonly from: string;
  readonly to: string;
}

/**
 * The last season of a journal: from the first run into rush until the scale-down has ended, or until now.
 * @returns undefined when there was no rush
 */
export function lastSeason(records: readonly JournalRecord[], now: string): ReviewPeriod | undefined {
  let season: { from: string; to: string | undefined } | undefined;
  for (const run of runsOf(records)) {
    if (run.operation === "rush" && (season === undefined || season.to !== undefined)) {
      season = { from: run.began, to: undefined };
    } else if (run.operation === "normal" && run.outcome === "done" && season !== undefined) {
      season.to ??= run.ended;
    }
  }
  return season && { from: season.from, to: season.to ?? now };
}

/** Records of the journal in a period. */
export function reviewSeason(records: readonly JournalRecord[], { from, to }: ReviewPeriod): ReviewedSeason {
  const within = records.filter(({ at }) => isBetween(at, from, to));
  const runs = runsOf(within);
  const reached = runs.find(({ operation, outcome }) => operation === "rush" && outcome === "done");
  const back = runs.filter(({ operation }) => operation === "normal");
  const left = back.find(({ began }) => reached?.ended !== undefined && began >= reached.ended);
  return {
    from,
    to,
    over: back.some(({ outcome }) => outcome === "done"),
    inRush: reached?.ended === undefined ? undefined : { from: reached.ended, to: left?.began ?? to },
    runs,
    incidents: runs.flatMap(incidentsOf),
    capacity: capacityOf(within),
    fleets: fleetsOf(within, to),
  };
}

const repairs = ["settle-resize", "recover-front", "readmit-front"];

function incidentsOf({ operation, outcome, code, ended, began, parts }: ReviewedRun): readonly Incident[] {
  const repaired = parts
    .filter(({ kind, what }) => kind === "step" && repairs.includes(what.split(" ", 1)[0] ?? ""))
    .map(({ began: at, what }): Incident => ({ at, operation, kind: "repair", what, code: undefined }));
  if (outcome === "done") return repaired;
  const last = parts.at(-1);
  const open = last?.seconds === undefined ? last : undefined;
  const kind = outcome === "interrupted" || code === "interrupted" ? "interrupted" : "failed";
  return [...repaired, { at: ended ?? last?.began ?? began, operation, kind, what: open?.what, code }];
}

/** A front that is being resized or removed counts as out of service until the next observation. */
function capacityOf(records: readonly JournalRecord[]): readonly CapacityChange[] {
  const changes: CapacityChange[] = [];
  for (const { at, event, what = "", fleet } of records) {
    const last = changes.at(-1)?.serving;
    const serving =
      event === "fleet-seen" && fleet !== undefined
        ? fleet.fronts.filter((front) => front.serves).map(({ name, size }) => ({ name, size }))
        : event === "step-begun" && /^(resize|remove)-front /.test(what)
          ? last?.filter(({ name }) => !what.split(" ").slice(1).includes(name))
          : undefined;
    if (serving !== undefined && JSON.stringify(serving) !== JSON.stringify(last)) changes.push({ at, serving });
  }
  return changes;
}

function fleetsOf(records: readonly JournalRecord[], to: string): readonly FleetTime[] {
  const seen = records.flatMap(({ at, fleet }) => (fleet === undefined ? [] : [{ from: at, fleet }]));
  return seen.map((one, index) => ({ ...one, to: seen[index + 1]?.from ?? to }));
}

function isBetween(at: string, from: string, to: string): boolean {
  const moment = Date.parse(at);
  return Date.parse(from) <= moment && moment <= Date.parse(to);
}
