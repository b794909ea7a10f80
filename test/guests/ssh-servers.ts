import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import type { BucketPlace, ContainerClient, Machines, ServerView } from "../../src/clouds/clients.ts";
import { bastionFiles } from "../../src/machines/bastion/files.ts";
import { hostKeysName } from "../../src/machines/document.ts";
import { systemClock } from "../../src/os/host.ts";
import { PinnedHostKeys } from "../../src/stack/ssh/host-keys.ts";
import { findIdentities } from "../../src/stack/ssh/identities.ts";
import { SshAccess } from "../../src/stack/ssh/ssh-access.ts";
import type { MachineRoutes } from "../../src/systems/contract.ts";
import { freePort } from "../own-server.ts";

const container: BucketPlace = { region: "GRA", name: "lor-prod-configuration" };
const user = userInfo().username;

/** An SSH server of a machine, with a configuration and keys of its own. */
class SshServer {
  readonly port: number;
  readonly #folder: string;
  readonly #options: readonly string[];
  #process: ChildProcess | undefined;

  constructor(folder: string, port: number, options: readonly string[]) {
    this.#folder = folder;
    this.port = port;
    this.#options = options;
    mkdirSync(folder, { recursive: true });
    this.newHostKey();
  }

  /** Public host key. */
  get hostKey(): string {
    return readFileSync(join(this.#folder, "host.pub"), "utf8").split(" ").slice(0, 2).join(" ");
  }

  newHostKey(): void {
    rmSync(join(this.#folder, "host"), { force: true });
    makeKey(join(this.#folder, "host"));
  }

  accept(keys: readonly string[]): void {
    writeFileSync(join(this.#folder, "authorized_keys"), keys.map((key) => `${key}\n`).join(""));
  }

  async start(): Promise<void> {
    const file = join(this.#folder, "sshd_config");
    writeFileSync(
      file,
      [
        `Port ${this.port}`,
        "ListenAddress 127.0.0.1",
        `HostKey ${join(this.#folder, "host")}`,
        `AuthorizedKeysFile ${join(this.#folder, "authorized_keys")}`,
        "PidFile none",
        "StrictModes no",
        "UsePAM no",
        "PasswordAuthentication no",
        "KbdInteractiveAuthentication no",
        "PermitRootLogin prohibit-password",
        "Subsystem sftp internal-sftp",
        ...this.#options,
        "",
      ].join("\n"),
    );
    this.#process = spawn("/usr/sbin/sshd", ["-D", "-e", "-f", file], { stdio: ["ignore", "ignore", "ignore"] });
    await listening(this.port);
  }

  async stop(): Promise<void> {
    const child = this.#process;
    if (child === undefined || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await ended;
    this.#process = undefined;
  }
}

/** A bastion and one machine behind it on loopback, and the cloud as far as access needs it. */
export class SshScene {
  readonly bastion: SshServer;
  readonly machine: SshServer;
  readonly home: string;
  readonly folder: string;
  readonly published = new Map<string, unknown>();
  readonly servers = new Map<string, string>([
    ["lor-prod-bastion", "bastion-server"],
    ["lor-prod-ps-0", "ps-0-server"],
  ]);
  readonly #root: string;

  private constructor(root: string, bastion: SshServer, machine: SshServer) {
    this.#root = root;
    this.bastion = bastion;
    this.machine = machine;
    this.home = join(root, "home");
    // A project's folder may have any name.
    this.folder = join(root, "my shop's 100% folder", "access");
    mkdirSync(join(this.home, ".ssh"), { recursive: true });
    makeKey(join(this.home, ".ssh", "id_ed25519"));
    this.publish();
  }

  static async start(): Promise<SshScene> {
    const root = mkdtempSync(join(tmpdir(), "lor-ssh-"));
    const [machinePort, bastionPort] = [await freePort(), await freePort()];
    const machine = new SshServer(join(root, "machine"), machinePort, [
      `AllowUsers ${user}`,
      "PermitUserEnvironment yes",
    ]);
    const bastion = new SshServer(join(root, "bastion"), bastionPort, bastionConfiguration(machinePort));
    const scene = new SshScene(root, bastion, machine);
    bastion.accept([scene.key]);
    machine.accept([scene.key]);
    await bastion.start();
    await machine.start();
    return scene;
  }

  /** The administrator's public key. */
  get key(): string {
    return readFileSync(join(this.home, ".ssh", "id_ed25519.pub"), "utf8")
      .split(" ")
      .slice(0, 2)
      .join(" ");
  }

  /** The machines publish their present host keys. */
  publish(): void {
    const publish = (name: string, server: SshServer) =>
      this.published.set(hostKeysName(name), {
        version: 1,
        name,
        serverId: this.servers.get(`lor-prod-${name}`),
        keys: [server.hostKey],
      });
    publish("bastion", this.bastion);
    publish("ps-0", this.machine);
  }

  get routes(): MachineRoutes {
    return {
      bastion: { name: "bastion", cloudName: "lor-prod-bastion", address: "10.10.5.10", user },
      bastionShell: undefined,
      bastionAddress: () => "127.0.0.1",
      machines: [
        {
          name: "ps-0",
          cloudName: "lor-prod-ps-0",
          address: "127.0.0.1",
          user,
          application: { name: "shop", user, folder: this.#root },
        },
      ],
      administrators: [{ name: "anna", key: this.key }],
      administratorEmail: "anna@lor.example",
    };
  }

  open(
    more: {
      readonly env?: Readonly<Record<string, string>>;
      readonly trusted?: string;
      readonly identityFile?: string;
    } = {},
  ): SshAccess {
    const env = { PATH: process.env.PATH ?? "", HOME: this.home, ...more.env };
    const containers: Pick<ContainerClient, "read"> = {
      read: (_container, object) => Promise.resolve(this.published.get(object)),
    };
    const compute: Pick<Machines, "findServers"> = {
      findServers: () =>
        Promise.resolve([...this.servers].map(([name, id]) => ({ id, name, state: "active" }) as ServerView)),
    };
    return new SshAccess({
      folder: this.folder,
      routes: this.routes,
      prefix: "lor-prod",
      bastion: { host: "127.0.0.1", port: this.bastion.port },
      port: this.machine.port,
      compute,
      hostKeys: new PinnedHostKeys(this.folder, containers as ContainerClient, container),
      identities: findIdentities({ administrators: this.routes.administrators, env }),
      identityFile: more.identityFile,
      trusted: more.trusted,
      env,
      signal: undefined,
      clock: systemClock,
    });
  }

  path(name: string): string {
    return join(this.#root, name);
  }

  async stop(): Promise<void> {
    await Promise.all([this.bastion.stop(), this.machine.stop()]);
    rmSync(this.#root, { recursive: true, force: true });
  }
}

export function makeKey(file: string): void {
  const { status, stderr } = spawnSync("/usr/bin/ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file]);
  if (status !== 0) throw new Error(stderr.toString());
}

/** The bastion's own configuration, for this user and this port. */
function bastionConfiguration(machinePort: number): readonly string[] {
  const [, file] = bastionFiles({ machines: ["127.0.0.1"], shell: false });
  return (file?.content ?? "")
    .replace("127.0.0.1:22", `127.0.0.1:${machinePort}`)
    .replace("AllowUsers jump", `AllowUsers ${user}`)
    .replace("Match User jump", `Match User ${user}`)
    .split("\n");
}

async function listening(port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
    if (open) return;
    if (Date.now() > deadline) throw new Error(`no SSH server at port ${port}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
