import { accessSync, constants, type Stats, statSync } from "node:fs";
import { dirname } from "node:path";
import { ExitCode, LorError } from "../core/errors.ts";
import { thisUser } from "./user.ts";

interface Remedy {
  readonly reason: string;
  readonly accepted: string;
  readonly next: string;
}

const sameCommand = "then the same command again";

const forbidden: Remedy = {
  reason: "permission denied",
  accepted: "a file or folder that this user may read and write",
  next: `run it as the owner, or change the owner (sudo chown -R), ${sameCommand}`,
};
const full: Remedy = {
  reason: "no space left",
  accepted: "a disk with free space and within the user's quota",
  next: `free some space (df -h), ${sameCommand}`,
};
const broken: Remedy = {
  reason: "the disk or the network share fails",
  accepted: "a disk that can be read and written",
  next: `check the disk or mount the share again, ${sameCommand}`,
};
const tooMany: Remedy = {
  reason: "too many open files",
  accepted: "a higher limit",
  next: `ulimit -n 4096, ${sameCommand}`,
};

const folderDeleted: Remedy = {
  reason: "the current folder was deleted",
  accepted: "a folder that exists",
  next: `cd to the folder of the settings, ${sameCommand}`,
};

/** Errors of the operating system that only the user can resolve, by error code. */
const remedies: Readonly<Record<string, Remedy>> = {
  EACCES: forbidden,
  EPERM: forbidden,
  EROFS: {
    reason: "the file system is read-only",
    accepted: "a folder that can be written",
    next: `name such a folder in LOR_INFRA_HOME, or mount this one for writing, ${sameCommand}`,
  },
  ENOSPC: full,
  EDQUOT: full,
  EIO: broken,
  ESTALE: broken,
  EMFILE: tooMany,
  ENFILE: tooMany,
  ENAMETOOLONG: {
    reason: "the path is too long",
    accepted: "a shorter path",
    next: `move the project to a folder with a shorter path, ${sameCommand}`,
  },
};

/** An error of the operating system as a coded error; undefined when the user cannot resolve it. */
export function asSystemError(error: unknown): LorError | undefined {
  if (!(error instanceof Error) || !("syscall" in error) || !("code" in error)) return undefined;
  const path = "path" in error && typeof error.path === "string" ? error.path : undefined;
  const code = error.syscall === "mkdir" && error.code === "ENOENT" && path ? refusalAbove(path) : String(error.code);
  const remedy = error.syscall === "uv_cwd" ? folderDeleted : code === undefined ? undefined : remedies[code];
  if (remedy === undefined) return undefined;
  // Not of a file: an address that may not be taken, a process that may not be signalled.
  if (path === undefined && remedy === forbidden) return undefined;
  return new LorError({
    code: "system-refused",
    message: `${remedy.reason}: ${code} from ${error.syscall}${path === undefined ? "" : ` of ${path}`}`,
    exit: ExitCode.failed,
    culprit: "user",
    ...(path === undefined ? {} : { seen: ownership(path) }),
    accepted: remedy.accepted,
    next: remedy.next,
    cause: error,
  });
}

/** Why nothing can be made below the nearest folder that exists: on a read-only disk Node says ENOENT of a recursive mkdir. */
function refusalAbove(path: string): string | undefined {
  if (lookAt(path) === undefined) return dirname(path) === path ? undefined : refusalAbove(dirname(path));
  try {
    accessSync(path, constants.W_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : undefined;
  }
}

/** Owner and mode of a path, or of the nearest folder above it that can be looked at. */
function ownership(path: string): string {
  const stats = lookAt(path);
  if (stats === undefined) return dirname(path) === path ? path : ownership(dirname(path));
  return `${path}: owner uid ${stats.uid}, mode ${(stats.mode & 0o7777).toString(8)}; this user: ${thisUser()}, uid ${process.getuid?.()}`;
}

function lookAt(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    // A parent folder may not be searched.
    return undefined;
  }
}
