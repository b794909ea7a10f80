import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { host, systemClock } from "../../os/host.ts";
import { poll } from "../../os/poll.ts";
import type { Command } from "./tools.ts";

/** Wait for the last processes of a group to end, in milliseconds. */
const endLimit = 5_000;

/** Groups are named by the process that made them, so that those of a killed process can be told from groups in use. */
const prefix = "lor-machines-";

let made = 0;

/** A hierarchy of control groups. */
export interface Hierarchy {
  /** Where the cloud's groups are made. */
  readonly folder: string;
  /** Version whose files limit the memory of its groups; undefined: this hierarchy does not. */
  readonly memory: "v1" | "v2" | undefined;
}

/**
 * Control groups of one cloud's machines. Each machine's systemd sorts its processes into control groups, by which it ends and awaits them: in one group
 * with other machines it would wait for their processes and fail to end its own. Where the kernel can, they limit its memory.
 */
export class ControlGroups {
  readonly #hierarchies: readonly Hierarchy[];

  constructor(hierarchies: readonly Hierarchy[] = ownHierarchies()) {
    for (const { folder } of hierarchies) removeAbandoned(folder);
    made += 1;
    this.#hierarchies = hierarchies.map(({ folder, memory }) => {
      const own = join(folder, `${prefix}${host().pid}-${made}`);
      return { folder: own, memory };
    });
  }

  /**
   * The command that runs a command, which is not forked, in the groups of a machine.
   * @param memoryBytes the kernel ends a process of the machine that takes more
   */
  inside(machine: string, memoryBytes: number, command: Command): Command {
    const folders = this.#of(machine);
    for (const [index, { folder, memory }] of this.#hierarchies.entries()) {
      mkdirSync(folders[index] ?? "", { recursive: true });
      if (memory === "v2") enableMemory(folder);
      limitMemory(folders[index] ?? "", memory, memoryBytes);
    }
    return ["sh", "-euc", enter, "sh", ...folders, "--", ...command];
  }

  /** Removes the groups of a machine whose processes have ended or are about to. */
  async remove(machine: string): Promise<void> {
    await removeGroups(this.#of(machine));
  }

  /** Removes what is left. */
  async removeAll(): Promise<void> {
    await removeGroups(this.#hierarchies.map(({ folder }) => folder));
  }

  #of(machine: string): readonly string[] {
    return this.#hierarchies.map(({ folder }) => join(folder, machine));
  }
}

/** Number 0 is the process that writes it. */
const enter = `while [ "$1" != -- ]; do echo 0 >"$1/cgroup.procs"; shift; done
shift
exec "$@"`;

/** Whether the memory of machines is limited on this computer. */
export function limitsMemory(): boolean {
  return ownHierarchies().some(({ memory }) => memory !== undefined);
}

/** Hierarchies for this process's machines: the unified one, systemd's own and that of memory, whichever are mounted. */
function ownHierarchies(): readonly Hierarchy[] {
  const groups = readFileSync("/proc/self/cgroup", "utf8");
  const mounts = readFileSync("/proc/self/mountinfo", "utf8");
  return groupFolders(groups, mounts).map(({ place, folder, type }) =>
    type === "unified" ? unified(place, folder) : { folder, memory: type === "memory" ? "v1" : undefined },
  );
}

interface OwnGroup {
  readonly type: "systemd" | "memory" | "unified";
  /** Where the hierarchy is mounted. */
  readonly place: string;
  /** Folder of the process's group. */
  readonly folder: string;
}

/**
 * The group of a process in each hierarchy that machines need.
 * @param groups content of `/proc/self/cgroup`
 * @param mounts content of `/proc/self/mountinfo`
 */
export function groupFolders(groups: string, mounts: string): readonly OwnGroup[] {
  const pathOf = (type: OwnGroup["type"]) =>
    groups.split("\n").flatMap((line) => path[type].exec(line)?.[1] ?? [])[0] ?? "/";
  return mounts.split("\n").flatMap((line) => {
    const [before = "", after = ""] = line.split(" - ");
    const [, , , root = "", place = ""] = before.split(" ");
    const [system, , options = ""] = after.split(" ");
    const type = system === "cgroup2" ? "unified" : system === "cgroup" ? typeOf(options.split(",")) : undefined;
    if (type === undefined) return [];
    const inside = relative(root, pathOf(type));
    // A process outside of what is mounted.
    return [{ type, place, folder: inside.startsWith("..") ? place : join(place, inside) }];
  });
}

/** Path of a group in a line of `/proc/PID/cgroup`. */
const path: Readonly<Record<OwnGroup["type"], RegExp>> = {
  unified: /^0::(.*)$/,
  systemd: /^\d+:name=systemd:(.*)$/,
  memory: /^\d+:(?:\w+,)*memory(?:,\w+)*:(.*)$/,
};

function typeOf(options: readonly string[]): OwnGroup["type"] | undefined {
  if (options.includes("name=systemd")) return "systemd";
  return options.includes("memory") ? "memory" : undefined;
}

/** A group that holds processes cannot pass controllers on to others below it, so machines may need an upper one. */
function unified(place: string, own: string): Hierarchy {
  if (!controllers(place, "cgroup.controllers").includes("memory")) return { folder: own, memory: undefined };
  for (let folder = own; folder.startsWith(place); folder = dirname(folder)) {
    if (enableMemory(folder)) return { folder, memory: "v2" };
  }
  return { folder: own, memory: undefined };
}

/** @returns whether the groups below can limit memory */
function enableMemory(folder: string): boolean {
  try {
    writeFileSync(join(folder, "cgroup.subtree_control"), "+memory");
  } catch {
    // Refused, or not there.
  }
  return controllers(folder, "cgroup.subtree_control").includes("memory");
}

function controllers(folder: string, file: string): readonly string[] {
  try {
    return readFileSync(join(folder, file), "utf8").trim().split(" ");
  } catch {
    return [];
  }
}

/** Swap is no memory of the machine. Source: kernel.org/doc/Documentation, cgroup-v1/memory.rst and cgroup-v2.rst. */
function limitMemory(folder: string, version: Hierarchy["memory"], bytes: number): void {
  if (version === "v1") {
    writeFileSync(join(folder, "memory.limit_in_bytes"), String(bytes));
    writeIfThere(join(folder, "memory.memsw.limit_in_bytes"), String(bytes));
  } else if (version === "v2") {
    writeFileSync(join(folder, "memory.max"), String(bytes));
    writeIfThere(join(folder, "memory.swap.max"), "0");
  }
}

/** Swap is only counted by some kernels. */
function writeIfThere(file: string, text: string): void {
  if (existsSync(file)) writeFileSync(file, text);
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
