import {
  closeSync,
  constants,
  copyFileSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { host } from "./host.ts";

/**
 * Small files that are complete or absent even after a crash: written to a temporary name, synced, then renamed. Synchronous, so that nothing else
 * of this process runs between decision and write.
 */
export function writeAtomically(path: string, text: string): void {
  const written = writeBeside(path, text);
  renameSync(written, path);
  syncFolder(dirname(path));
}

/** Creates a file with complete content; false when it exists already. */
export function createExclusively(path: string, text: string): boolean {
  const written = writeBeside(path, text);
  try {
    linkOrCopy(written, path);
    syncFolder(dirname(path));
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) {
      return false;
    }
    throw error;
  } finally {
    rmSync(written, { force: true });
  }
}

/** A shared folder or a memory stick (SMB, exFAT, vboxsf) may not support hard links. A copy is as exclusive, but a crash can truncate it. */
function linkOrCopy(from: string, to: string): void {
  try {
    linkSync(from, to);
  } catch (error) {
    if (!hasCode(error, "EPERM", "ENOTSUP", "ENOSYS")) throw error;
    copyFileSync(from, to, constants.COPYFILE_EXCL);
    syncFile(to);
  }
}

/** Text of a file; undefined when it does not exist. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** Content of a file; undefined when it does not exist. */
export function readBytesIfThere(path: string): Uint8Array | undefined {
  try {
    return readFileSync(path);
  } catch (error) {
    if (hasCode(error, "ENOENT")) {
      return undefined;
    }
    throw error;
  }
}

/** Appends one line and syncs it. A line truncated by a crash is terminated first. */
export function appendLine(path: string, line: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const cut = readIfThere(path)?.endsWith("\n") === false;
  const file = openSync(path, "a", 0o600);
  try {
    writeFileSync(file, `${cut ? "\n" : ""}${line}\n`);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

function writeBeside(path: string, text: string): string {
  const folder = dirname(path);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const place = join(folder, `.${host().randomUUID()}.tmp`);
  const file = openSync(place, "wx", 0o600);
  try {
    // Not `writeSync`: on a nearly full disk it writes a part and reports no error.
    writeFileSync(file, text);
    fsyncSync(file);
  } catch (error) {
    rmSync(place, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
  return place;
}

/** A rename is durable when its folder is synced. Some file systems (SMB, 9p) do not support that; every other failure counts. */
export function syncFolder(folder: string): void {
  try {
    syncFile(folder);
  } catch (error) {
    if (!hasCode(error, "EINVAL", "ENOTSUP", "ENOSYS")) throw error;
  }
}

function syncFile(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function hasCode(error: unknown, ...codes: readonly string[]): boolean {
  return error instanceof Error && "code" in error && codes.includes(String(error.code));
}
