import { randomUUID } from "node:crypto";
import { ExitCode, LorError } from "../core/errors.ts";
import {
  isWholeMachine,
  type Liveness,
  livenessOf,
  type MachineIdentity,
  type ProcessIdentity,
  processState,
  thisMachine,
  thisProcess,
} from "../os/process-identity.ts";
import { thisUser } from "../os/user.ts";
import type { SharedFiles } from "./shared-files.ts";

/** Who works on a stack; what a second command shows of the first. */
export interface StackLockHolder {
  readonly version: 1;
  /** Of this one acquisition; the engines it starts carry it as LOR_INFRA_RUN. */
  readonly id: string;
  readonly owner: string;
  readonly machine: MachineIdentity;
  readonly process: ProcessIdentity;
  /** What it does: `up`, `rush`, … */
  readonly operation: string;
  /** ISO 8601. */
  readonly since: string;
  readonly renewed: string;
  /** Given back by its holder; the file stays, so that its number is never used twice. */
  readonly released: boolean;
  /** Ids of dead holders whose engines and half-done work nobody has looked after yet. */
  readonly unsettled: readonly string[];
  /** When the first of them that is known to have died here took the lock, ISO 8601. */
  readonly unsettledSince?: string;
  /** When the last of them released its lock. Absent: it died with it. */
  readonly unsettledUntil?: string;
}

export interface LockClock {
  now(): Date;
}

export interface AcquireArgs {
  /** Of the stack; the lock's own are in a folder of them. */
  readonly files: SharedFiles;
  readonly operation: string;
  readonly clock: LockClock;
  /** Takes over from a holder on another machine once its lease has run out; a person decides that. Default: false. */
  readonly takeOver?: boolean;
  /** Runs before a lock is taken over from a dead holder of another machine: makes the copy of the state. */
  readonly beforeTakeOver?: (holder: StackLockHolder) => Promise<void>;
  /** Machine and process of the holder; tests stand for others. */
  readonly machine?: MachineIdentity;
  readonly process?: ProcessIdentity;
}

/** Seconds without a sign of life after which a person may take over from another machine. */
export const leaseSeconds = 60;
const renewSeconds = 15;
const folder = "lock";

/**
 * The lock of one stack: numbered files, of which the highest one counts. A number is taken by creating its file, which only one process can
 * win, also on a network file system or in a bucket; it is given back by a mark in the file. So a takeover can never remove a lock that
 * someone else has just taken, whatever is killed in between.
 *
 * What it does not protect from: a process that is paused, loses its lock to a person's takeover and wakes up inside an engine run. The
 * engine's backends have no fence against that; the chain of states finds it afterwards.
 */
export class StackLock {
  readonly holder: StackLockHolder;
  /** The dead holder that this lock was taken over from. */
  readonly previous: StackLockHolder | undefined;
  readonly #files: SharedFiles;
  readonly #number: number;
  readonly #clock: LockClock;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #released = false;
  #unsettled: readonly string[];
  #settled = false;
  /** Last time that others could see a sign of life, milliseconds. */
  #seen: number;
  /** One write at a time, in the order asked for. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(files: SharedFiles, number: number, holder: StackLockHolder, more: LockMore) {
    this.holder = holder;
    this.previous = more.previous;
    this.#files = files;
    this.#number = number;
    this.#clock = more.clock;
    this.#unsettled = holder.unsettled;
    this.#seen = Date.parse(holder.renewed);
    this.#timer = setInterval(() => void this.#keepAlive(), renewSeconds * 1000);
    this.#timer.unref();
  }

  /** Fails with `stack-locked` (exit 4) while another holder lives, or may live. */
  static async acquire(args: AcquireArgs): Promise<StackLock> {
    const { files, clock } = args;
    const machine = args.machine ?? thisMachine();
    for (;;) {
      const current = await readCurrent(files);
      const previous = current === undefined || current.holder.released ? undefined : current.holder;
      const diedHere = previous !== undefined && (await requireDead(previous, machine, args));
      const unsettled = [...(current?.holder.unsettled ?? []), ...(previous === undefined ? [] : [previous.id])];
      const began = current === undefined ? undefined : engineTimes(current.holder, diedHere, machine);
      const number = (current?.number ?? 0) + 1;
      const now = clock.now().toISOString();
      const holder: StackLockHolder = {
        version: 1,
        id: randomUUID(),
        owner: thisUser(),
        machine,
        process: args.process ?? thisProcess(),
        operation: args.operation,
        since: now,
        renewed: now,
        released: false,
        unsettled,
        ...began,
      };
      if (!(await files.create(lockFile(number), render(holder)))) {
        continue;
      }
      if ((await highest(files)) !== number) {
        // We looked, slept through someone's whole turn, and took a number that had been cleared away.
        await files.remove(lockFile(number));
        continue;
      }
      await removeBelow(files, number);
      return new StackLock(files, number, holder, { previous, clock });
    }
  }

