import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { ExitCode, LorError } from "../core/errors.ts";
import { createExclusively, readIfThere, writeAtomically } from "../os/atomic-file.ts";
import { systemClock } from "../os/host.ts";
import { poll } from "../os/poll.ts";
import { isAlive, type ProcessIdentity, thisMachine, thisProcess } from "../os/process-identity.ts";

interface Holder {
  readonly process: ProcessIdentity;
  /** Host, boot and process namespace: processes can only be compared within the same ones. */
  readonly machine: string;
  readonly released: boolean;
}

export interface BuildLockArgs {
  /** Folder of the lock's files. */
  readonly folder: string;
  /** Called after each wait: another process may have built the result already. */
  readonly done: () => boolean;
  /** Called once when another process holds the lock. */
  readonly onWait: (holder: number) => void;
  readonly signal?: AbortSignal | undefined;
}

const pollMilliseconds = 200;

/** Age after which a holder in another container on the same cache, whose process cannot be checked, is considered dead: no build takes longer. */
const unjudgedMilliseconds = 60 * 60 * 1000;

/**
 * Allows one builder at a time. The lock is a sequence of numbered files, of which the highest counts. A number is acquired by an exclusive link,
 * which only one process can create, so the takeover from a dead holder can never remove a lock that another process has just acquired.
 */
export class BuildLock {
  readonly #path: string;
  readonly #holder: Holder;

  private constructor(path: string, holder: Holder) {
    this.#path = path;
    this.#holder = holder;
  }

  /** Waits for the lock. Undefined when `done` reports that there is nothing left to do. */
  static async acquire(args: BuildLockArgs): Promise<BuildLock | undefined> {
    mkdirSync(args.folder, { recursive: true });
    const holder: Holder = { process: thisProcess(), machine: machineName(), released: false };
    let told = false;
    const attempt = () => {
      if (args.done()) return "done";
      const highest = highestNumber(args.folder);
      const current = readHolder(join(args.folder, `${highest}.json`));
      if (current === undefined || !holds(current, join(args.folder, `${highest}.json`))) {
        const path = join(args.folder, `${highest + 1}.json`);
        // Another process may have acquired this number meanwhile.
        if (!createExclusively(path, JSON.stringify(holder))) return undefined;
        removeBelow(args.folder, highest + 1);
        return new BuildLock(path, holder);
      }
      if (!told) {
        told = true;
        args.onWait(current.process.pid);
      }
      return undefined;
    };
    const { signal } = args;
    const isOver = (result: "done" | BuildLock | undefined) => result !== undefined;
    const wait = { interval: pollMilliseconds, limit: Number.POSITIVE_INFINITY, clock: systemClock, signal };
    try {
      const { seen } = await poll({ ...wait, look: attempt, good: isOver });
      return seen === "done" ? undefined : seen;
    } catch (error) {
      throw signal?.aborted === true ? installStopped() : error;
    }
  }

  release(): void {
    writeAtomically(this.#path, JSON.stringify({ ...this.#holder, released: true }));
  }
}

function machineName(): string {
  const { host, boot, processes } = thisMachine();
  return `${host} ${boot} ${processes}`;
}

function holds(holder: Holder, path: string): boolean {
  if (holder.released) {
    return false;
  }
  return holder.machine === machineName()
    ? isAlive(holder.process)
    : systemClock.now().getTime() - statSync(path).mtimeMs < unjudgedMilliseconds;
}

function highestNumber(folder: string): number {
  return Math.max(0, ...numbers(folder));
}

function numbers(folder: string): readonly number[] {
  return readdirSync(folder).flatMap((name) => {
    const number = /^(\d+)\.json$/.exec(name)?.[1];
    return number === undefined ? [] : [Number(number)];
  });
}

function removeBelow(folder: string, number: number): void {
  for (const old of numbers(folder).filter((one) => one < number)) {
    rmSync(join(folder, `${old}.json`), { force: true });
  }
}

function readHolder(path: string): Holder | undefined {
  const text = readIfThere(path);
  return text === undefined ? undefined : (JSON.parse(text) as Holder);
}

/** The caller cancelled before an engine was available. */
export function installStopped(): LorError {
  return new LorError({
    code: "cancelled",
    message: "the installation of the engine was cancelled; no partial files are left",
    exit: ExitCode.failed,
    culprit: "user",
    next: "lor-infra engine install",
  });
}
