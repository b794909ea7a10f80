import type { Duration } from "../core/duration.ts";

/** Something that the company keeps before the fronts become small: a dump, an export. */
export interface ReturnTask {
  readonly name: string;
  /** Program and arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  /** It is ended when it takes longer. */
  readonly timeLimit: Duration;
  /** Key of the object that must be in the bucket of the copies afterwards. */
  readonly object: string;
}

/** An object as observed. */
export interface SeenObject {
  readonly bytes: number;
  readonly lastModified: Date;
  readonly version: string;
}

/** Allowed difference between the clocks of object storage and of this machine. */
const clockToleranceMilliseconds = 60_000;

/**
 * Why the object of a task is not what the task should have left; undefined when it is.
 * @param began when the task did
 * @param before the object that was there then
 */
export function resultProblem(
  began: Date,
  before: SeenObject | undefined,
  after: SeenObject | undefined,
): string | undefined {
  if (after === undefined) return "it is not there";
  if (after.version === before?.version || !isSince(began, after)) {
    return `it is from ${after.lastModified.toISOString()}, before the task began`;
  }
  return after.bytes === 0 ? "it is empty" : undefined;
}

/** Journal entry of a completed hook. */
export interface TaskRecord {
  readonly began: Date;
  readonly ended: Date;
}

/**
 * Whether a task need not be done again: it was done no longer ago than the company may lose data, and what it left is still there.
 * @param rpoSeconds a copy older than this is none
 */
export function isStillDone(
  record: TaskRecord,
  object: SeenObject | undefined,
  { now, rpoSeconds }: { readonly now: Date; readonly rpoSeconds: number },
): boolean {
  const age = now.getTime() - record.began.getTime();
  return age >= 0 && age <= rpoSeconds * 1000 && object !== undefined && isWhole(record, object);
}

function isWhole({ began }: TaskRecord, object: SeenObject): boolean {
  return object.bytes > 0 && isSince(began, object);
}

function isSince(began: Date, { lastModified }: SeenObject): boolean {
  return lastModified.getTime() >= began.getTime() - clockToleranceMilliseconds;
}
