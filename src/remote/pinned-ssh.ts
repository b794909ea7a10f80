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
 * Arguments of OpenSSH's client that accept only known host keys and only public keys as login. OpenSSH uses the first value of each option, so that
 * no later argument and no configuration file can change these.
 */
export function pinnedSshOptions({ knownHosts, sshConfig, identityFile }: PinnedSshArgs): readonly string[] {
  return [
    ...(sshConfig === undefined ? [] : ["-F", sshConfig]),
    ...(identityFile === undefined ? [] : ["-i", identityFile, "-o", "IdentitiesOnly=yes"]),
    ...pinnedOptions(knownHosts).flatMap(([name, value]) => ["-o", `${name}=${value}`]),
  ];
}

/** The same as names and values of OpenSSH's configuration. @param knownHosts path of the file of the known host keys */
export function pinnedOptions(knownHosts: string): readonly (readonly [name: string, value: string])[] {
  return [
    // Nothing is asked: an unknown key is refused, and a key with a passphrase must be in the agent.
    ["BatchMode", "yes"],
    ["StrictHostKeyChecking", "yes"],
    ["UserKnownHostsFile", quotedPath(knownHosts)],
    ["GlobalKnownHostsFile", "/dev/null"],
    ["UpdateHostKeys", "no"],
    ["PreferredAuthentications", "publickey"],
    ["PasswordAuthentication", "no"],
    ["ForwardAgent", "no"],
  ];
}

/** OpenSSH expands `%` in the paths of its options, and takes a quoted word as one. */
export function quotedPath(path: string): string {
  return `"${path.replaceAll("%", "%%").replaceAll('"', '\\"')}"`;
}
