import { join } from "node:path";
import { PassThrough } from "node:stream";
import { buffer } from "node:stream/consumers";
import type { Machines, ServerView } from "../../clouds/clients.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { writeAtomically } from "../../os/atomic-file.ts";
import type { Clock } from "../../os/clock.ts";
import { shellWords } from "../../os/shell-words.ts";
import {
  cheapKeyExchange,
  defaultLimit,
  type MachineAccess,
  type MachineAnswer,
  type MachineCommandOptions,
} from "../../remote/machine-access.ts";
import { collectOutput, type SshStreams, sshFailed } from "../../remote/ssh-client.ts";
import type { MachineRoutes, ReachableMachine } from "../../systems/contract.ts";
import { renderAnsibleInventory } from "./ansible-inventory.ts";
import type { PinnedHostKeys } from "./host-keys.ts";
import type { Identity } from "./identities.ts";
import { runSsh, type SshEnd } from "./logged-ssh.ts";
import { requireMachine } from "./require-machine.ts";
import { SessionLog } from "./session-log.ts";
import { type SshAttempt, sshFailure } from "./ssh-failure.ts";
import { knownHosts, type SshHost, writeSshFiles } from "./ssh-files.ts";

interface SshAccessArgs {
  /** Folder of the files of OpenSSH's client. */
  readonly folder: string;
  readonly routes: MachineRoutes;
  /** Prefix of every cloud name of the stack. */
  readonly prefix: string;
  /** Where the bastion's SSH server answers. */
  readonly bastion: { readonly host: string; readonly port: number };
  /** Port of the other machines' SSH servers. Default 22. */
  readonly port?: number;
  readonly compute: Pick<Machines, "findServers">;
  readonly hostKeys: PinnedHostKeys;
  readonly identities: readonly Identity[];
  readonly identityFile: string | undefined;
  readonly trusted: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly signal: AbortSignal | undefined;
  readonly clock: Clock;
}

interface SshRunOptions extends SshStreams {
  /** Milliseconds. Default: none. */
  readonly limit?: number;
  readonly signal?: AbortSignal | undefined;
  readonly noted?: readonly string[];
}

/** An inventory for `ansible-playbook -i`. */
interface AccessInventory {
  /** Path of the inventory. */
  readonly file: string;
  readonly text: string;
  /** Path of the configuration for `ssh -F`. */
  readonly sshConfig: string;
  /** Names of the machines in it. */
  readonly machines: readonly string[];
  /** Why machines in it cannot be told from others yet. */
  readonly unknown: readonly LorError[];
}

/** Access by OpenSSH's client, through the bastion. */
export class SshAccess implements MachineAccess {
  readonly #args: SshAccessArgs;
  readonly #pinned = new Set<string>();
  readonly #sessions: SessionLog;
  #servers: Promise<readonly ServerView[]> | undefined;

  constructor(args: SshAccessArgs) {
    this.#args = args;
    this.#sessions = new SessionLog(args.folder);
  }

  /** Names of the administrators whose keys this user has. */
  get administrators(): readonly string[] {
    return this.#args.identities.map(({ administrator }) => administrator);
  }

