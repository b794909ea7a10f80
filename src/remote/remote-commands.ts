/** Runs commands on machines, for instance by SSH. */
export interface RemoteCommands {
  /**
   * Runs a command. No shell is involved: each argument arrives as it is.
   *
   * @param machine name of the machine.
   * @throws LorError when the machine cannot be reached, or its host key is not the expected one.
   */
  run(machine: string, command: readonly string[], options?: RemoteCommandOptions): Promise<RemoteAnswer>;
}

export interface RemoteCommandOptions {
  /** Standard input. Default: empty. */
  readonly input?: string;
  /** Limit, in milliseconds. Default 60000. */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
}

export interface RemoteAnswer {
  /** Exit code of the command. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}
