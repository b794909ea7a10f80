import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Makes this process the only cloud of a folder for as long as it lives. The claim is a lock that SQLite holds on a file: the
 * kernel gives it back when the process ends, however it ends, so that there is nothing stale to clean up.
 * @returns undefined when another process has the folder.
 */
export function claimFolder(folder: string): Disposable | undefined {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(join(folder, "claim.sqlite"), { timeout: 0 });
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && /locked|busy/.test(error.message)) return undefined;
    throw error;
  }
  return { [Symbol.dispose]: () => database.close() };
}

/** Whether a cloud serves the folder, starts or stops in it. */
export function isClaimed(folder: string): boolean {
  const claim = claimFolder(folder);
  claim?.[Symbol.dispose]();
  return claim === undefined;
}
