/** Result of a command on a machine. */
export interface MachineAnswer {
  /** Exit code of the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface MachineCommandOptions {
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** Limit, in milliseconds. Default 60000. */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
}

/** Runs commands on the machines of a stack. */
export interface MachineAccess {
  /**
   * Runs a command as the user of the machine's administrators. No shell is involved: each argument arrives as it is.
   * @param machine such as `ps-0`
   * @throws LorError `machine-unknown`, `bastion-unreachable`, `machine-unreachable`, `host-key-changed`, `host-key-unknown`,
   *   `ssh-key-refused`
   */
  run(machine: string, command: readonly string[], options?: MachineCommandOptions): Promise<MachineAnswer>;
}
