import type { LorError } from "../../core/errors.ts";
import { type ChainEntry, judgeState, type StateVerdict } from "../../domain/state-chain.ts";
import { backupNames } from "../../state/backup.ts";
import type { StackState } from "../../state/stack-state.ts";
import { seenState } from "../../state/state-chain.ts";
import { stateUnreadable } from "../../state/state-copies.ts";
import { type Checkpoint, readCheckpoint } from "../../state/state-file.ts";

export interface StateListing {
  /** Location of the engine's state. */
  readonly where: string;
  readonly entries: readonly (ChainEntry & {
    /** Whether a copy is kept, so that it can be restored by its number. */
    readonly kept: boolean;
  })[];
  /** Names of other copies, oldest first. */
  readonly backups: readonly string[];
  /** Result of comparing the current state with the chain's entries; `none`: the stack has no state. */
  readonly now: StateVerdict["kind"] | "none" | "unreadable";
  /** Why it cannot be read, which copies can be, and the command that restores one. */
  readonly unreadable?: Pick<LorError, "message" | "seen" | "accepted" | "next">;
}

/** History of a stack's states, and the copies that can be restored. Read-only. */
export async function listState(state: StackState): Promise<StateListing> {
  const entries = await state.chain.entries();
  const kept = await state.chain.kept();
  const checkpoint = await readCheckpoint(state);
  return {
    where: state.backend.where(""),
    entries: entries.map((entry) => ({ ...entry, kept: kept.has(entry.number) })),
    backups: await backupNames(state),
    ...(await judge(state, checkpoint, entries)),
  };
}

async function judge(
  state: StackState,
  checkpoint: Checkpoint,
  entries: readonly ChainEntry[],
): Promise<Pick<StateListing, "now" | "unreadable">> {
  switch (checkpoint.kind) {
    case "none":
      return { now: "none" };
    case "readable":
      return { now: judgeState(entries, seenState(checkpoint).picture).kind };
    case "unreadable": {
      const { message, seen, accepted, next } = await stateUnreadable(state, checkpoint);
      return { now: "unreadable", unreadable: { message, seen, accepted, next } };
    }
  }
}
