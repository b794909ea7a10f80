import type { RecordedExpectation, RecordedFleet } from "../domain/review/journal-record.ts";
import { readJsonLines } from "./json-lines.ts";
import type { SharedFiles } from "./shared-files.ts";

/** One entry of the journal. Names and codes only: it contains no value of a setting, and so no secret. */
export interface JournalEntry {
  /** ISO 8601. */
  readonly at: string;
  /** Id of the lock: one per run of a command. */
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
  /** Such as `resize-front ps-0`; of a hook its name. */
  readonly what?: string;
  /** Of a hook: fingerprint of its command. */
  readonly task?: string;
  /** Of a step that begins. */
  readonly expected?: RecordedExpectation;
  /** Of `fleet-seen`. */
  readonly fleet?: RecordedFleet;
  /** Short id of the approved plan, at the start of a switch. */
  readonly plan?: string;
  /** Error code of a failure. */
  readonly code?: string;
}

const file = "journal.jsonl";

/** Operations of a stack with their times, as JSON lines; each is durable before the next operation starts. */
export class OperationJournal {
  readonly #files: SharedFiles;

  constructor(files: SharedFiles) {
    this.#files = files;
  }

  async append(entry: JournalEntry): Promise<void> {
    await this.#files.append(file, JSON.stringify(entry));
  }

  /** The complete lines; one cut off by a crash is omitted. */
  async entries(): Promise<readonly JournalEntry[]> {
    return await readJsonLines(this.#files, file);
  }

  /** Plan of the last run, if it had one and did not succeed. */
  async unfinishedPlan(): Promise<string | undefined> {
    const entries = await this.entries();
    return operationLeft(entries) === undefined ? undefined : entries.findLast((one) => one.event === "begun")?.plan;
  }

  /** Operation of the last run if it did not succeed: recovery comes before anything else. */
  async unfinished(): Promise<string | undefined> {
    return operationLeft(await this.entries());
  }
}

function operationLeft(entries: readonly JournalEntry[]): string | undefined {
  const last = entries.at(-1);
  return last === undefined || last.event === "done" ? undefined : last.operation;
}
