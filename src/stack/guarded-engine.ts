import { ExitCode, LorError } from "../core/errors.ts";
import { type ChainEntry, type EntryKind, judgeState } from "../domain/state-chain.ts";
import { decorateEngine, type EngineMethod } from "../engine/decorate-engine.ts";
import type { EngineStack } from "../engine/port.ts";
import type { Clock } from "../os/clock.ts";
import type { StackLock } from "../state/stack-lock.ts";
import type { StackState } from "../state/stack-state.ts";
import { type SeenState, seenState } from "../state/state-chain.ts";
import { requireReadable, stateUnreadable } from "../state/state-copies.ts";
import { readCheckpoint } from "../state/state-file.ts";
import { lockLost } from "./stack-context.ts";

export interface GuardArgs {
  readonly state: StackState;
  readonly lock: StackLock;
  readonly clock: Clock;
}

/** Methods that leave the state as it is. Every other method is guarded. */
const reading: ReadonlySet<EngineMethod> = new Set<EngineMethod>(["preview", "outputs", "cancel", "exportState"]);

/**
 * An engine that records every change in the chain of states: before a change it compares the state with the chain and checks that the lock is
 * still held. The engine's backends have no fencing, so a state overwritten by a paused lock holder is detected here, at the next run.
 */
export function guardEngine(engine: EngineStack, guard: GuardArgs): EngineStack {
  return decorateEngine({
    engine: () => engine,
    around: (run, method) => (reading.has(method) ? run() : recordChange(guard, run)),
  });
}

async function recordChange<T>(guard: GuardArgs, run: () => Promise<T>): Promise<T> {
  const before = await requireForward(guard);
  let result: T;
  try {
    result = await run();
  } catch (error) {
    // The changes of a failed run are recorded too.
    await enterResult(guard, before, error);
    throw error;
  }
  await enterResult(guard, before);
  return result;
}

/** @throws LorError `lock-lost`, `state-went-backwards`, `state-unreadable` */
async function requireForward(guard: GuardArgs): Promise<SeenState | undefined> {
  const { lock, state } = guard;
  await lock.confirm();
  if (lock.lost.aborted) {
    throw lockLost(state.stack);
  }
  const seen = await lookAtState(state);
  if (seen === undefined || seen.empty) {
    return seen;
  }
  const verdict = judgeState(await state.chain.entries(), seen.picture);
  if (verdict.kind === "backwards") {
    throw wentBackwards(state, verdict.to, verdict.head);
  }
  if (verdict.kind === "unknown") {
    await enterState(guard, seen, "found");
  }
  return seen;
}

/** @throws LorError `state-unreadable` when the run left such a state, with the reason of the failed run */
async function enterResult(guard: GuardArgs, before: SeenState | undefined, failure?: unknown): Promise<void> {
  const { lock, state } = guard;
  const checkpoint = await readCheckpoint(state);
  if (checkpoint.kind === "unreadable") {
    const error = await stateUnreadable(state, checkpoint);
    throw failure instanceof Error ? error.adding(failure.message) : error;
  }
  const seen = checkpoint.kind === "readable" ? seenState(checkpoint) : undefined;
  await lock.confirm();
  if (seen === undefined || seen.picture.state === before?.picture.state) {
    return;
  }
  await enterState(guard, seen, lock.lost.aborted ? "overwrote" : "run");
}

/** The current state; undefined when there is none. @throws LorError `state-unreadable` */
export async function lookAtState(state: StackState): Promise<SeenState | undefined> {
  const checkpoint = await requireReadable(state);
  return checkpoint.kind === "none" ? undefined : seenState(checkpoint);
}

/** Records a state under the lock's name. */
export async function enterState(
  { state, lock, clock }: GuardArgs,
  seen: SeenState,
  kind: EntryKind,
): Promise<ChainEntry | undefined> {
  const { id, owner, machine, operation } = lock.holder;
  return await state.chain.add(seen, {
    at: clock.now().toISOString(),
    kind,
    run: id,
    by: `${owner} on ${machine.host}`,
    operation,
  });
}

/** Such as `Entry 12 of lor-infra rush, anne on atelier, 2026-…`. */
function describeEntry({ number, operation, by, at }: ChainEntry): string {
  return `entry ${number} (\`lor-infra ${operation}\`, ${by}, ${at})`;
}

function wentBackwards(state: StackState, to: ChainEntry, head: ChainEntry): LorError {
  const how = to.kind === "overwrote" ? "a run that had lost its lock has written" : "somebody has written back";
  return new LorError({
    code: "state-went-backwards",
    message: `${how} the state of ${describeEntry(to)} over that of ${describeEntry(head)}; nothing was changed`,
    exit: ExitCode.refused,
    culprit: "user",
    seen: state.backend.where(""),
    accepted: `the state of entry ${head.number}`,
    next: `lor-infra state list, then lor-infra state restore ${head.number}`,
  });
}
