import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { ExitCode, LorError } from "../core/errors.ts";
import {
  isAlive,
  type MachineIdentity,
  type ProcessIdentity,
  thisMachine,
  thisProcess,
} from "../os/process-identity.ts";
import type { SharedFiles } from "./shared-files.ts";

/** Who works on a stack; what a second command shows of the first. */
export interface LockHolder {
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
  readonly beforeTakeOver?: (holder: LockHolder) => Promise<void>;
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
  readonly holder: LockHolder;
  /** The dead holder that this lock was taken over from. */
  readonly previous: LockHolder | undefined;
  readonly #files: SharedFiles;
  readonly #number: number;
  readonly #clock: LockClock;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #released = false;
  #unsettled: readonly string[];
  /** Last time that others could see a sign of life, milliseconds. */
  #seen: number;
  /** One write at a time, in the order asked for. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(files: SharedFiles, number: number, holder: LockHolder, more: LockMore) {
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
      if (previous !== undefined) {
        await refuseUnlessDead(previous, machine, args);
      }
      const unsettled = [...(current?.holder.unsettled ?? []), ...(previous === undefined ? [] : [previous.id])];
      const number = (current?.number ?? 0) + 1;
      const now = clock.now().toISOString();
      const holder: LockHolder = {
        version: 1,
        id: randomUUID(),
        owner: userInfo().username,
        machine,
        process: args.process ?? thisProcess(),
        operation: args.operation,
        since: now,
        renewed: now,
        released: false,
        unsettled,
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

  /** They have been looked after. */
  async settle(): Promise<void> {
    if (this.#unsettled.length > 0) {
      this.#unsettled = [];
      await this.renew();
    }
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
        const holder = { ...this.holder, renewed: renewed.toISOString(), released, unsettled: this.#unsettled };
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

interface LockMore {
  readonly previous: LockHolder | undefined;
  readonly clock: LockClock;
}

/** Who holds the lock of a stack, and whether that holder is known to be dead; for `status` and `doctor`. */
export async function readLock(
  files: SharedFiles,
): Promise<{ readonly holder: LockHolder; readonly dead: boolean } | undefined> {
  const holder = (await readCurrent(files))?.holder;
  if (holder === undefined || holder.released) {
    return undefined;
  }
  return { holder, dead: isDead(holder, thisMachine()) };
}

/** Only on its own machine can a process be known to be dead. */
function isDead(holder: LockHolder, here: MachineIdentity): boolean {
  if (!isSameMachine(holder.machine, here)) {
    return false;
  }
  if (holder.machine.boot !== here.boot) {
    return true;
  }
  return holder.machine.processes === here.processes && !isAlive(holder.process);
}

/** Two machines may have one name, so the installation's id decides where both have one. */
function isSameMachine(a: MachineIdentity, b: MachineIdentity): boolean {
  return a.host === b.host && (a.id === undefined || b.id === undefined || a.id === b.id);
}

async function refuseUnlessDead(holder: LockHolder, here: MachineIdentity, args: AcquireArgs): Promise<void> {
  if (isDead(holder, here)) {
    return;
  }
  const sameMachine = isSameMachine(holder.machine, here) && holder.machine.processes === here.processes;
  const leaseEnds = new Date(Date.parse(holder.renewed) + leaseSeconds * 1000);
  const expired = leaseEnds <= args.clock.now();
  if (!sameMachine && expired && args.takeOver === true) {
    await args.beforeTakeOver?.(holder);
    return;
  }
  throw new LorError({
    code: "stack-locked",
    message: `the stack is being changed by ${describeHolder(holder)}`,
    exit: ExitCode.locked,
    culprit: "user",
    seen: `${holder.operation}, last sign of life ${holder.renewed}`,
    accepted: sameMachine
      ? "wait until it ends"
      : `wait until it ends, or until ${leaseEnds.toISOString()} when it is dead`,
    next: sameMachine
      ? "run the same command again when it has ended"
      : "run the same command again; when that machine is dead for sure, with --take-over",
  });
}

/** `lor-infra rush` of anne on atelier (process 123) since …: for people. */
export function describeHolder({ operation, owner, machine, process, since }: LockHolder): string {
  return `\`lor-infra ${operation}\` of ${owner} on ${machine.host} (process ${process.pid}) since ${since}`;
}

async function readCurrent(
  files: SharedFiles,
): Promise<{ readonly number: number; readonly holder: LockHolder } | undefined> {
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

function parseHolder(text: string, path: string): LockHolder {
  let holder: Partial<LockHolder> | null | undefined;
  try {
    holder = JSON.parse(text) as Partial<LockHolder> | null;
  } catch {
    // Told below.
  }
  if (holder?.version === 1 && holder.machine !== undefined && holder.process !== undefined) {
    return holder as LockHolder;
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

function render(holder: LockHolder): string {
  return `${JSON.stringify(holder, null, 2)}\n`;
}