  /**
   * Runs a command as the user of the machine's administrators.
   * @throws LorError `machine-unknown`, `machine-missing`, `bastion-unreachable`, `bastion-without-shell`, `machine-unreachable`,
   *   `connection-lost`, `host-key-changed`, `host-key-unknown`, `ssh-key-missing`, `ssh-key-refused`, `ssh-missing`
   */
  async run(machine: string, command: readonly string[], options: MachineCommandOptions = {}): Promise<MachineAnswer> {
    const { limit = defaultLimit, input, signal = this.#args.signal } = options;
    const cheap = options.cheapKeyExchange === true ? cheapKeyExchange : [];
    const { result: code, ...texts } = await collectOutput(input, (streams) =>
      this.ssh(machine, ["-T", ...cheap], command, { ...streams, limit, signal }),
    );
    return { code, ...texts };
  }

  /**
   * Runs OpenSSH's client on a machine.
   * @param options of the client, such as `-T`
   * @param command empty: a login shell
   * @param streams `noted`: the words for the session log where `command` wraps them. Default: `command`
   * @returns exit code of the command
   */
  async ssh(
    name: string,
    options: readonly string[],
    command: readonly string[],
    { noted = command, ...streams }: SshRunOptions,
  ): Promise<number> {
    const machine = requireMachine(this.#args.routes, name);
    const user = this.#asUser(machine);
    const config = await this.prepare([machine]);
    this.#note(name, command.length === 0 ? undefined : shellWords(noted));
    const words = command.length === 0 ? [] : ["--", shellWords(command)];
    const end = await runSsh({
      program: "ssh",
      config,
      jump: this.#jump(machine),
      args: [...options, ...user, machine.name, ...words],
      env: this.#args.env,
      ...streams,
    });
    return this.#judge(machine, end);
  }

  /** Copies files between this machine and another one; one of the places begins with the name of a machine and a colon. */
  async copy(name: string, from: string, to: string, streams: SshStreams): Promise<number> {
    const machine = requireMachine(this.#args.routes, name);
    const user = this.#asUser(machine);
    const config = await this.prepare([machine]);
    this.#note(name, `scp ${shellWords([from, to])}`);
    const messages = new PassThrough();
    const told = buffer(messages);
    const end = await runSsh({
      program: "scp",
      config,
      jump: this.#jump(machine),
      args: ["-r", "-p", ...user, "--", from, to],
      env: this.#args.env,
      ...streams,
      errors: messages,
    });
    messages.end();
    const text = (await told).toString();
    const failed = end.code === 0 ? undefined : this.#failure(machine, { ...end, machineLog: connectionLines(text) });
    if (failed !== undefined) throw failed;
    if (streams.errors !== "inherit") streams.errors.write(text);
    else process.stderr.write(text);
    return end.code ?? ExitCode.failed;
  }

  /**
   * Pins the host keys of machines and of the bastion, and writes the configuration for OpenSSH's client.
   * @returns its path
   */
  async prepare(machines: readonly ReachableMachine[]): Promise<string> {
    const { routes, folder, identities, identityFile } = this.#args;
    const wanted = [...new Map([routes.bastion, ...machines].map((machine) => [machine.name, machine])).values()];
    for (const machine of wanted.filter(({ name }) => !this.#pinned.has(name))) {
      try {
        await this.#pin(machine);
      } catch (error) {
        // Another server may take its name before the next try.
        this.#servers = undefined;
        throw error;
      }
      this.#pinned.add(machine.name);
    }
    const pins = this.#args.hostKeys.pinned();
    const known = [routes.bastion, ...routes.machines].map(
      ({ name, cloudName }) => [cloudName, pins.get(name) ?? []] as const,
    );
    return writeSshFiles({
      folder,
      hosts: [this.#bastionHost(), ...routes.machines.map((machine) => this.#host(machine))],
      hostKeys: new Map(known),
      identities,
      identityFile,
    });
  }

  /**
   * Writes an inventory of the machines that exist for Ansible, and the bastion if somebody logs in to it. One that has not published its host keys yet is
   * in it too: Ansible then reports that it cannot be reached.
   */
  async writeInventory(): Promise<AccessInventory> {
    const { routes, folder } = this.#args;
    const bastion = routes.bastionShell === undefined ? [] : [{ ...routes.bastion, user: routes.bastionShell }];
    const there = new Set((await this.#existing()).map(({ name }) => name));
    const machines = [...routes.machines, ...bastion].filter(({ cloudName }) => there.has(cloudName));
    const unknown: LorError[] = [];
    for (const machine of machines) {
      try {
        await this.prepare([machine]);
      } catch (error) {
        if (!(error instanceof LorError) || error.code !== "host-key-unknown") throw error;
        unknown.push(error);
      }
    }
    const sshConfig = await this.prepare([]);
    const text = renderAnsibleInventory({ machines, sshConfig, knownHosts: knownHosts(folder) });
    const file = join(folder, "inventory.yml");
    writeAtomically(file, text);
    return { file, text, sshConfig, machines: machines.map(({ name }) => name), unknown };
  }

  /** Before the connection: an attempt counts. */
  #note(machine: string, command: string | undefined): void {
    const { clock, env } = this.#args;
    const who = this.administrators.join(", ") || env.USER || "unknown";
    this.#sessions.append({ at: clock.now().toISOString(), who, machine, command });
  }

  async #pin(machine: ReachableMachine): Promise<void> {
    const server = (await this.#existing()).find(({ name }) => name === machine.cloudName);
    if (server === undefined) throw notThere(machine);
    const { hostKeys, trusted } = this.#args;
    await hostKeys.pin({ machine: machine.name, serverId: server.id, trusted });
  }

  async #existing(): Promise<readonly ServerView[]> {
    this.#servers ??= this.#args.compute.findServers(`${this.#args.prefix}-`);
    return (await this.#servers).filter(({ state }) => state !== "deleted");
  }

  #bastionHost(): SshHost {
    const { routes, bastion } = this.#args;
    const { name, user, cloudName } = routes.bastion;
    return { name, user, address: bastion.host, port: bastion.port, alias: cloudName };
  }

  #host({ name, address, user, cloudName }: ReachableMachine): SshHost {
    return { name, address, port: this.#args.port ?? 22, user, alias: cloudName, jump: this.#args.routes.bastion.name };
  }

  /** The bastion's user in the configuration is the one that forwards. */
  #asUser({ name }: ReachableMachine): readonly string[] {
    const { bastion, bastionShell } = this.#args.routes;
    if (name !== bastion.name) return [];
    if (bastionShell === undefined) throw withoutShell(name, this.#args.routes.machines[0]?.name ?? name);
    return ["-o", `User=${bastionShell}`];
  }

  #jump({ name }: ReachableMachine): string | undefined {
    const { bastion } = this.#args.routes;
    return name === bastion.name ? undefined : bastion.name;
  }

  #judge(machine: ReachableMachine, end: SshEnd): number {
    if (end.code !== undefined && end.code !== sshFailed) return end.code;
    const failed = this.#failure(machine, end);
    if (failed !== undefined) throw failed;
    return end.code ?? sshFailed;
  }

  #failure(machine: ReachableMachine, { code, ...logs }: SshEnd): LorError | undefined {
    const { routes, bastion, identities, identityFile } = this.#args;
    const attempt: SshAttempt = {
      ...logs,
      machineLog: code === undefined && logs.machineLog === "" ? "no answer in time" : logs.machineLog,
      machine: machine.name,
      bastion: routes.bastion.name,
      bastionAddress: bastion.port === 22 ? bastion.host : `${bastion.host}:${bastion.port}`,
      address: machine.address,
      offered: identityFile === undefined ? identities.map(({ administrator }) => administrator) : [identityFile],
    };
    return sshFailure(attempt);
  }
}

/** Of what scp writes, the messages about its connection; the others are about files. */
function connectionLines(text: string): string {
  const about =
    /Permission denied \(|Host key verification|Connection (closed|reset|timed)|connect to host|open failed|HOST IDENTIFICATION/;
  return text
    .split("\n")
    .filter((line) => about.test(line))
    .join("\n");
}

function withoutShell(bastion: string, other: string): LorError {
  return new LorError({
    code: "bastion-without-shell",
    message: `nobody logs in to ${bastion} itself: it only forwards to the other machines`,
    exit: ExitCode.usage,
    culprit: "user",
    path: "access.bastion.shell",
    seen: "false",
    accepted: "true, for a shell on the bastion",
    next: `lor-infra ssh ${other}, or lor-infra up once the setting is changed`,
  });
}

function notThere({ name, cloudName }: ReachableMachine): LorError {
  return new LorError({
    code: "machine-missing",
    message: `the cloud has no server ${cloudName}: ${name} does not exist at the moment`,
    exit: ExitCode.failed,
    culprit: "user",
    seen: name,
    next: "lor-infra status",
  });
}
