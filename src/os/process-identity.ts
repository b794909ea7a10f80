import { host } from "./host.ts";
import type { MachineIdentity } from "./machine-identity.ts";

export type { MachineIdentity };

/** A process, distinguished from a later one with the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Start time in clock ticks since boot: field 22 of /proc/PID/stat. */
  readonly startTicks: string;
}

export function thisMachine(): MachineIdentity {
  return host().machine;
}

export function thisProcess(): ProcessIdentity {
  const { pid } = host();
  const startTicks = startTicksOf(pid);
  if (startTicks === undefined) {
    throw new Error("/proc does not show this process");
  }
  return { pid, startTicks };
}

/** Start time of a running process; undefined when it does not exist, or is a zombie. */
export function startTicksOf(pid: number): string | undefined {
  const fields = host().processes.statOf(pid);
  const state = fields?.[0];
  return state === "Z" || state === "X" ? undefined : fields?.[19];
}

export function parentOf(pid: number): number | undefined {
  const parent = host().processes.statOf(pid)?.[1];
  return parent === undefined ? undefined : Number(parent);
}

export function isAlive({ pid, startTicks }: ProcessIdentity): boolean {
  return startTicksOf(pid) === startTicks;
}

/** Whether a process is running. `unknown`: /proc hides other users' processes (mount option hidepid). */
export type Liveness = "alive" | "dead" | "unknown";

/** Whether a process of this PID namespace runs. */
export function livenessOf(process: ProcessIdentity): Liveness {
  if (isAlive(process)) return "alive";
  return host().processes.statOf(process.pid) === undefined && exists(process.pid) ? "unknown" : "dead";
}

/** Whether a process of this number exists here, of any user. */
export function exists(pid: number): boolean {
  const { processes } = host();
  const state = processes.statOf(pid)?.[0];
  return state === undefined ? processes.isTaken(pid) : state !== "Z" && state !== "X";
}

/**
 * The state of a process as `ps` shows it: `R` running, `S` sleeping, `D` waiting for a disk, `T` stopped by a signal, `t` stopped by a debugger;
 * undefined when there is no such process.
 */
export function processState(pid: number): string | undefined {
  return host().processes.statOf(pid)?.[0];
}

/** Sends a signal to a process, if it still runs. */
export function signalProcess(process: ProcessIdentity, name: NodeJS.Signals): void {
  if (!isAlive(process)) return;
  try {
    host().processes.signal(process.pid, name);
  } catch {
    // The process ended between check and signal.
  }
}

/** PID namespace of a machine's init process, the same on every Linux. Source: include/linux/proc_ns.h, PROC_PID_INIT_INO. */
const firstNamespace = `pid:[${0xeffffffc}]`;

/** Whether it is a whole machine and no container. */
export function isWholeMachine({ processes }: MachineIdentity): boolean {
  return processes === firstNamespace;
}

/** Processes of this user whose environment holds `NAME=value`. */
export function processesWith(name: string, value: string): readonly ProcessIdentity[] {
  return host()
    .processes.withVariable(name, value)
    .flatMap((pid) => {
      const startTicks = startTicksOf(pid);
      return startTicks === undefined ? [] : [{ pid, startTicks }];
    });
}
