import { randomUUID } from "node:crypto";
import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { userInfo } from "node:os";
import { join } from "node:path";
import { ExitCode, LorError } from "../core/errors.ts";
import { createExclusively, readIfThere, writeAtomically } from "./atomic-file.ts";
import { isAlive, type MachineIdentity, type ProcessIdentity, thisMachine, thisProcess } from "./process-identity.ts";

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
  /** Folder of the lock's files. */
  readonly folder: string;
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

/**
 * The lock of one stack: numbered files, of which the highest one counts. A number is taken by an exclusive link, which only one process can
 * win, also on a network file system; it is given back by a mark in the file. So a takeover can never remove a lock that someone else
 * has just taken, whatever is killed in between.
 *
 * What it does not protect from: a process that is paused, loses its lock to a person's takeover and wakes up inside an operation.
 * The engine's file backend has no fence against that.
 */
export class StackLock {
  readonly holder: LockHolder;
  /** The dead holder that this lock was taken over from. */
  readonly previous: LockHolder | undefined;
  readonly #path: string;
  readonly #folder: string;
  readonly #number: number;
  readonly #clock: LockClock;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #released = false;
  #unsettled: readonly string[];

  private constructor(
    folder: string,
    number: number,
    holder: LockHolder,
    previous: LockHolder | undefined,
    clock: LockClock,
  ) {
    this.holder = holder;
    this.previous = previous;
    this.#folder = folder;
    this.#number = number;
    this.#path = lockFile(folder, number);
    this.#clock = clock;
    this.#unsettled = holder.unsettled;
    this.#timer = setInterval(() => this.renew(), renewSeconds * 1000);
    this.#timer.unref();
  }

  /** Fails with `stack-locked` (exit 4) while another holder lives, or may live. */
  static async acquire(args: AcquireArgs): Promise<StackLock> {
    const { folder, clock } = args;
    const machine = args.machine ?? thisMachine();
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const current = readCurrent(folder);
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
      if (!createExclusively(lockFile(folder, number), render(holder))) {
        continue;
      }
      if (highest(folder) !== number) {
        // We looked, slept through someone's whole turn, and took a number that had been cleared away.
        rmSync(lockFile(folder, number), { force: true });
        continue;
      }
      removeBelow(folder, number);
      return new StackLock(folder, number, holder, previous, clock);
    }
  }

  /** Aborted when another machine's takeover has ended this lock: nothing more may be started. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Ids of dead holders whose engines and half-done work are to be looked after before anything else. */
  get unsettled(): readonly string[] {
    return this.#unsettled;
  }

  /** They have been looked after. */
  settle(): void {
    if (this.#unsettled.length > 0) {
      this.#unsettled = [];
      this.renew();
    }
  }

  /** Tells that the holder lives. Called by itself every 15 seconds. */
  renew(): void {
    if (this.#released || this.#lost.signal.aborted) {
      return;
    }
    if (highest(this.#folder) !== this.#number) {
      clearInterval(this.#timer);
      this.#lost.abort();
      return;
    }
    this.#write(false);
  }

  release(): void {
    clearInterval(this.#timer);
    if (this.#released || this.#lost.signal.aborted) {
      return;
    }
    this.#released = true;
    if (highest(this.#folder) === this.#number) {
      this.#write(true);
    }
  }

  #write(released: boolean): void {
    const renewed = this.#clock.now().toISOString();
    writeAtomically(this.#path, render({ ...this.holder, renewed, released, unsettled: this.#unsettled }));
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** Who holds the lock of a stack, and whether that holder is known to be dead; for `status` and `doctor`. */
export function readLock(folder: string): { readonly holder: LockHolder; readonly dead: boolean } | undefined {
  const holder = readCurrent(folder)?.holder;
  if (holder === undefined || holder.released) {
    return undefined;
  }
  return { holder, dead: isDead(holder, thisMachine()) };
}

/** Only on its own machine can a process be known to be dead. */
function isDead(holder: LockHolder, here: MachineIdentity): boolean {
  if (holder.machine.host !== here.host) {
    return false;
  }
  if (holder.machine.boot !== here.boot) {
    return true;
  }
  return holder.machine.processes === here.processes && !isAlive(holder.process);
}

async function refuseUnlessDead(holder: LockHolder, here: MachineIdentity, args: AcquireArgs): Promise<void> {
  if (isDead(holder, here)) {
    return;
  }
  const sameMachine = holder.machine.host === here.host && holder.machine.processes === here.processes;
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

function readCurrent(folder: string): { readonly number: number; readonly holder: LockHolder } | undefined {
  for (;;) {
    const number = highest(folder);
    if (number === undefined) {
      return undefined;
    }
    const text = readIfThere(lockFile(folder, number));
    if (text !== undefined) {
      return { number, holder: parseHolder(text, lockFile(folder, number)) };
    }
    // A higher number came and cleared this one away while we looked.
  }
}

function parseHolder(text: string, path: string): LockHolder {
  const holder = JSON.parse(text) as LockHolder;
  if (holder.version !== 1) {
    throw new LorError({
      code: "lock-unreadable",
      message: "the lock was written by another version of lor-infra",
      exit: ExitCode.locked,
      culprit: "tool",
      seen: path,
      next: "run the command with the version that holds the lock",
    });
  }
  return holder;
}

function highest(folder: string): number | undefined {
  const all = existing(folder);
  return all.length === 0 ? undefined : Math.max(...all);
}

function existing(folder: string): readonly number[] {
  let names: readonly string[];
  try {
    names = readdirSync(folder);
  } catch {
    // No command has taken the lock yet.
    return [];
  }
  return names
    .map((name) => /^(\d+)\.json$/.exec(name)?.[1])
    .flatMap((digits) => (digits === undefined ? [] : [Number(digits)]));
}

function removeBelow(folder: string, number: number): void {
  for (const lower of existing(folder).filter((one) => one < number)) {
    rmSync(lockFile(folder, lower), { force: true });
  }
}

function lockFile(folder: string, number: number): string {
  return join(folder, `${number}.json`);
}

function render(holder: LockHolder): string {
  return `${JSON.stringify(holder, null, 2)}\n`;
}
