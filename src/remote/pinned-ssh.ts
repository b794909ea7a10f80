/** How a machine is logged in to. */
export interface PinnedSshArgs {
  /** File of the known host keys, in OpenSSH's form. A machine with another key is refused. */
  readonly knownHosts: string;
  /** Configuration file of OpenSSH's client, for instance with a bastion. Default: the user's own. */
  readonly sshConfig?: string | undefined;
  /** Private key to log in with. Default: the agent's and those of the SSH configuration. */
  readonly identityFile?: string | undefined;
}

/**
 * Options of OpenSSH's client that accept only known host keys and only public keys as login. OpenSSH uses the first value of each option, so that
 * no later argument and no configuration file can change these.
 */
export function pinnedSshOptions({ knownHosts, sshConfig, identityFile }: PinnedSshArgs): readonly string[] {
  const fixed = [
    ...["StrictHostKeyChecking=yes", `UserKnownHostsFile="${knownHosts}"`, "GlobalKnownHostsFile=/dev/null"],
    ...["UpdateHostKeys=no", "BatchMode=yes", "PasswordAuthentication=no", "ForwardAgent=no"],
  ];
  return [
    ...(sshConfig === undefined ? [] : ["-F", sshConfig]),
    ...(identityFile === undefined ? [] : ["-i", identityFile, "-o", "IdentitiesOnly=yes"]),
    ...fixed.flatMap((option) => ["-o", option]),
  ];
}
