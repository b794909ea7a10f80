import type { Host } from "../../../src/os/host.ts";
import type { MachineIdentity } from "../../../src/os/machine-identity.ts";
import { type Machine, type SimProcess, uuidOf } from "./sim-process.ts";

/** Start time of every simulated process: numbers are never used twice, so that it distinguishes nothing. */
const startTicks = "1";

export function simMachine(identity: MachineIdentity, user: string): Machine {
  return { identity, user, skew: 0, processes: new Map(), lastPid: 1000 };
}

/** The host of a simulated process. */
export function hostOf(process: SimProcess): Host {
  const { machine, world } = process;
  return {
    clock: { now: () => process.now(), sleep: (milliseconds, signal) => sleep(process, milliseconds, signal) },
    every: (milliseconds, work) => {
      let stopped = false;
      const again = () => {
        if (stopped) return;
        work();
        world.scheduler.after(milliseconds, again, process);
      };
      world.scheduler.after(milliseconds, again, process);
      return () => {
        stopped = true;
      };
    },
    after: (milliseconds, work) => world.scheduler.after(milliseconds, work, process),
    soon: (work) => world.scheduler.after(0, work, process),
    monotonic: () => world.scheduler.now,
    fetch: (address, options) => world.fetch(process, address, options),
    randomBytes: (count) => world.random.bytes(count),
    randomUUID: () => uuidOf(world.random),
    user: machine.user,
    machine: machine.identity,
    pid: process.pid,
    processes: {
      statOf: (pid) => {
        const found = machine.processes.get(pid);
        if (found === undefined) return undefined;
        const state = found.pausedUntil > world.scheduler.now ? "T" : "S";
        return [state, String(found.parent?.pid ?? 1), ...Array.from({ length: 17 }, () => "0"), startTicks];
      },
      isTaken: (pid) => machine.processes.has(pid),
      withVariable: (name, value) =>
        [...machine.processes.values()].filter((one) => one.marks.has(`${name}=${value}`)).map(({ pid }) => pid),
      signal: (pid, name) => {
        const found = machine.processes.get(pid);
        if (name === "SIGKILL") found?.kill();
        else found?.onInterrupt();
      },
    },
  };
}

async function sleep(process: SimProcess, milliseconds: number, signal?: AbortSignal): Promise<void> {
  signal?.throwIfAborted();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const stop = process.world.scheduler.after(milliseconds, resolve, process);
  const aborted = () => {
    stop();
    reject(signal?.reason);
  };
  signal?.addEventListener("abort", aborted, { once: true });
  try {
    await promise;
  } finally {
    signal?.removeEventListener("abort", aborted);
  }
}
