import type { SwitchStep } from "./model.ts";

/** What is read of a line of a stack's journal. */
export interface StepRecord {
  /** ISO 8601. */
  readonly at: string;
  /** One for each run of a command. */
  readonly run: string;
  readonly event: string;
  /** Of a step, such as `resize-front ps-0`. */
  readonly what?: string;
}

/** How long a kind of step took on this stack, on this cloud. */
export interface PastDuration {
  /** Median. */
  readonly seconds: number;
  /** How many it is the median of. */
  readonly samples: number;
}

export type PastDurations = ReadonlyMap<SwitchStep["kind"], PastDuration>;

/** More would tell of machines and flavors of years ago. */
const mostSamples = 5;

/** Of fewer a single odd one decides. */
const fewestSamples = 3;

const kinds: Readonly<Record<SwitchStep["kind"], true>> = {
  "settle-resize": true,
  "recover-front": true,
  "readmit-front": true,
  "resize-load-balancer": true,
  "add-front": true,
  "resize-front": true,
  "remove-front": true,
};

/**
 * The median of the last steps of each kind that ended well; a kind of which there are too few is left out. A step that failed or was interrupted
 * does not count: its end is followed by something else in the journal, or by nothing.
 *
 * @param records of one stack on one cloud, in their order
 */
export function pastDurations(records: readonly StepRecord[]): PastDurations {
  const seen = new Map<SwitchStep["kind"], number[]>();
  let begun: StepRecord | undefined;
  for (const record of records) {
    const kind = begun === undefined ? undefined : kindOf(begun);
    if (begun !== undefined && kind !== undefined && isEndOf(begun, record)) {
      const seconds = (Date.parse(record.at) - Date.parse(begun.at)) / 1000;
      // A clock that was set back in between has measured nothing.
      if (seconds >= 0) seen.set(kind, [...(seen.get(kind) ?? []), seconds]);
    }
    begun = record.event === "step-begun" ? record : undefined;
  }
  return new Map(
    [...seen].flatMap(([kind, all]) => {
      const last = all.slice(-mostSamples);
      return last.length < fewestSamples ? [] : [[kind, { seconds: median(last), samples: last.length }] as const];
    }),
  );
}

function isEndOf(begun: StepRecord, record: StepRecord): boolean {
  return record.event === "step-done" && record.run === begun.run && record.what === begun.what;
}

function kindOf({ what = "" }: StepRecord): SwitchStep["kind"] | undefined {
  const name = what.split(" ", 1)[0] ?? "";
  return Object.hasOwn(kinds, name) ? (name as SwitchStep["kind"]) : undefined;
}

/** The middle one, or half way between the two middle ones. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