  /** Aborted when another machine's takeover has ended this lock, or may have: nothing more may be started. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Ids of dead holders whose engines and half-done work are to be looked after before anything else. */
  get unsettled(): readonly string[] {
    return this.#unsettled;
  }

  /** When the first of them that is known to have died here took the lock: an engine's lock from then on may be of its engine. */
  get unsettledSince(): Date | undefined {
    const { unsettledSince } = this.holder;
    return this.#settled || unsettledSince === undefined ? undefined : new Date(unsettledSince);
  }

  /** When the last of them gave its lock back: no engine of theirs began later. Undefined: it died with the lock. */
  get unsettledUntil(): Date | undefined {
    const { unsettledUntil } = this.holder;
    return unsettledUntil === undefined ? undefined : new Date(unsettledUntil);
  }

  /** They have been looked after. */
  async settle(): Promise<void> {
    const open = this.#unsettled.length > 0 || this.unsettledSince !== undefined;
    this.#unsettled = [];
    this.#settled = true;
    if (open) await this.renew();
  }

  /** Looks whether the lock is still held; when not, `lost` is aborted. Asked before each thing that changes something. */
  async confirm(): Promise<void> {
    if (this.#released || this.#lost.signal.aborted) {
      return;
    }
    if ((await highest(this.#files)) !== this.#number) {
      this.#lose();
    }
  }

  /** Tells that the holder lives. Called by itself every 15 seconds. */
  async renew(): Promise<void> {
    await this.confirm();
    if (!this.#released && !this.#lost.signal.aborted) {
      await this.#write(false);
    }
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    if (this.#released || this.#lost.signal.aborted) {
      return;
    }
    await this.confirm();
    if (!this.#lost.signal.aborted) {
      this.#released = true;
      await this.#write(true);
    }
  }

  async #keepAlive(): Promise<void> {
    try {
      await this.renew();
    } catch {
      // Nobody sees that we live: once the lease is over, somebody may think us dead.
      if (this.#clock.now().getTime() - this.#seen > leaseSeconds * 1000) {
        this.#lose();
      }
    }
  }

  #lose(): void {
    clearInterval(this.#timer);
    this.#lost.abort();
  }

  async #write(released: boolean): Promise<void> {
    const write = async () => {
      // A renewal that is late must not undo the release.
      if (released || !this.#released) {
        const renewed = this.#clock.now();
        const { unsettledSince, unsettledUntil, ...own } = this.holder;
        const engines = {
          ...(unsettledSince === undefined ? {} : { unsettledSince }),
          ...(unsettledUntil === undefined ? {} : { unsettledUntil }),
        };
        const holder: StackLockHolder = {
          ...own,
          renewed: renewed.toISOString(),
          released,
          unsettled: this.#unsettled,
          ...(this.#settled ? {} : engines),
        };
        await this.#files.write(lockFile(this.#number), render(holder));
        this.#seen = renewed.getTime();
      }
    };
    const written = this.#writing.then(write);
    this.#writing = written.catch(() => undefined);
    await written;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.release();
  }
}

/**
 * When engines of earlier holders may have begun that died with their lock in the backend: from the first holder that nobody has
 * looked after, to the release of the last. A holder whose engine was killed ends by itself and releases its lock; the engine's stays.
 */
function engineTimes(
  { released, renewed, since, unsettledSince, machine }: StackLockHolder,
  diedHere: boolean,
  here: MachineIdentity,
): Pick<StackLockHolder, "unsettledSince" | "unsettledUntil"> {
  const ranHere = machine.boot === here.boot && machine.processes === here.processes;
  const from = unsettledSince ?? (diedHere || (released && ranHere) ? since : undefined);
  if (from === undefined) return {};
  return { unsettledSince: from, ...(released ? { unsettledUntil: renewed } : {}) };
}

interface LockMore {
  readonly previous: StackLockHolder | undefined;
  readonly clock: LockClock;
}

/** The lock of a stack, for `status` and `doctor`. */
export interface SeenLock {
  readonly holder: StackLockHolder;
  /** The holder is known to be dead. */
  readonly dead: boolean;
  /** Undefined while it renews its lock. */
  readonly silence: Silence | undefined;
}

/** A holder that has shown no sign of life for longer than it takes to renew the lock twice. */
interface Silence {
  /** Since when, and which process to look at. */
  readonly what: string;
  /** What to do about it. */
  readonly next: string;
}

export async function readLock(files: SharedFiles, now: Date = new Date()): Promise<SeenLock | undefined> {
  const holder = (await readCurrent(files))?.holder;
  if (holder === undefined || holder.released) {
    return undefined;
  }
  const here = thisMachine();
  const dead = judgeHolder(holder, here, now) === "dead";
  return { holder, dead, silence: dead ? undefined : silenceOf(holder, here, now) };
}

/**
 * Whether a holder lives. A name proves nothing: containers share it, and the installation's id too. It is dead for sure only where its process would be
 * seen, or when its machine has started anew: a whole machine (no container) of the same name and installation, silent for the lease.
 */
function judgeHolder({ machine, process, renewed }: StackLockHolder, here: MachineIdentity, now: Date): Liveness {
  if (machine.boot === here.boot) {
    return machine.processes === here.processes ? livenessOf(process) : "unknown";
  }
  const isRestarted =
    machine.host === here.host &&
    machine.id !== undefined &&
    machine.id === here.id &&
    isWholeMachine(machine) &&
    isWholeMachine(here);
  return isRestarted && leaseEnd(renewed) <= now ? "dead" : "unknown";
}

function leaseEnd(renewed: string): Date {
  return new Date(Date.parse(renewed) + leaseSeconds * 1000);
}

const stopped: Readonly<Record<string, string>> = {
  T: "is stopped by a signal (Ctrl-Z, kill -STOP)",
  t: "is stopped by a debugger",
  D: "waits for a disk or a network file system",
};

function silenceOf(holder: StackLockHolder, here: MachineIdentity, now: Date): Silence | undefined {
  const { machine, process, renewed } = holder;
  const seconds = Math.floor((now.getTime() - Date.parse(renewed)) / 1000);
  if (seconds < 2 * renewSeconds) return undefined;
  const since = `no sign of life for ${seconds} s, since ${renewed}`;
  if (machine.boot !== here.boot) {
    return {
      what: `${since}; process ${process.pid} ran on ${machine.host}, which is another machine or was restarted`,
      next: "look at that machine; when the process is dead for sure, run the same command again with --take-over",
    };
  }
  if (machine.processes !== here.processes) {
    return {
      what: `${since}; process ${process.pid} runs in the container ${machine.host} of this machine (${machine.processes})`,
      next: "look whether that container is paused; when it is dead for sure, run the same command again with --take-over",
    };
  }
  const state = processState(process.pid) ?? "hidden";
  const how = stopped[state] ?? "runs, but does not come to renew its lock";
  return {
    what: `${since}; process ${process.pid} ${how} (state ${state})`,
    next: /^t$/i.test(state)
      ? `kill -CONT ${process.pid} lets it go on, or kill -KILL ${process.pid} ends it; then run the same command again`
      : `look at it with ps -fp ${process.pid}; kill ${process.pid} ends it; then run the same command again`,
  };
}

/**
 * @returns whether the holder is known to be dead, and not only taken for it by a person
 * @throws LorError `stack-locked`
 */
async function requireDead(holder: StackLockHolder, here: MachineIdentity, args: AcquireArgs): Promise<boolean> {
  const now = args.clock.now();
  const liveness = judgeHolder(holder, here, now);
  if (liveness === "dead") return true;
  const leaseEnds = leaseEnd(holder.renewed);
  if (liveness === "unknown" && leaseEnds <= now && args.takeOver === true) {
    await args.beforeTakeOver?.(holder);
    return false;
  }
  const silence = silenceOf(holder, here, now);
  throw new LorError({
    code: "stack-locked",
    message: `the stack is being changed by ${describeHolder(holder)}`,
    exit: ExitCode.locked,
    culprit: "user",
    seen: silence === undefined ? `${holder.operation}, last sign of life ${holder.renewed}` : silence.what,
    accepted:
      liveness === "alive"
        ? "wait until it ends"
        : `wait until it ends, or until ${leaseEnds.toISOString()} when it is dead`,
    next:
      silence?.next ??
      (liveness === "alive"
        ? "run the same command again when it has ended"
        : "run the same command again; when that process is dead for sure, with --take-over"),
  });
}

/** `lor-infra rush` of anne on atelier (process 123) since …: for people. */
export function describeHolder({ operation, owner, machine, process, since }: StackLockHolder): string {
  return `\`lor-infra ${operation}\` of ${owner} on ${machine.host} (process ${process.pid}) since ${since}`;
}

/** The holder, and since when it shows no sign of life. */
export function describeLock({ holder, silence }: SeenLock): string {
  return silence === undefined ? describeHolder(holder) : `${describeHolder(holder)}; ${silence.what}`;
}

async function readCurrent(
  files: SharedFiles,
): Promise<{ readonly number: number; readonly holder: StackLockHolder } | undefined> {
  for (;;) {
    const number = await highest(files);
    if (number === undefined) {
      return undefined;
    }
    const path = lockFile(number);
    const text = await files.read(path);
    if (text !== undefined) {
      return { number, holder: parseHolder(text, files.where(path)) };
    }
    // A higher number came and cleared this one away while we looked.
  }
}

function parseHolder(text: string, path: string): StackLockHolder {
  let holder: Partial<StackLockHolder> | null | undefined;
  try {
    holder = JSON.parse(text) as Partial<StackLockHolder> | null;
  } catch {
    // Told below.
  }
  if (holder?.version === 1 && holder.machine !== undefined && holder.process !== undefined) {
    return holder as StackLockHolder;
  }
  const isOther = typeof holder?.version === "number" && holder.version !== 1;
  throw new LorError({
    code: "lock-unreadable",
    message: isOther
      ? `the lock has version ${holder?.version}: another version of lor-infra wrote it`
      : "the lock file is not one that lor-infra wrote",
    exit: ExitCode.locked,
    culprit: isOther ? "tool" : "user",
    seen: path,
    accepted: "a lock of version 1",
    next: isOther
      ? "run the command with the version that holds the lock"
      : `end every other run on this stack, delete ${path}, then run the same command again`,
  });
}

async function highest(files: SharedFiles): Promise<number | undefined> {
  const all = await existing(files);
  return all.length === 0 ? undefined : Math.max(...all);
}

async function existing(files: SharedFiles): Promise<readonly number[]> {
  return (await files.list(folder))
    .map((name) => /^(\d+)\.json$/.exec(name)?.[1])
    .flatMap((digits) => (digits === undefined ? [] : [Number(digits)]));
}

async function removeBelow(files: SharedFiles, number: number): Promise<void> {
  for (const lower of (await existing(files)).filter((one) => one < number)) {
    await files.remove(lockFile(lower));
  }
}

function lockFile(number: number): string {
  return `${folder}/${number}.json`;
}

function render(holder: StackLockHolder): string {
  return `${JSON.stringify(holder, null, 2)}\n`;
}
