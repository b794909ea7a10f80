import type { RecordedExpectation, RecordedFleet } from "../domain/review/journal-record.ts";
import { readJsonLines } from "./json-lines.ts";
import type { SharedFiles } from "./shared-files.ts";

/** One line of the journal. Names and codes only: no value of a setting, so no secret. */
export interface JournalEntry {
  /** ISO 8601. */
  readonly at: string;
  /** The lock's id: one for each run of a command. */
  readonly run: string;
  readonly operation: string;
  readonly event:
    | "begun"
    | "fleet-seen"
    | "task-begun"
    | "task-done"
    | "step-begun"
    | "step-done"
    | "done"
    | "failed"
    | "recovered";
  /** Such as `resize-front ps-0`; of a task its name. */
  readonly what?: string;
  /** Of a task: tells it from one of the same name with another command. */
  readonly task?: string;
  /** Of a step, where it begins. */
  readonly expected?: RecordedExpectation;
  /** Of `fleet-seen`. */
  readonly fleet?: RecordedFleet;
  /** Short name of the plan that was approved; where a switch begins. */
  readonly plan?: string;
  /** Error code of a failure. */
  readonly code?: string;
}

const file = "journal.jsonl";

/** What was done to a stack and when; JSON lines, each durable before the next thing happens. */
export class OperationJournal {
  readonly #files: SharedFiles;

  constructor(files: SharedFiles) {
    this.#files = files;
  }

  async append(entry: JournalEntry): Promise<void> {
    await this.#files.append(file, JSON.stringify(entry));
  }

  /** Every whole line; one that a crash cut is left out. */
  async entries(): Promise<readonly JournalEntry[]> {
    return await readJsonLines(this.#files, file);
  }

  /** The plan of the last run, when it had one and did not end well. */
  async unfinishedPlan(): Promise<string | undefined> {
    const entries = await this.entries();
    return operationLeft(entries) === undefined ? undefined : entries.findLast((one) => one.event === "begun")?.plan;
  }

  /** The operation of the last run when it did not end well: what it left is to be looked at before anything else. */
  async unfinished(): Promise<string | undefined> {
    return operationLeft(await this.entries());
  }
}

function operationLeft(entries: readonly JournalEntry[]): string | undefined {
  const last = entries.at(-1);
  return last === undefined || last.event === "done" ? undefined : last.operation;
}
