import type { StackState } from "./stack-state.ts";
import { readCheckpoint } from "./state-file.ts";

/** Writes a copy of an exported state, its secrets still encrypted. @returns where it lies */
export async function backUpState(
  { files }: Pick<StackState, "files">,
  raw: unknown,
  reason: string,
  now: Date,
): Promise<string> {
  return await keep(files, `${JSON.stringify(raw)}\n`, reason, now);
}

/** Copies the backend's file of a stack as it is, without asking the engine. @returns where the copy lies; undefined when there is no state */
export async function backUpStateFile(state: StackState, reason: string, now: Date): Promise<string | undefined> {
  const text = await readCheckpoint(state);
  return text === undefined ? undefined : await keep(state.files, text, reason, now);
}

async function keep(files: StackState["files"], text: string, reason: string, now: Date): Promise<string> {
  const path = `backups/${now.toISOString().replaceAll(/[:.]/g, "-")}-${reason}.json`;
  await files.write(path, text);
  return files.where(path);
}
