import { LorError } from "../../core/errors.ts";
import type { Clock } from "../../os/clock.ts";
import { poll } from "../../os/poll.ts";
import type { MachineAccess } from "../../remote/machine-access.ts";

/** Time in which a machine that starts can be reached, in milliseconds. */
const startLimit = 240_000;
/** Pause between two tries, in milliseconds. */
const tryEvery = 5_000;

/** Failures of machines and bastions that are still starting. */
const startingCodes: readonly string[] = ["bastion-unreachable", "host-key-unknown", "machine-unreachable"];

interface AwaitMachineArgs {
  readonly access: MachineAccess;
  /** Such as `ps-0`. */
  readonly machine: string;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
  /** Called once with what is waited for, when the machine does not answer at once. */
  readonly onWait: (text: string) => void;
}

/**
 * Waits until somebody can run a command on a machine: for its host keys, the bastion and its SSH server, at most four minutes.
 * @throws LorError what the last try threw; at once what waiting does not change, such as `ssh-key-refused`
 */
export async function awaitMachine({ access, machine, clock, signal, onWait }: AwaitMachineArgs): Promise<void> {
  let told = false;
  const look = async (): Promise<LorError | undefined> => {
    try {
      await access.run(machine, ["true"], { signal });
      return undefined;
    } catch (error) {
      if (!(error instanceof LorError) || !startingCodes.includes(error.code)) throw error;
      if (!told) onWait(`Waiting for ${machine}, at most ${startLimit / 60_000} min: ${error.message}.`);
      told = true;
      return error;
    }
  };
  const { seen } = await poll({
    look,
    good: (failure) => failure === undefined,
    interval: tryEvery,
    limit: startLimit,
    clock,
    signal,
  });
  if (seen !== undefined) throw seen;
}
