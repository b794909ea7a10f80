import { copyFileSync, existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "./atomic-file.ts";
import type { StackFolder } from "./stack-folder.ts";

/** Writes a copy of an exported state, its secrets still encrypted; gives the file. */
export function backUpState(folder: StackFolder, raw: unknown, reason: string, now: Date): string {
  const path = join(folder.backups, `${stamp(now)}-${reason}.json`);
  writeAtomically(path, `${JSON.stringify(raw)}\n`);
  return path;
}

/** Copies the backend's file of a stack as it is, without asking the engine; undefined when there is none. */
export function backUpStateFile(folder: StackFolder, project: string, reason: string, now: Date): string | undefined {
  const source = join(folder.backend, ".pulumi", "stacks", project, `${folder.stack}.json`);
  if (!existsSync(source)) {
    return undefined;
  }
  mkdirSync(folder.backups, { recursive: true, mode: 0o700 });
  const path = join(folder.backups, `${stamp(now)}-${reason}.json`);
  copyFileSync(source, path);
  return path;
}

function stamp(now: Date): string {
  return now.toISOString().replaceAll(/[:.]/g, "-");
}
