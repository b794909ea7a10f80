import { hostname } from "node:os";
import { isAlive, type ProcessIdentity, parentOf, processesWith, startTicksOf } from "../os/process-identity.ts";
import type { StackState } from "./stack-state.ts";

/** Variable that marks every process a command starts with the id of its lock. */
export const runVariable = "LOR_INFRA_RUN";

export interface EndOrphansArgs {
  /** Id of the dead holder's lock. */
  readonly run: string;
  /** How long the engine may take to finish what is in progress before it is killed, milliseconds. */
  readonly graceMilliseconds: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/**
 * Ends the engines that a dead command left running: they have a session of their own, so they outlive it. They are asked first, because an engine
 * that ends its operations writes them into the state.
 */
export async function endOrphans(args: EndOrphansArgs): Promise<number> {
  const orphans = processesWith(runVariable, args.run);
  // Not the providers that an engine started: it still needs them to finish.
  const numbers = new Set(orphans.map((one) => one.pid));
  signal(
    orphans.filter((one) => !numbers.has(parentOf(one.pid) ?? 0)),
    "SIGINT",
  );
  let waited = 0;
  const pause = 50;
  while (orphans.some(isAlive) && waited < args.graceMilliseconds) {
    await args.sleep(pause);
    waited += pause;
  }
  signal(orphans, "SIGKILL");
  while (orphans.some(isAlive)) {
    await args.sleep(pause);
  }
  return orphans.length;
}

/** A lock that the engine's backend holds on a stack. */
export interface BackendLock {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  /** Its process is on this machine and runs no more. */
  readonly dead: boolean;
}

/** The engine's own locks of one stack, read from its backend. */
export async function backendLocks({ backend, project, stack }: StackState): Promise<readonly BackendLock[]> {
  const folder = `.pulumi/locks/organization/${project}/${stack}`;
  // Beside each lock plain `pulumi` keeps a file of its attributes, `UUID.json.attrs`.
  const names = (await backend.list(folder)).filter((name) => name.endsWith(".json"));
  const locks = await Promise.all(names.map((name) => backend.read(`${folder}/${name}`)));
  return locks.flatMap((text) => {
    try {
      const lock = JSON.parse(text ?? "") as {
        readonly pid: number;
        readonly hostname: string;
        readonly username: string;
      };
      const dead = lock.hostname === hostname() && startTicksOf(lock.pid) === undefined;
      return [{ pid: lock.pid, host: lock.hostname, user: lock.username, dead }];
    } catch {
      // Given back meanwhile.
      return [];
    }
  });
}

function signal(processes: readonly ProcessIdentity[], name: NodeJS.Signals): void {
  for (const one of processes.filter(isAlive)) {
    try {
      process.kill(one.pid, name);
    } catch {
      // Ended between the look and the signal.
    }
  }
}
