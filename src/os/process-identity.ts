import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process, distinguished from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTicks: string;
}

/** A machine or container, since its last boot. */
export interface MachineIdentity {
  readonly host: string;
  /** Id of its installation: /etc/machine-id. Absent where the file does not exist, and in locks of earlier versions. */
  readonly id?: string;
  /** Changes at every boot. */
  readonly boot: string;
  /** PID namespace: process numbers are comparable only within the same one. */
  readonly processes: string;
}

export function thisMachine(): MachineIdentity {
  const id = machineId();
  return {
    host: hostname(),
    ...(id === undefined ? {} : { id }),
    boot: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    processes: readlinkSync("/proc/self/ns/pid"),
  };
}

function machineId(): string | undefined {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim() || undefined;
  } catch {
    // A container may have none.
    return undefined;
  }
}

export function thisProcess(): ProcessIdentity {
  const startTicks = startTicksOf(process.pid);
  if (startTicks === undefined) {
    throw new Error("/proc does not show this process");
  }
  return { pid: process.pid, startTicks };
}

/** Start time of a running process; undefined when it does not exist, or is a zombie. */
export function startTicksOf(pid: number): string | undefined {
  const fields = statOf(pid);
  const state = fields?.[0];
  return state === "Z" || state === "X" ? undefined : fields?.[19];
}

export function parentOf(pid: number): number | undefined {
  const parent = statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

/** Fields of /proc/PID/stat from the third on; undefined when there is no such process. */
function statOf(pid: number): readonly string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    // The command name, in brackets, may contain spaces and brackets; the fields count from after it.
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  } catch {
    return undefined;
  }
}

export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return startTicksOf(pid) === startTicks;
}

/** Whether a process is running. `unknown`: /proc hides other users' processes (mount option hidepid). */
export type Liveness = "alive" | "dead" | "unknown";

/** Whether a process of this PID namespace runs. */
export function livenessOf(process: ProcessIdentity): Liveness {
  if (isAlive(process)) return "alive";
  return statOf(process.pid) === undefined && exists(process.pid) ? "unknown" : "dead";
}

/** Whether a process of this number exists here, of any user. */
export function exists(pid: number): boolean {
  const state = statOf(pid)?.[0];
  if (state !== undefined) return state !== "Z" && state !== "X";
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // EPERM: it belongs to another user.
    return error instanceof Error && "code" in error && error.code === "EPERM";
  }
}

/**
 * The state of a process as `ps` shows it: `R` running, `S` sleeping, `D` waiting for a disk, `T` stopped by a signal, `t` stopped by a debugger;
 * undefined when there is no such process.
 */
export function processState(pid: number): string | undefined {
  return statOf(pid)?.[0];
}

/** PID namespace of a machine's init process, the same on every Linux. Source: include/linux/proc_ns.h, PROC_PID_INIT_INO. */
const firstNamespace = `pid:[${0xeffffffc}]`;

/** Whether it is a whole machine and no container. */
export function isWholeMachine({ processes }: MachineIdentity): boolean {
  return processes === firstNamespace;
}

/** Processes of this user whose environment holds `NAME=value`. */
export function processesWith(name: string, value: string): readonly ProcessIdentity[] {
  const wanted = `${name}=${value}`;
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
    .filter((entry) => environmentOf(entry).includes(wanted))
    .flatMap((entry) => {
      const startTicks = startTicksOf(Number(entry));
      return startTicks === undefined ? [] : [{ pid: Number(entry), startTicks }];
    });
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // Ended meanwhile, or another user's.
    return [];
  }
}
