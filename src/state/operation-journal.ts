import { appendLine, readIfThere } from "./atomic-file.ts";

/** One line of the journal. Names and codes only: no value of a setting, so no secret. */
export interface JournalEntry {
  /** ISO 8601. */
  readonly at: string;
  /** The lock's id: one for each run of a command. */
  readonly run: string;
  readonly operation: string;
  readonly event: "begun" | "step-begun" | "step-done" | "done" | "failed" | "recovered";
  /** Such as `resize-front ps-0`. */
  readonly what?: string;
  /** Short name of the plan that was approved; where a switch begins. */
  readonly plan?: string;
  /** Error code of a failure. */
  readonly code?: string;
}

/** What was done to a stack and when; JSON lines, each on disk before the next thing happens. */
export class OperationJournal {
  readonly #path: string;

  constructor(path: string) {
    this.#path = path;
  }

  append(entry: JournalEntry): void {
    appendLine(this.#path, JSON.stringify(entry));
  }

  /** Every whole line; one that a crash cut is left out. */
  entries(): readonly JournalEntry[] {
    const text = readIfThere(this.#path) ?? "";
    return text.split("\n").flatMap((line) => {
      try {
        return line === "" ? [] : [JSON.parse(line) as JournalEntry];
      } catch {
        return [];
      }
    });
  }

  /** The plan of the last run, when it had one and did not end well. */
  unfinishedPlan(): string | undefined {
    const begun = this.entries().findLast((entry) => entry.event === "begun");
    return this.unfinished() === undefined ? undefined : begun?.plan;
  }

  /** The operation of the last run when it did not end well: what it left is to be looked at before anything else. */
  unfinished(): string | undefined {
    const last = this.entries().at(-1);
    return last === undefined || last.event === "done" ? undefined : last.operation;
  }
}
