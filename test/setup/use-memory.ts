import { accessSync, constants, readFileSync, statfsSync } from "node:fs";

const folder = "/dev/shm";

/** Room that the tests' folders, and what a first build of the engine leaves in the meantime, never need whole. */
const roomyBytes = 8 * 2 ** 30;

/** Puts the tests' folders into memory where that has room for them: state and journals wait for the disk after every write. */
export function useMemory(): void {
  if (process.env.TMPDIR === undefined && isRoomy()) process.env.TMPDIR = folder;
}

function isRoomy(): boolean {
  try {
    // Some machines run no program from there, as tests do.
    const mounted = readFileSync("/proc/mounts", "utf8")
      .split("\n")
      .findLast((line) => line.split(" ")[1] === folder);
    if (mounted === undefined || !/ tmpfs rw\b/.test(mounted) || mounted.includes("noexec")) return false;
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= roomyBytes;
  } catch {
    return false;
  }
}
