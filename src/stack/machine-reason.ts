import { LorError, messageOf } from "../core/errors.ts";
import { readApplication } from "./application-state.ts";
import type { StackContext } from "./stack-context.ts";

/** Why a machine is not healthy, in its own words, or why it could not be asked. */
export interface MachineReason {
  /** A sentence for a message. */
  readonly text: string;
  /** The command that resolves it; undefined: none is known. */
  readonly next: string | undefined;
  /**
   * `person`: it waits for `next`. The others could not be asked: `starting`, as while it starts; `refused`, which may end when it has its
   * configuration; `keyless`, which no waiting changes.
   */
  readonly kind: "told" | "person" | "starting" | "refused" | "keyless";
}

/** Failures that end by themselves when a machine has started. */
const startingCodes: readonly string[] = [
  "bastion-unreachable",
  "host-key-unknown",
  "machine-answer",
  "machine-missing",
  "machine-unreachable",
];

/**
 * Asks a machine why it is not healthy.
 * @returns undefined when it knows no reason, and where nobody can log in: without the settings' section `access`, on a local cloud that simulates
 *   machines, and before the bastion exists
 */
export async function machineReason(
  { machines }: Pick<StackContext, "machines">,
  name: string,
): Promise<MachineReason | undefined> {
  try {
    const access = await machines?.();
    if (access === undefined) return undefined;
    const { health, installed, state, reasons } = await readApplication(access, name);
    if (installed === false) {
      return {
        text: `${name} says: the application is not installed`,
        next: "lor-infra app install",
        kind: "person",
      };
    }
    // Health is why it does not serve; a configuration that was not applied may be the cause.
    const waiting =
      state === null || state === "applied" ? undefined : (reasons.state ?? `its configuration is ${state}`);
    const own = health === "ok" ? waiting : health;
    return own === undefined ? undefined : { text: `${name} says: ${own}`, next: undefined, kind: "told" };
  } catch (error) {
    return {
      text: `${name} could not be asked why: ${messageOf(error)}${error instanceof LorError && error.seen !== undefined ? ` (${error.seen})` : ""}`,
      next: error instanceof LorError ? error.next : undefined,
      kind: failureKind(error),
    };
  }
}

function failureKind(error: unknown): "starting" | "refused" | "keyless" {
  if (!(error instanceof LorError)) return "refused";
  if (error.code === "ssh-key-missing") return "keyless";
  return startingCodes.includes(error.code) ? "starting" : "refused";
}
