import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { host, systemClock } from "../../os/host.ts";
import { poll } from "../../os/poll.ts";
import { growVolume, MachineDisks, type MachineVolume, withDevice } from "./disks.ts";
import { cpuInfo, memoryInfo, usableMemory } from "./hardware.ts";
import type { CloudNetwork, MachineCard } from "./network.ts";
import { memoryOf, processTree } from "./process-memory.ts";
import { childrenOf, type Sandbox } from "./sandbox.ts";
import {
  type Command,
  guestEnvironment,
  runTool,
  spawnTool,
  type ToolOptions,
  type ToolResult,
  tryTool,
} from "./tools.ts";

export interface MachineSpec {
  /** Host name. */
  readonly name: string;
  readonly cards: readonly MachineCard[];
  /** Processors that it sees. It never runs on more than the computer has. */
  readonly cpus: number;
  /** Memory that it sees, in MiB. */
  readonly memoryMebibytes: number;
  /** Size of its system disk, in GiB; a fraction is allowed. The image itself takes nothing of it. */
  readonly diskGibibytes: number;
  /** Its data volume, mounted at /srv. Absent: none is attached. */
  readonly dataVolume?: MachineVolume | undefined;
}

interface MachineArgs {
  readonly sandbox: Sandbox;
  readonly network: CloudNetwork;
  /** Distinguishes it from the other machines of the cloud: up to 64 letters, digits and hyphens. */
  readonly id: string;
  /** Folder of this machine: system disk and console log. */
  readonly folder: string;
}

/** Time for a machine to shut down before it is switched off, in milliseconds. */
const shutdownLimit = 60_000;

/** With it a container could make a device file of one of the computer's disks. */
const withheld = "CAP_MKNOD";

/** The same for programs that are run on a machine from outside, and what systemd-nspawn itself withholds from a container. */
const withheldOutside = "-mknod,-sys_module,-sys_rawio,-sys_time,-sys_pacct,-syslog";

/**
 * A Debian 12 with systemd in a container: a server of the cloud. Its system disk is a layer over the image and is kept until `remove`; it takes
 * address, identity and user data from the network, as in the cloud.
 */
export class Machine {
  readonly name: string;
  /** Everything that it wrote to its console and journal, over all its starts. */
  readonly consoleFile: string;
  readonly #args: MachineArgs;
  readonly #disks: MachineDisks;
  #spec: MachineSpec;
  #running: { readonly process: ChildProcess; readonly ended: Promise<void>; readonly since: Date } | undefined;

  constructor(args: MachineArgs, spec: MachineSpec) {
    this.#args = args;
    this.#spec = spec;
    this.name = spec.name;
    this.consoleFile = join(args.folder, "console.log");
    const { sandbox, folder, id } = args;
    this.#disks = new MachineDisks({ sandbox, folder, mounts: `/run/lor/machines/${id}` });
  }

  get spec(): MachineSpec {
    return this.#spec;
  }

  get isRunning(): boolean {
    return this.#running !== undefined;
  }

  /** Time of its last power-on; undefined while it is off. */
  get since(): Date | undefined {
    return this.#running?.since;
  }

