import { ExitCode, LorError } from "../core/errors.ts";
import { host } from "../os/host.ts";
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

/** Holder of a stack's lock, as other commands display it. */
export interface StackLockHolder {
  readonly version: 1;
  /** Id of this acquisition; the engines it starts carry it as LOR_INFRA_RUN. */
  readonly id: string;
  readonly owner: string;
  readonly machine: MachineIdentity;
  readonly process: ProcessIdentity;
  /** Operation of the holder: `up`, `rush`, … */
  readonly operation: string;
  /** ISO 8601. */
  readonly since: string;
  readonly renewed: string;
  /** Released by its holder; the file stays, so that its number is never used twice. */
  readonly released: boolean;
  /** Ids of dead holders that still need recovery. */
  readonly unsettled: readonly string[];
  /** When the first of them that died on this machine took the lock, ISO 8601. */
  readonly unsettledSince?: string;
  /** When the last of them released its lock. Absent: it died while holding it. */
  readonly unsettledUntil?: string;
}

export interface LockClock {
  now(): Date;
}

export interface AcquireArgs {
  /** Shared files of the stack; the lock uses a folder of its own. */
  readonly files: SharedFiles;
  readonly operation: string;
  readonly clock: LockClock;
  /** Takes over from a holder on another machine whose lease has expired; a person decides that. Default: false. */
  readonly takeOver?: boolean;
  /** Called before a takeover from a dead holder of another machine: copies the state. */
  readonly beforeTakeOver?: (holder: StackLockHolder) => Promise<void>;
  /** Machine and process of the holder; tests replace them. */
  readonly machine?: MachineIdentity;
  readonly process?: ProcessIdentity;
}

/** Lease, in seconds: without a renewal for so long, a person may take over from another machine. */
export const leaseSeconds = 60;
const renewSeconds = 15;
const folder = "lock";

/**
 * The lock of one stack: numbered files, of which the highest counts. A number is acquired by creating its file, which succeeds for one process
 * only, also on a network file system or in a bucket; it is released by a mark in the file. A takeover can therefore never remove a lock that
 * another process has just acquired, whatever is killed in between.
 * It does not protect from a process that is paused, loses its lock to a person's takeover and resumes inside an engine run. The engine's backends
 * have no fencing; the chain of states detects it afterwards.
 */
export class StackLock {
  readonly holder: StackLockHolder;
  /** The dead holder that this lock was taken over from. */
  readonly previous: StackLockHolder | undefined;
  readonly #files: SharedFiles;
  readonly #number: number;
  readonly #clock: LockClock;
  readonly #lost = new AbortController();
  readonly #stopRenewing: () => void;
  #released = false;
  #unsettled: readonly string[];
  #settled = false;
  /** Time of the last renewal that others could see, in milliseconds. */
  #seen: number;
  /** Writes are sequential, in the order of the calls. */
  #writing: Promise<void> = Promise.resolve();

  private constructor(files: SharedFiles, number: number, holder: StackLockHolder, more: LockMore) {
    this.holder = holder;
    this.previous = more.previous;
    this.#files = files;
    this.#number = number;
    this.#clock = more.clock;
    this.#unsettled = holder.unsettled;
    this.#seen = Date.parse(holder.renewed);
    this.#stopRenewing = host().every(renewSeconds * 1000, () => void this.#keepAlive());
  }

