import { membersOf, type SwitchStep } from "./model.ts";

/** Fields of a stack's journal that are read here. */
export interface StepRecord {
  /** ISO 8601. */
  readonly at: string;
  /** One for each run of a command. */
  readonly run: string;
  readonly event: string;
  /** Of a step, such as `resize-front ps-0 ps-1`. */
  readonly what?: string;
}

/** How long a kind of step took on this stack, on this cloud. */
export interface PastDuration {
  /** Median. */
  readonly seconds: number;
  /** How many it is the median of. */
  readonly samples: number;
}

/** By `durationKey`. */
export type PastDurations = ReadonlyMap<string, PastDuration>;

/** Steps of one kind with as many members take equally long: `resize-front` of two members is `resize-front 2`. */
export function durationKey(step: SwitchStep): string {
  return keyOf(step.kind, membersOf(step).length);
}

function keyOf(kind: SwitchStep["kind"], members: number): string {
  return members > 1 ? `${kind} ${members}` : kind;
}

/** Older steps ran on machines and flavors of years ago. */
const mostSamples = 5;

/** Below this sample size a single outlier would dominate the median. */
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
 * The median of the last successful steps of each kind and number of members; those with too few samples are left out. A step that failed or was interrupted
 * does not count: its end is followed by something else in the journal, or by nothing.
 *
 * @param records of one stack on one cloud, in their order
 */
export function pastDurations(records: readonly StepRecord[]): PastDurations {
  const seen = new Map<string, number[]>();
  let begun: StepRecord | undefined;
  for (const record of records) {
    const key = begun === undefined ? undefined : recordedKey(begun);
    if (begun !== undefined && key !== undefined && isEndOf(begun, record)) {
      const seconds = (Date.parse(record.at) - Date.parse(begun.at)) / 1000;
      // A clock that was set back in between has measured nothing.
      if (seconds >= 0) seen.set(key, [...(seen.get(key) ?? []), seconds]);
    }
    begun = record.event === "step-begun" ? record : undefined;
  }
  return new Map(
    [...seen].flatMap(([key, all]) => {
      const last = all.slice(-mostSamples);
      return last.length < fewestSamples ? [] : [[key, { seconds: median(last), samples: last.length }] as const];
    }),
  );
}

function isEndOf(begun: StepRecord, record: StepRecord): boolean {
  return record.event === "step-done" && record.run === begun.run && record.what === begun.what;
}

function recordedKey({ what = "" }: StepRecord): string | undefined {
  const [kind = "", ...members] = what.split(" ");
  return Object.hasOwn(kinds, kind) ? keyOf(kind as SwitchStep["kind"], members.length) : undefined;
}

/** The middle one, or half way between the two middle ones. */
function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
