import { LorError } from "../core/errors.ts";
import type { DurationHistory } from "../rolling/forecast.ts";
import { pastDurations } from "../rolling/past-durations.ts";
import type { JournalEntry } from "../state/operation-journal.ts";
import { cloudOf } from "../systems/project-plan.ts";
import { type StackContext, throwIfStopped } from "./stack-context.ts";

/** Writes an entry of the current operation. */
export type Note = (
  event: JournalEntry["event"],
  what: string,
  more?: Pick<JournalEntry, "task" | "expected" | "fleet">,
) => Promise<void>;

/** Records a changing operation in the journal of its stack: start, steps and result. */
export async function journaled<T>(
  context: StackContext,
  { operation, what, plan }: { readonly operation: string; readonly what: string; readonly plan?: string },
  work: (note: Note) => Promise<T>,
): Promise<T> {
  const { journal } = context.state;
  const note = (
    event: JournalEntry["event"],
    subject: string,
    more: Partial<Omit<JournalEntry, "at" | "run" | "operation" | "event" | "what">> = {},
  ) =>
    journal.append({
      at: context.clock.now().toISOString(),
      run: context.lock?.holder.id ?? "",
      operation,
      event,
      what: subject,
      ...more,
    });
  await note("begun", what, plan === undefined ? {} : { plan });
  try {
    const result = await work(note);
    await note("done", what);
    return result;
  } catch (error) {
    const code = error instanceof LorError ? error.code : "internal";
    // An unreachable journal must not hide the error; a run without a final entry counts as unfinished anyway.
    await note("failed", what, { code }).catch(() => undefined);
    throwIfStopped(context, error);
    throw error;
  }
}

/** Durations of this stack's earlier switches, with the cloud's estimates for the rest. */
export async function durationHistory({
  cloud,
  project,
  state,
}: Pick<StackContext, "cloud" | "project" | "state">): Promise<DurationHistory> {
  const durations = pastDurations(await state.journal.entries());
  return { durations, real: cloud !== "local", estimates: cloudOf(project).durations };
}
