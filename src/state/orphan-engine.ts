import type { Clock } from "../os/clock.ts";
import { poll } from "../os/poll.ts";
import { exists, isAlive, parentOf, processesWith, signalProcess, thisMachine } from "../os/process-identity.ts";
import type { StackState } from "./stack-state.ts";

/** Variable that marks every child process with the id of the command's lock. */
export const runVariable = "LOR_INFRA_RUN";

export interface EndOrphansArgs {
  /** Id of the dead holder's lock. */
  readonly run: string;
  /** Grace period for operations in progress before the engine is killed, in milliseconds. */
  readonly graceMilliseconds: number;
  readonly clock: Clock;
}

/**
 * Ends the engines of a dead command, which outlive it in a session of their own. They are asked to stop first, because an engine that completes
 * its operations records them in the state.
 */
export async function endOrphans(args: EndOrphansArgs): Promise<number> {
  const orphans = processesWith(runVariable, args.run);
  // Not the providers that an engine started: it needs them to finish.
  const numbers = new Set(orphans.map((one) => one.pid));
  for (const one of orphans.filter(({ pid }) => !numbers.has(parentOf(pid) ?? 0))) signalProcess(one, "SIGINT");
  const end = (limit: number) =>
    poll({ look: () => orphans.some(isAlive), good: (alive) => !alive, interval: 50, limit, clock: args.clock });
  await end(args.graceMilliseconds);
  for (const one of orphans) signalProcess(one, "SIGKILL");
  await end(Number.POSITIVE_INFINITY);
  return orphans.length;
}

/** An engine's lock on a stack in its backend. It has a host name and a process number only, which prove nothing: containers may share host names. */
export interface BackendLock {
  readonly pid: number;
  readonly host: string;
  readonly user: string;
  readonly since: Date;
  /** A process of this number runs on a machine of this name: this one. */
  readonly seen: boolean;
}

/** Reads the engine's own locks of one stack from their backend. */
export async function backendLocks({ backend, project, stack }: StackState): Promise<readonly BackendLock[]> {
  const folder = `.pulumi/locks/organization/${project}/${stack}`;
  // Plain `pulumi` keeps a file of attributes beside each lock, `UUID.json.attrs`.
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
    seen: known && host === thisMachine().host && exists(pid),
  };
}

/** Empty for a value that is no object: an unreadable lock is still a lock. */
function parseObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
