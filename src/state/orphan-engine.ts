import { hostname } from "node:os";
import { exists, isAlive, type ProcessIdentity, parentOf, processesWith } from "../os/process-identity.ts";
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

/** A lock that an engine holds on a stack in its backend. It tells a name and a number only, which prove nothing: containers share names. */
export interface BackendLock {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  readonly since: Date;
  /** A process of this number runs on a machine of this name: here. */
  readonly seen: boolean;
}

/** The engines' own locks of one stack, read from their backend. */
export async function backendLocks({ backend, project, stack }: StackState): Promise<readonly BackendLock[]> {
  const folder = `.pulumi/locks/organization/${project}/${stack}`;
  // Beside each lock plain `pulumi` keeps a file of its attributes, `UUID.json.attrs`.
  const names = (await backend.list(folder)).filter((name) => name.endsWith(".json"));
  const locks = await Promise.all(names.map(async (name) => parseLock(await backend.read(`${folder}/${name}`))));
  return locks.filter((lock) => lock !== undefined);
}

function parseLock(text: string | undefined): BackendLock | undefined {
  // Released meanwhile.
  if (text === undefined) return undefined;
  const { pid, hostname: host, username: user, timestamp } = parseObject(text);
  const known = typeof pid === "number" && typeof host === "string";
  return {
    pid: known ? pid : 0,
    host: known ? host : "an unknown machine",
    user: typeof user === "string" ? user : "somebody",
    since: new Date(typeof timestamp === "string" ? timestamp : Number.NaN),
    seen: known && host === hostname() && exists(pid),
  };
}

/** Empty for what is no object: a lock that cannot be read is a lock all the same. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
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