  /** Switches the machine on; nothing happens when it runs. Resolves before it has booted. @throws Error with what failed */
  async start(): Promise<void> {
    if (this.#running !== undefined) return;
    mkdirSync(this.#args.folder, { recursive: true, mode: 0o700 });
    this.#writeHardware();
    await this.#disks.mount(this.#spec.diskGibibytes, this.#spec.dataVolume);
    await this.#args.network.plug(this.#args.id, this.#spec.cards);
    const log = openSync(this.consoleFile, "a", 0o600);
    const process = this.#args.sandbox.spawn(await this.#command(), { stdio: ["ignore", log, log] });
    closeSync(log);
    const ended = once(process, "close").then(() => this.#releaseAll());
    this.#running = { process, ended, since: systemClock.now() };
  }

  /** Shuts it down as by its power button; switches it off when that takes longer than a minute. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    // systemd-nspawn passes its own SIGTERM on to a booted system as an orderly shutdown.
    this.#signal(this.#supervisor(), "SIGTERM");
    const { good } = await poll({
      look: () => this.#running !== running,
      good: Boolean,
      interval: 100,
      limit: shutdownLimit,
      clock: systemClock,
    });
    if (!good) await this.kill();
  }

  /** Switches it off at once, as when its host loses power. */
  async kill(): Promise<void> {
    const running = this.#running;
    if (running === undefined) return;
    // The first process is found by its parent, so that both are looked up before either ends.
    const pids = [this.#init(), this.#supervisor()];
    for (const pid of pids) this.#signal(pid, "SIGKILL");
    await running.ended;
  }

  /** Shuts it down and starts it again; with `changes`, as another flavor or with another volume. */
  async reboot(changes: Partial<Omit<MachineSpec, "name">> = {}): Promise<void> {
    await this.stop();
    this.#spec = { ...this.#spec, ...changes };
    await this.start();
  }

  /** Changes what it is while it does not run. */
  change(changes: Partial<Omit<MachineSpec, "name">>): void {
    if (this.#running !== undefined) throw new Error(`${this.name} runs: stop it first`);
    this.#spec = { ...this.#spec, ...changes };
  }

  /** Switches it off and removes its system disk; the data volume is kept. */
  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.#args.folder, { recursive: true, force: true });
  }

  /** Attaches a data volume, or detaches it with undefined. A running machine finds it mounted at /srv. @throws Error when it is in use */
  async attach(dataVolume: MachineVolume | undefined): Promise<void> {
    const before = this.#spec.dataVolume;
    if (before?.file !== dataVolume?.file && this.#running !== undefined) {
      if (before !== undefined) await this.#withMounts(["umount", "/srv"]);
      if (dataVolume !== undefined) {
        await withDevice(dataVolume, (device) => this.#withMounts(["sh", "-euc", attachVolume, "sh", device]));
      }
    } else if (dataVolume !== undefined && before !== undefined) {
      await growVolume(dataVolume);
    }
    this.#spec = { ...this.#spec, dataVolume };
  }

  /** Runs a program of the image that sees the machine's files, with rights that the machine itself lacks. */
  async #withMounts(command: Command): Promise<void> {
    const { seen: init } = await poll({
      look: () => this.#init(),
      good: (pid) => pid !== undefined || this.#running === undefined,
      interval: 50,
      limit: shutdownLimit,
      clock: systemClock,
    });
    if (init === undefined) throw new Error(`${this.name} does not run`);
    await runTool(["nsenter", `--target=${init}`, "--mount", "--root", "--wd", "--", ...guestEnvironment, ...command]);
  }

  /** Runs a program on it as root, whatever its exit code. @throws Error when the machine does not run */
  async try(command: Command, options: ToolOptions = {}): Promise<ToolResult> {
    return await tryTool(this.#on(command), options);
  }

  /** Runs a program on it as root. @throws Error with the end of its output when it fails */
  async run(command: Command, options: ToolOptions = {}): Promise<string> {
    return await runTool(this.#on(command), options);
  }

  /** Starts a program on it as root. */
  spawn(command: Command, options: Parameters<typeof spawnTool>[1] = {}): ChildProcess {
    return spawnTool(this.#on(command), options);
  }

  /** Content of a file on it; undefined when there is none, or the machine does not run (yet). */
  async read(path: string): Promise<string | undefined> {
    if (this.#init() === undefined) return undefined;
    const { code, stdout } = await this.try(["cat", path]);
    return code === 0 ? stdout : undefined;
  }

  /** Everything on the console so far. */
  console(): string {
    return existsSync(this.consoleFile) ? readFileSync(this.consoleFile, "utf8") : "";
  }

  /** Memory of its processes, in MiB; 0 while it is switched off. */
  memoryMebibytes(): number {
    const init = this.#init();
    return init === undefined ? 0 : memoryOf(processTree(init));
  }

  #on(command: Command): Command {
    const init = this.#init();
    if (init === undefined) throw new Error(`${this.name} does not run`);
    const enter = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup", "--root", "--wd"] as const;
    const limited = ["setpriv", `--bounding-set=${withheldOutside}`, "--"] as const;
    return ["nsenter", `--target=${init}`, ...enter, "--", ...guestEnvironment, "HOME=/root", ...limited, ...command];
  }

  /** systemd-nspawn: the only child of the program that entered the sandbox. */
  #supervisor(): number | undefined {
    const pid = this.#running?.process.pid;
    return pid === undefined ? undefined : childrenOf(pid)[0];
  }

  /** First process of the machine, seen from outside; undefined before it boots and when it is off. */
  #init(): number | undefined {
    const supervisor = this.#supervisor();
    return supervisor === undefined ? undefined : childrenOf(supervisor).find(isSystemd);
  }

  #signal(pid: number | undefined, name: NodeJS.Signals): void {
    if (pid === undefined) return;
    try {
      host().processes.signal(pid, name);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    }
  }

  #writeHardware(): void {
    const { cpus, memoryMebibytes } = this.#spec;
    mkdirSync(this.#hardware, { recursive: true });
    writeFileSync(join(this.#hardware, "cpuinfo"), cpuInfo(cpus));
    writeFileSync(join(this.#hardware, "meminfo"), memoryInfo(memoryMebibytes));
  }

  get #hardware(): string {
    return join(this.#args.folder, "hardware");
  }

  async #command(): Promise<Command> {
    const usable = Math.min(Math.max(1, Math.floor(this.#spec.cpus)), availableParallelism());
    const { root, data } = this.#disks;
    const volume =
      this.#spec.dataVolume === undefined ? [] : [`--bind=${await this.#disks.dataDevice()}`, `--bind=${data}:/srv`];
    const { sandbox, id } = this.#args;
    return sandbox.groups.inside(id, usableMemory(this.#spec.memoryMebibytes) * 1024, [
      "nsenter",
      ...[`--net=/run/netns/${id}`, "--"],
      ...["taskset", "--cpu-list", `0-${usable - 1}`],
      ...["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--console=read-only", "--boot"],
      ...[`--directory=${root}`, `--machine=${this.name}`],
      ...["--capability=CAP_NET_ADMIN", `--drop-capability=${withheld}`],
      ...["--resolv-conf=off", "--timezone=off", "--link-journal=no", "--bind=/dev/fuse"],
      `--bind-ro=${this.#hardware}:/run/hardware`,
      ...volume,
      // By these cloud-init knows that it is in an OpenStack.
      "--setenv=product_name=OpenStack Nova",
      "ci.ds=OpenStack",
      ...["systemd.log_color=0", "systemd.journald.forward_to_console=1"],
    ]);
  }

  async #releaseAll(): Promise<void> {
    await this.#disks.unmount().catch(() => undefined);
    await this.#args.network.unplug(this.#args.id).catch(() => undefined);
    await this.#args.sandbox.groups.remove(this.#args.id);
    this.#running = undefined;
  }
}

/** Argument: the loop device, numbered alike inside and outside. */
const attachVolume = `[ -e "$1" ] || (umask 077 && mknod "$1" b 7 "\${1#/dev/loop}")
mount "$1" /srv`;

function isSystemd(pid: number): boolean {
  try {
    // The container's first process, and not the program that is still building it: number 1 in its own namespace.
    return /^NSpid:.*\t1$/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
