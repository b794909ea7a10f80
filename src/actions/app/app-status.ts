import { LorError } from "../../core/errors.ts";
import { mapInParallel } from "../../core/map-in-parallel.ts";
import type { MachineAccess } from "../../remote/machine-access.ts";
import { type ApplicationState, readApplication } from "../../stack/application-state.ts";
import { onceReachable, type Patience } from "../../stack/ssh/await-machine.ts";

/** The application of one machine. */
export interface MachineApplication {
  readonly machine: string;
  /** Such as `shop` or `erp`. */
  readonly application: string;
  /** Undefined: the machine could not be asked, see `failure`. */
  readonly state: ApplicationState | undefined;
  readonly failure: LorError | undefined;
}

export interface AppStatusResult {
  readonly machines: readonly MachineApplication[];
  /** Whether every machine was asked, has its application installed, and serves. */
  readonly works: boolean;
}

/** A bastion drops some of more connections that log in at the same time (MaxStartups of OpenSSH's server). */
const most = 8;

/** Asks machines about their applications, side by side, and waits for those that cannot be reached yet. */
export async function appStatus(
  access: MachineAccess,
  machines: readonly { readonly name: string; readonly application: string }[],
  patience: Patience,
): Promise<AppStatusResult> {
  const asked = await mapInParallel(machines, most, async ({ name, application }): Promise<MachineApplication> => {
    try {
      const state = await onceReachable(name, patience, () => readApplication(access, name));
      return { machine: name, application, state, failure: undefined };
    } catch (error) {
      if (!(error instanceof LorError)) throw error;
      return { machine: name, application, state: undefined, failure: error };
    }
  });
  return {
    machines: asked,
    works: asked.length > 0 && asked.every(({ state }) => state !== undefined && isWorking(state)),
  };
}

function isWorking({ health, installed }: ApplicationState): boolean {
  return health === "ok" && installed === true;
}
