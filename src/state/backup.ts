import type { StackState } from "./stack-state.ts";
import { readCheckpoint } from "./state-file.ts";

const folder = "backups";
/** Number of copies kept; older ones are deleted. */
const backupsKept = 50;

/** Writes a copy of an exported state, its secrets still encrypted. @returns its location */
export async function backUpState(
  { files }: Pick<StackState, "files">,
  raw: unknown,
  reason: string,
  now: Date,
): Promise<string> {
  return await keep(files, `${JSON.stringify(raw)}\n`, reason, now);
}

/**
 * Copies the backend's file of a stack unchanged, even if it cannot be read, without the engine.
 * @returns location of the copy; undefined when there is no such file
 */
export async function backUpStateFile(state: StackState, reason: string, now: Date): Promise<string | undefined> {
  const checkpoint = await readCheckpoint(state);
  const text = checkpoint.kind === "none" ? undefined : checkpoint.text;
  return text === undefined ? undefined : await keep(state.files, text, reason, now);
}

/** Names of the copies, oldest first. */
export async function backupNames({ files }: Pick<StackState, "files">): Promise<readonly string[]> {
  return (await files.list(folder)).filter((name) => name.endsWith(".json")).toSorted();
}

/** Text of a copy; undefined when there is no copy of that name. */
export async function readBackup({ files }: Pick<StackState, "files">, name: string): Promise<string | undefined> {
  return (await backupNames({ files })).includes(name) ? await files.read(`${folder}/${name}`) : undefined;
}

async function keep(files: StackState["files"], text: string, reason: string, now: Date): Promise<string> {
  const path = `${folder}/${now.toISOString().replaceAll(/[:.]/g, "-")}-${reason}.json`;
  await files.write(path, text);
  for (const old of (await backupNames({ files })).slice(0, -backupsKept)) {
    await files.remove(`${folder}/${old}`);
  }
  return files.where(path);
}
