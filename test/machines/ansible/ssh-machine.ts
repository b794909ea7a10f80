import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ensureImage } from "../../../src/local-cloud/machines/image.ts";
import { type ManagedMachine, renderInventory } from "../../../src/machines/inventory.ts";
import { systemClock } from "../../../src/os/host.ts";
import { poll } from "../../../src/os/poll.ts";
import type { MachineAccess } from "../../../src/remote/machine-access.ts";
import type { PinnedSshArgs } from "../../../src/remote/pinned-ssh.ts";
import { sshCommands } from "../../../src/remote/ssh-commands.ts";

const account = "debian";

/**
 * A whole Debian with systemd and sshd in a container with a network of its own, on a throwaway layer over the machines' image. It is reached by SSH
 * through `sshConfig`, from anywhere on this computer and from nowhere else.
 */
export class SshMachine {
  readonly folder = mkdtempSync(join(tmpdir(), "lor-machine-"));
  readonly name = `lor-test-${process.pid}-${Math.random().toString(36).slice(2, 8)}`;
  readonly identityFile = join(this.folder, "key");
  readonly sshConfig = join(this.folder, "ssh_config");
  #container: ChildProcess | undefined;
  #leader = "";
  #outside: string | undefined;

  static async start(): Promise<SshMachine> {
    const { root } = await ensureImage({ env: process.env, onProgress: () => undefined });
    const machine = new SshMachine();
    try {
      await machine.#boot(root);
    } catch (error) {
      machine.stop();
      throw error;
    }
    return machine;
  }