  /** Throws `stack-locked` (exit 4) while another holder is alive, or may be. */
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
        id: host().randomUUID(),
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
        // Between check and creation another process held and cleared this number.
        await files.remove(lockFile(number));
        continue;
      }
      await removeBelow(files, number);
      return new StackLock(files, number, holder, { previous, clock });
    }
  }

  /** Aborted when a takeover by another machine has ended this lock, or may have: nothing more may be started. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Ids of dead holders that need recovery before anything else. */
  get unsettled(): readonly string[] {
    return this.#unsettled;
  }

  /** When the first of them that died on this machine took the lock: an engine's lock after that time may be of its engine. */
  get unsettledSince(): Date | undefined {
    const { unsettledSince } = this.holder;
    return this.#settled || unsettledSince === undefined ? undefined : new Date(unsettledSince);
  }

  /** When the last of them released its lock: none of their engines started later. Undefined: it died while holding it. */
  get unsettledUntil(): Date | undefined {
    const { unsettledUntil } = this.holder;
    return unsettledUntil === undefined ? undefined : new Date(unsettledUntil);
  }

  /** Marks the dead holders as recovered. */
  async settle(): Promise<void> {
    const open = this.#unsettled.length > 0 || this.unsettledSince !== undefined;
    this.#unsettled = [];
    this.#settled = true;
    if (open) await this.renew();
  }

  /** Checks that the lock is still held, and aborts `lost` when it is not. Called before every change. */
  async confirm(): Promise<void> {
    if (this.#released || this.#lost.signal.aborted) {
      return;
    }
    if ((await highest(this.#files)) !== this.#number) {
      this.#lose();
    }
  }

  /** Renews the lease. Called automatically every 15 seconds. */
  async renew(): Promise<void> {
    await this.confirm();
    if (!this.#released && !this.#lost.signal.aborted) {
      await this.#write(false);
    }
  }

  async release(): Promise<void> {
    this.#stopRenewing();
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
      // The renewal is not visible to others: once the lease has expired, another process may consider this one dead.
      if (this.#clock.now().getTime() - this.#seen > leaseSeconds * 1000) {
        this.#lose();
      }
    }
  }

  #lose(): void {
    this.#stopRenewing();
    this.#lost.abort();
  }

  async #write(released: boolean): Promise<void> {
    const write = async () => {
      // A late renewal must not undo the release.
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
 * Period in which engines of earlier holders may have started whose lock is left in the backend: from the first holder that was not recovered to
 * the release of the last. A holder whose engine was killed ends normally and releases its lock, while the engine's lock stays.
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

/** Lock of a stack, for `status` and `doctor`. */
export interface SeenLock {
  readonly holder: StackLockHolder;
  /** The holder is proven dead. */
  readonly dead: boolean;
  /** Undefined while it renews its lock. */
  readonly silence: Silence | undefined;
}

/** A holder that has missed two renewals. */
interface Silence {
  /** Since when, and which process to inspect. */
  readonly what: string;
  /** Next command. */
  readonly next: string;
}

export async function readLock(files: SharedFiles, now: Date = host().clock.now()): Promise<SeenLock | undefined> {
  const holder = (await readCurrent(files))?.holder;
  if (holder === undefined || holder.released) {
    return undefined;
  }
  const here = thisMachine();
  const dead = judgeHolder(holder, here, now) === "dead";
  return { holder, dead, silence: dead ? undefined : silenceOf(holder, here, now) };
}

/**
 * Whether a holder is alive. A host name proves nothing, because containers share it, and so do the ids of an installation. A holder is certainly
 * dead only where its process would be visible, or when its machine has rebooted: a whole machine (no container) of the same name and installation
 * whose lease has expired.
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
 * @returns whether the holder is proven dead, and not only declared dead by a person
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

/** Such as `lor-infra rush of anne on atelier (process 123) since …`. */
export function describeHolder({ operation, owner, machine, process, since }: StackLockHolder): string {
  return `\`lor-infra ${operation}\` of ${owner} on ${machine.host} (process ${process.pid}) since ${since}`;
}

/** The holder, and since when it has missed its renewals. */
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
    // A higher number was created and this one cleared away meanwhile.
  }
}

function parseHolder(text: string, path: string): StackLockHolder {
  let holder: Partial<StackLockHolder> | null | undefined;
  try {
    holder = JSON.parse(text) as Partial<StackLockHolder> | null;
  } catch {
    // Reported below.
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
