/** Runs commands on machines, for instance by SSH. */
export interface MachineAccess {
  /**
   * Runs a command. No shell is involved: each argument arrives as it is.
   *
   * @param machine such as `ps-0`
   * @throws LorError when the machine cannot be reached, refuses the key, or has another host key than the expected one
   */
  run(machine: string, command: readonly string[], options?: MachineCommandOptions): Promise<MachineAnswer>;
}

export interface MachineCommandOptions {
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** Limit, in milliseconds. Default 60000. */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
  /**
   * Prefers the key exchange that costs least processor time to the client's own choice, for many machines whose answers hold no secret: whoever records
   * them could read them with a quantum computer later. Default false.
   */
  readonly cheapKeyExchange?: boolean;
}

/** Option of OpenSSH's client for `cheapKeyExchange`. The post-quantum exchange of OpenSSH 9.0 takes ten times the client's processor time. */
export const cheapKeyExchange = ["-o", "KexAlgorithms=^curve25519-sha256"] as const;

/** Result of a command on a machine. */
export interface MachineAnswer {
  /** Exit code of the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Last line of a command's error output, which usually states why it failed; empty: it wrote none. */
export function reasonOf({ stderr }: Pick<MachineAnswer, "stderr">): string {
  return stderr.trim().split("\n").at(-1)?.trim() ?? "";
}

/** Default of `MachineCommandOptions.limit`, in milliseconds. */
export const defaultLimit = 60_000;
