import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes, randomUUID } from "node:crypto";
import { type Clock, systemClock } from "./clock.ts";
import type { MachineIdentity, ProcessTable } from "./machine-identity.ts";
import { realMachine, realProcesses, realUser } from "./real-machine.ts";

/** What a process takes from the machine under it: time, timers, randomness, identity, other processes. */
export interface Host {
  readonly clock: Clock;
  /** Repeats something until it is stopped; the process may end all the same. @returns what stops it */
  every(milliseconds: number, work: () => void): () => void;
  randomBytes(count: number): Uint8Array;
  randomUUID(): string;
  /** Login name. */
  readonly user: string;
  readonly machine: MachineIdentity;
  readonly pid: number;
  readonly processes: ProcessTable;
}

const realHost: Host = {
  clock: systemClock,
  every: (milliseconds, work) => {
    const timer = setInterval(work, milliseconds);
    timer.unref();
    return () => clearInterval(timer);
  },
  randomBytes,
  randomUUID,
  get user() {
    return realUser()?.username ?? `uid-${process.getuid?.()}`;
  },
  get machine() {
    return realMachine();
  },
  pid: process.pid,
  processes: realProcesses,
};

const hosts = new AsyncLocalStorage<Host>();

/** The machine under the running code: this one, unless `runOn` has put another in its place. */
export function host(): Host {
  return hosts.getStore() ?? realHost;
}

/** Runs something, and whatever it starts, on another host. */
export function runOn<T>(other: Host, work: () => T): T {
  return hosts.run(other, work);
}
