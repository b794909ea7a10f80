import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { setTimeout as pause } from "node:timers/promises";
import type { Clock, Timers } from "./clock.ts";
import type { MachineIdentity, ProcessTable } from "./machine-identity.ts";

/** Milliseconds that a timer may wait at most: 2^31 - 1. */
const longestTimer = 2_147_483_647;

export const realClock: Clock = {
  now: () => new Date(),
  sleep: (milliseconds, signal) => pause(milliseconds, undefined, signal === undefined ? {} : { signal }),
};

export const realTimers: Timers = {
  every: (milliseconds, work) => {
    const timer = setInterval(work, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
  after: (milliseconds, work, { mayEnd = false } = {}) => {
    const timer = setTimeout(work, Math.min(milliseconds, longestTimer));
    if (mayEnd) timer.unref();
    return () => clearTimeout(timer);
  },
  soon: (work) => {
    const turn = setImmediate(work);
    return () => clearImmediate(turn);
  },
};

export function realMachine(): MachineIdentity {
  const id = machineId();
  return {
    host: hostname(),
    ...(id === undefined ? {} : { id }),
    boot: readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim(),
    processes: readlinkSync("/proc/self/ns/pid"),
  };
}

/** Undefined when the machine has no entry for this user, as in a container that runs as any user. */
export function realUser() {
  try {
    return userInfo();
  } catch {
    return undefined;
  }
}

/** This machine's processes, from /proc. */
export const realProcesses: ProcessTable = {
  statOf: (pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      // The command name, in brackets, may contain spaces and brackets; the fields count from after it.
      return stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    } catch {
      return undefined;
    }
  },
  isTaken: (pid) => {
    try {
      return process.kill(pid, 0);
    } catch (error) {
      // EPERM: it belongs to another user.
      return error instanceof Error && "code" in error && error.code === "EPERM";
    }
  },
  withVariable: (name, value) =>
    readdirSync("/proc")
      .filter((entry) => /^\d+$/.test(entry) && Number(entry) !== process.pid)
      .filter((entry) => environmentOf(entry).includes(`${name}=${value}`))
      .map(Number),
  signal: (pid, name) => {
    process.kill(pid, name);
  },
};

function machineId(): string | undefined {
  try {
    return readFileSync("/etc/machine-id", "utf8").trim() || undefined;
  } catch {
    // A container may have none.
    return undefined;
  }
}

function environmentOf(pid: string): readonly string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, "utf8").split("\0");
  } catch {
    // Ended meanwhile, or another user's.
    return [];
  }
}
