import type { JournalRecord, RecordedExpectation } from "./journal-record.ts";

/** One run of a command, from the journal. */
export interface ReviewedRun {
  /** `rush`, `normal`, `up`, `recover`, … */
  readonly operation: string;
  readonly began: string;
  /** Undefined: it was killed, or it is in progress. */
  readonly ended: string | undefined;
  readonly outcome: "done" | "failed" | "interrupted";
  /** Error code of a failure. */
  readonly code: string | undefined;
  /** Hooks and steps, in order. */
  readonly parts: readonly ReviewedPart[];
}

export interface ReviewedPart {
  readonly kind: "task" | "step";
  readonly what: string;
  readonly began: string;
  /** Undefined: it did not succeed. */
  readonly seconds: number | undefined;
  readonly expected: RecordedExpectation | undefined;
}

/** The runs in a stack's journal, in order. */
export function runsOf(records: readonly JournalRecord[]): readonly ReviewedRun[] {
  const groups: (readonly [JournalRecord, ...JournalRecord[]])[] = [];
  for (const record of records) {
    const last = groups.at(-1);
    if (last === undefined || record.event === "begun" || record.run !== last[0].run) groups.push([record]);
    else groups[groups.length - 1] = [...last, record];
  }
  return groups.filter(([first]) => first.event === "begun").map(runOf);
}

function runOf(records: readonly [JournalRecord, ...JournalRecord[]]): ReviewedRun {
  const [{ operation, at: began }] = records;
  const end = records.find(({ event }) => event === "done" || event === "failed");
  return {
    operation,
    began,
    ended: end?.at,
    outcome: end === undefined ? "interrupted" : end.event === "done" ? "done" : "failed",
    code: end?.code,
    parts: records.flatMap((record, index) => {
      const kind = record.event === "step-begun" ? "step" : record.event === "task-begun" ? "task" : undefined;
      return kind === undefined ? [] : [partOf(kind, record, records[index + 1])];
    }),
  };
}

function partOf(kind: ReviewedPart["kind"], begun: JournalRecord, next: JournalRecord | undefined): ReviewedPart {
  const well = next?.event === `${kind}-done` && next.what === begun.what;
  return {
    kind,
    what: begun.what ?? "",
    began: begun.at,
    seconds: well ? (Date.parse(next.at) - Date.parse(begun.at)) / 1000 : undefined,
    expected: begun.expected,
  };
}
