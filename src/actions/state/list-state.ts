import { type ChainEntry, judgeState, type StateVerdict } from "../../domain/state-chain.ts";
import { lookAtState } from "../../stack/guarded-engine.ts";
import { backupNames } from "../../state/backup.ts";
import type { StackState } from "../../state/stack-state.ts";

export interface StateListing {
  /** Where the engine's state lies. */
  readonly where: string;
  readonly entries: readonly (ChainEntry & {
    /** A copy of the state is kept: it can be restored by its number. */
    readonly kept: boolean;
  })[];
  /** Names of other copies, oldest first. */
  readonly backups: readonly string[];
  /** What the state is now, held against the entries; `none`: there is no state. */
  readonly now: StateVerdict["kind"] | "none";
}

/** Which states a stack has had, and which can be had again. Reads only. */
export async function listState(state: StackState): Promise<StateListing> {
  const entries = await state.chain.entries();
  const kept = await state.chain.kept();
  const seen = await lookAtState(state);
  return {
    where: state.backend.where(""),
    entries: entries.map((entry) => ({ ...entry, kept: kept.has(entry.number) })),
    backups: await backupNames(state),
    now: seen === undefined ? "none" : judgeState(entries, seen.picture).kind,
  };
}
