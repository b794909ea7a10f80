import { AsyncLocalStorage } from "node:async_hooks";
import { randomBytes, randomUUID } from "node:crypto";
import type { Clock, Timers } from "./clock.ts";
import type { MachineIdentity, ProcessTable } from "./machine-identity.ts";
import { realClock, realMachine, realProcesses, realTimers, realUser } from "./real-machine.ts";

/** What a process takes from the machine under it: time, timers, randomness, identity, other processes, the network. */
export interface Host extends Timers {
  readonly clock: Clock;
  /** Milliseconds from a moment that never changes, for durations: no correction of the clock moves it. */
  monotonic(): number;
  randomBytes(count: number): Uint8Array;
  randomUUID(): string;
  /** Login name. */
  readonly user: string;
  readonly machine: MachineIdentity;
  readonly pid: number;
  readonly processes: ProcessTable;
  /** Sends a request by HTTP. */
  fetch(address: string, options?: RequestInit): Promise<Response>;
}

const realHost: Host = {
  clock: realClock,
  ...realTimers,
  monotonic: () => performance.now(),
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
  fetch: (address, options) => fetch(address, options),
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

/** The clock of the machine under the code that asks it. */
export const systemClock: Clock = {
  now: () => host().clock.now(),
  sleep: (milliseconds, signal) => host().clock.sleep(milliseconds, signal),
};
