import { messageOf } from "../core/errors.ts";
import { readApplication } from "./application-state.ts";
import type { StackContext } from "./stack-context.ts";

/** Why a machine is not healthy, in its own words. */
export interface MachineReason {
  /** A sentence for a message. */
  readonly text: string;
  /** The command that resolves it; undefined: none is known. */
  readonly next: string | undefined;
}

/**
 * Asks a machine why it is not healthy.
 * @returns undefined where machines cannot be asked: without the settings' section `access`, on a local cloud that simulates them, and before
 *   the bastion exists
 */
export async function machineReason(
  { machines, emit }: Pick<StackContext, "machines" | "emit">,
  name: string,
): Promise<MachineReason | undefined> {
  try {
    const access = await machines?.();
    if (access === undefined) return undefined;
    const { health, installed, state, reasons } = await readApplication(access, name);
    if (installed === false) {
      return { text: `${name} says: the application is not installed`, next: "lor-infra app install" };
    }
    // Health is why it does not serve; a configuration that was not applied may be the cause.
    const waiting =
      state === null || state === "applied" ? undefined : (reasons.state ?? `its configuration is ${state}`);
    const own = health === "ok" ? waiting : health;
    return own === undefined ? undefined : { text: `${name} says: ${own}`, next: undefined };
  } catch (error) {
    emit({
      kind: "warning",
      code: "machine-not-asked",
      message: `${name} could not be asked why: ${messageOf(error)}`,
    });
    return undefined;
  }
}