  async #boot(root: string): Promise<void> {
    execFileSync("ip", ["netns", "add", this.name]);
    execFileSync("ip", ["-n", this.name, "link", "set", "lo", "up"]);
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", this.identityFile]);
    const proxy = `nsenter --net=/run/netns/${this.name} socat - TCP:127.0.0.1:%p`;
    writeFileSync(this.sshConfig, `Host *\n  ProxyCommand ${proxy}\n`);
    const output = openSync(join(this.folder, "console"), "w");
    // Ends with this process, however that ends.
    this.#container = spawn(
      "setpriv",
      [
        ...["--pdeathsig", "KILL", "systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--console=pipe"],
        ...["--directory", root, "--volatile=overlay", "--machine", this.name, "--capability=CAP_NET_ADMIN"],
        ...[`--network-namespace-path=/run/netns/${this.name}`, "--boot", "cloud-init=disabled"],
        // There is no interface to wait for.
        "systemd.mask=systemd-networkd-wait-online.service",
      ],
      { stdio: ["ignore", output, output] },
    );
    await this.until(() => {
      this.#leader = firstChild(this.#container?.pid);
      return /^(running|degraded)$/.test(this.inside("systemctl", "is-system-running").trim());
    });
    // systemd-nspawn copies the mode of this computer's own device, which is not everywhere the usual one.
    chmodSync(this.path("/dev/null"), 0o666);
    // What cloud-init does on a machine of a cloud.
    this.inside("ssh-keygen", "-A");
    // It failed without host keys.
    this.inside("systemctl", "reset-failed", "ssh.service");
    this.inside("systemctl", "restart", "ssh.service");
    await this.until(() => this.inside("systemctl", "is-active", "ssh.service").trim() === "active");
    this.inside("useradd", "--create-home", "--shell", "/bin/bash", account);
    writeFileSync(this.path(`/etc/sudoers.d/${account}`), `${account} ALL=(ALL) NOPASSWD: ALL\n`, { mode: 0o440 });
    const keys = `/home/${account}/.ssh`;
    mkdirSync(this.path(keys));
    writeFileSync(this.path(`${keys}/authorized_keys`), this.publicKey);
    this.inside("chown", "-R", `${account}:`, keys);
    this.inside("chmod", "-R", "go=", keys);
  }

  /** Process id of the machine's init on this computer. */
  get pid(): number {
    return Number(this.#leader);
  }

  get publicKey(): string {
    return readFileSync(`${this.identityFile}.pub`, "utf8");
  }

  /** The machine as an inventory names it. */
  managed(changes: Partial<ManagedMachine> = {}): ManagedMachine {
    const hostKey = readFileSync(this.path("/etc/ssh/ssh_host_ed25519_key.pub"), "utf8")
      .split(" ")
      .slice(0, 2)
      .join(" ");
    return { name: "machine", address: "192.0.2.1", user: account, hostKeys: [hostKey], ...changes };
  }

  /** How the machine is reached, in a form that another process can be given. */
  connection(changes: Partial<ManagedMachine> = {}): PinnedSshArgs & { readonly managed: ManagedMachine } {
    const managed = this.managed(changes);
    const knownHosts = join(this.folder, "known_hosts");
    writeFileSync(knownHosts, renderInventory([managed]).knownHosts);
    return { managed, knownHosts, sshConfig: this.sshConfig, identityFile: this.identityFile };
  }

  commands(changes: Partial<ManagedMachine> = {}): MachineAccess {
    const { managed, ...connection } = this.connection(changes);
    return sshCommands({ ...connection, machines: [managed], env: process.env });
  }

  /** Path of a file of the machine, on this computer. */
  path(inside: string): string {
    return `/proc/${this.#leader}/root${inside}`;
  }

  read(path: string): string {
    return readFileSync(this.path(path), "utf8");
  }

  /** Runs a command on the machine as root, not by SSH. @returns its output, also when it fails */
  inside(...command: readonly string[]): string {
    const enter = ["--target", this.#leader, "--mount", "--uts", "--ipc", "--net", "--pid", "--root", "--wd=/"];
    try {
      return execFileSync("nsenter", [...enter, "--", ...command], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
    } catch (error) {
      const { stdout = "", stderr = "" } = error as { stdout?: string; stderr?: string };
      return stdout + stderr;
    }
  }

  /** Name of the user after a login by SSH with this machine's key; else what SSH says. */
  sshAs(user: string): string {
    const options = ["-F", this.sshConfig, "-i", this.identityFile, "-o", "BatchMode=yes", "-o", "LogLevel=ERROR"];
    const unchecked = ["-o", "StrictHostKeyChecking=no", "-o", "UserKnownHostsFile=/dev/null"];
    const done = spawnSync("ssh", [...options, ...unchecked, `${user}@machine`, "id", "-un"], { encoding: "utf8" });
    return (done.stdout + done.stderr).trim();
  }

  /**
   * Joins the machine by a cable to a network namespace of its own, from which the machine is reached as from another computer: at `outside.address`.
   * `sshConfig` leads there from now on.
   */
  connectOutside(): { readonly namespace: string; readonly address: string } {
    const namespace = `${this.name}-out`;
    const address = "192.0.2.1";
    execFileSync("ip", ["netns", "add", namespace]);
    const cable = ["eth0", "type", "veth", "peer", "name", "eth0", "netns", namespace];
    execFileSync("ip", ["-n", this.name, "link", "add", ...cable]);
    for (const [end, own] of [
      [this.name, address],
      [namespace, "192.0.2.2"],
    ] as const) {
      execFileSync("ip", ["-n", end, "address", "add", `${own}/24`, "dev", "eth0"]);
      execFileSync("ip", ["-n", end, "link", "set", "eth0", "up"]);
    }
    this.#outside = namespace;
    writeFileSync(
      this.sshConfig,
      `Host *\n  ProxyCommand nsenter --net=/run/netns/${namespace} socat - TCP:${address}:%p,connect-timeout=5\n`,
    );
    return { namespace, address };
  }

  async until(condition: () => boolean, limit = 120_000): Promise<void> {
    const { good } = await poll({ look: condition, good: (seen) => seen, interval: 100, limit, clock: systemClock });
    if (!good) throw new Error(`the machine does not get there: ${readFileSync(join(this.folder, "console"), "utf8")}`);
  }

  stop(): void {
    if (this.#leader !== "") process.kill(Number(this.#leader), "SIGKILL");
    this.#container?.kill("SIGKILL");
    execFileSync("ip", ["netns", "delete", this.name]);
    if (this.#outside !== undefined) execFileSync("ip", ["netns", "delete", this.#outside]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function firstChild(pid: number | undefined): string {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ")[0] ?? "";
}
