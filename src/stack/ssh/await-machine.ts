import { LorError } from "../../core/errors.ts";
import type { Clock } from "../../os/clock.ts";
import { poll } from "../../os/poll.ts";

/** Time in which a machine that starts can be reached, in milliseconds. */
const startLimit = 240_000;
/** Pause between two tries, in milliseconds. */
const tryEvery = 5_000;

/** Failures of machines and bastions that are still starting. After each of them nothing has run on the machine. */
const startingCodes: readonly string[] = ["bastion-unreachable", "host-key-unknown", "machine-unreachable"];

export interface Patience {
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called once for a machine that does not answer at once, with what is waited for. Absent: nothing is waited for. */
  readonly onWait?: ((text: string) => void) | undefined;
}

/**
 * Does something on a machine, and waits at most four minutes until it can be reached: for its host keys, the bastion and its SSH server.
 * @param machine such as `ps-0`, for messages
 * @param work repeated until it gets through
 * @throws LorError what the last try threw; at once what waiting does not change, such as `ssh-key-refused`
 */
export async function onceReachable<T>(machine: string, patience: Patience, work: () => Promise<T>): Promise<T> {
  const { clock, signal, onWait } = patience;
  if (onWait === undefined) return await work();
  let told = false;
  const look = async (): Promise<{ readonly result: T } | { readonly failure: LorError }> => {
    try {
      return { result: await work() };
    } catch (error) {
      if (!(error instanceof LorError) || !startingCodes.includes(error.code)) throw error;
      if (!told) onWait(waiting(machine, error));
      told = true;
      return { failure: error };
    }
  };
  const { seen } = await poll({
    look,
    good: (found) => "result" in found,
    interval: tryEvery,
    limit: startLimit,
    clock,
    signal,
  });
  if ("failure" in seen) throw seen.failure;
  return seen.result;
}

function waiting(machine: string, { message }: LorError): string {
  return `Waiting for ${machine}, which may be starting, at most ${startLimit / 60_000} min (Ctrl-C or --no-wait: not at all): ${message}.`;
}
