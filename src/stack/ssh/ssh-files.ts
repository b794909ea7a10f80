import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { writeAtomically } from "../../os/atomic-file.ts";
import { quoteForShell } from "../../os/shell-words.ts";
import { pinnedOptions, quotedPath } from "../../remote/pinned-ssh.ts";
import type { Identity } from "./identities.ts";

/** A machine as OpenSSH's configuration describes it. */
export interface SshHost {
  /** Name on the command line, such as `ps-0`. */
  readonly name: string;
  readonly address: string;
  readonly port: number;
  readonly user: string;
  /** Name of its keys in the `known_hosts` file: the cloud name, because an address may be another machine's later. */
  readonly alias: string;
  /** Host that connections go through. */
  readonly jump?: string;
}

export interface SshFilesArgs {
  /** Folder of the stack for these files. */
  readonly folder: string;
  readonly hosts: readonly SshHost[];
  /** Host keys by alias. */
  readonly hostKeys: ReadonlyMap<string, readonly string[]>;
  /** Keys to log in with; empty: OpenSSH offers what it finds. */
  readonly identities: readonly Identity[];
  /** Private key that the user has named; replaces the others. */
  readonly identityFile?: string | undefined;
}

/** Seconds that each hop may take to connect. */
const connectTimeout = 15;

/** Writes `ssh.config`, usable by `ssh -F`, and what it names. @returns path of `ssh.config` */
export function writeSshFiles(args: SshFilesArgs): string {
  const { folder, hostKeys, identities } = args;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const known = [...hostKeys].flatMap(([alias, keys]) => keys.map((key) => `${alias} ${key}\n`));
  writeAtomically(knownHosts(folder), known.join(""));
  for (const { administrator, publicKey } of identities) {
    writeAtomically(publicKeyFile(folder, administrator), `${publicKey} ${administrator}\n`);
  }
  const file = join(folder, "ssh.config");
  writeAtomically(file, renderConfig(args));
  return file;
}

/** Path of the known host keys in the folder of the stack. */
export function knownHosts(folder: string): string {
  return join(folder, "known_hosts");
}

/** Public half of a key in the agent: OpenSSH then asks the agent for this key alone. */
function publicKeyFile(folder: string, administrator: string): string {
  return join(folder, `${administrator}.pub`);
}

function renderConfig(args: SshFilesArgs): string {
  return [
    "# Written by lor-infra. A command that reaches a machine writes it again.",
    ...args.hosts.flatMap((host) => ["", ...renderHost(host, args)]),
    "",
    "Host *",
    ...options(args).map((line) => `    ${line}`),
    "",
  ].join("\n");
}

function renderHost({ name, address, port, user, alias, jump }: SshHost, { folder }: SshFilesArgs): readonly string[] {
  return [
    `Host ${name}`,
    `    HostName ${address}`,
    `    Port ${port}`,
    `    User ${user}`,
    `    HostKeyAlias ${alias}`,
    ...(jump === undefined ? [] : [`    ProxyCommand ${proxyCommand(join(folder, "ssh.config"), jump)}`]),
  ];
}

/**
 * As `ProxyJump`, which passes the name of the configuration file to a shell without quotes: a folder with a space in its name would end it.
 * @param log file for the messages of this hop; default: standard error
 */
export function proxyCommand(config: string, jump: string, log?: string): string {
  const quoted = (path: string) => quoteForShell(path.replaceAll("%", "%%"));
  return `ssh -F ${quoted(config)}${log === undefined ? "" : ` -E ${quoted(log)}`} -W [%h]:%p ${jump}`;
}

function options({ folder, identities, identityFile }: SshFilesArgs): readonly string[] {
  const chosen =
    identityFile === undefined
      ? identities.map(({ file, administrator }) => file ?? publicKeyFile(folder, administrator))
      : [identityFile];
  return [
    ...chosen.map((file) => `IdentityFile ${quotedPath(file)}`),
    ...(chosen.length === 0 ? [] : ["IdentitiesOnly yes"]),
    ...pinnedOptions(knownHosts(folder)).map(([name, value]) => `${name} ${value}`),
    "CheckHostIP no",
    "ForwardX11 no",
    // Its socket's path has a limit of about 100 bytes, which a folder of a project exceeds.
    "ControlMaster no",
    "ControlPath none",
    `ConnectTimeout ${connectTimeout}`,
    "ServerAliveInterval 30",
    "ServerAliveCountMax 4",
  ];
}
