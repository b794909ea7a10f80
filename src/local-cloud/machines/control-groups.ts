import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join, relative } from "node:path";
import { systemClock } from "../../os/clock.ts";
import { poll } from "../../os/poll.ts";
import type { Command } from "./tools.ts";

/** Wait for the last processes of a group to end, in milliseconds. */
const endLimit = 5_000;

/** Groups are named by the process that made them, so that those of a killed process can be told from groups in use. */
const prefix = "lor-machines-";

let made = 0;

/**
 * Control groups of one cloud's machines. Each machine's systemd sorts its processes into control groups, by which it ends and awaits them: in one group
 * with other machines it would wait for their processes and fail to end its own.
 */
export class ControlGroups {
  readonly #folders: readonly string[];

  /** @param hierarchies folders of the control group of this process, in each hierarchy that systemd uses */
  constructor(hierarchies: readonly string[] = ownGroups()) {
    for (const folder of hierarchies) removeAbandoned(folder);
    made += 1;
    this.#folders = hierarchies.map((folder) => join(folder, `${prefix}${process.pid}-${made}`));
  }

  /** The command that runs a command, which is not forked, in the groups of a machine. */
  inside(machine: string, command: Command): Command {
    const folders = this.#of(machine);
    for (const folder of folders) mkdirSync(folder, { recursive: true });
    return ["sh", "-euc", enter, "sh", ...folders, "--", ...command];
  }

  /** Removes the groups of a machine whose processes have ended or are about to. */
  async remove(machine: string): Promise<void> {
    await removeGroups(this.#of(machine));
  }

  /** Removes what is left. */
  async removeAll(): Promise<void> {
    await removeGroups(this.#folders);
  }

  #of(machine: string): readonly string[] {
    return this.#folders.map((folder) => join(folder, machine));
  }
}

/** Number 0 is the process that writes it. */
const enter = `while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs"; shift; done
shift
exec "$@"`;

/** Folders of this process's control groups: in the unified hierarchy and in systemd's own, whichever are mounted. */
function ownGroups(): readonly string[] {
  const groups = readFileSync("/proc/self/cgroup", "utf8");
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  return groupFolders(groups, mounts);
}

/**
 * @param groups content of `/proc/self/cgroup`
 * @param mounts content of `/proc/self/mountinfo`
 */
export function groupFolders(groups: string, mounts: string): readonly string[] {
  const pathOf = (hierarchy: RegExp) => groups.split("\n").flatMap((line) => hierarchy.exec(line)?.[1] ?? [])[0] ?? "/";
  return mounts.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "", place = ""] = before.split(" ");
    const [type, , options = ""] = after.split(" ");
    const isSystemd = type === "cgroup" && options.split(",").includes("name=systemd");
    if (type !== "cgroup2" && !isSystemd) return [];
    const inside = relative(root, pathOf(isSystemd ? /^\d+:name=systemd:(.*)$/ : /^0::(.*)$/));
    // A process outside of what is mounted.
    return [inside.startsWith("..") ? place : join(place, inside)];
  });
}

/** Removes the groups of clouds that were killed. */
function removeAbandoned(folder: string): void {
  for (const name of groupsIn(folder)) {
    const owner = new RegExp(`^${prefix}(\\d+)-`).exec(name)?.[1];
    if (owner !== undefined && !existsSync(`/proc/${owner}`)) removeGroup(join(folder, name));
  }
}

async function removeGroups(folders: readonly string[]): Promise<void> {
  await poll({
    look: () => folders.map(removeGroup).every(Boolean),
    good: Boolean,
    interval: 50,
    limit: endLimit,
    clock: systemClock,
  });
}

/** @returns whether it is gone: a group with a process stays */
function removeGroup(folder: string): boolean {
  if (!existsSync(folder)) return true;
  if (!groupsIn(folder).every((name) => removeGroup(join(folder, name)))) return false;
  try {
    rmdirSync(folder);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

function groupsIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch {
    return [];
  }
}
