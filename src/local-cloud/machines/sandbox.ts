import type { ChildProcess, SpawnOptions } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdirSync, readFileSync } from "node:fs";
import { ControlGroups } from "./control-groups.ts";
import type { InsideOptions } from "./services/machine-network.ts";
import {
  type Command,
  guestEnvironment,
  runTool,
  spawnTool,
  type ToolOptions,
  type ToolResult,
  tryTool,
} from "./tools.ts";

/** Where the image is mounted inside the sandbox, with a throwaway layer to write in. */
const imageMount = "/run/lor/image";

/** What every machine of this cloud has besides the image. */
const layer = "/run/lor/layer";

interface SandboxArgs {
  /** Folder of this cloud's machines; the same path inside and outside. */
  readonly folder: string;
  /** Root folder of the image (`ensureImage`). */
  readonly imageRoot: string;
  /** Certificate of an authority that machines trust besides Debian's, PEM. */
  readonly authority: string;
}

/**
 * A network, mounts and processes of their own, in which one cloud's machines run. The kernel ends everything inside and removes its interfaces,
 * mounts and loop devices when the sandbox's first process ends, and that ends with this process, however this one ends: a killed cloud leaves
 * files and empty control groups, which the next cloud removes.
 */
export class Sandbox {
  readonly folder: string;
  /** Read-only layers of a machine's system disk, as overlay's `lowerdir`. */
  readonly layers: string;
  readonly groups: ControlGroups;
  readonly #first: ChildProcess;
  /** Process number of the sandbox's first process, seen from outside. */
  readonly #init: number;

  private constructor({ folder, imageRoot }: SandboxArgs, first: ChildProcess, init: number) {
    this.folder = folder;
    this.layers = `${layer}:${imageRoot}`;
    this.groups = new ControlGroups();
    this.#first = first;
    this.#init = init;
  }

  /** @throws Error with what the system refuses */
  static async start(args: SandboxArgs): Promise<Sandbox> {
    // Database servers of other users have their own folders in it.
    mkdirSync(args.folder, { recursive: true, mode: 0o711 });
    chmodSync(args.folder, 0o711);
    const first = spawnTool(
      [
        "setpriv",
        ...["--pdeathsig", "KILL", "--"],
        ...["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child=KILL", "--mount-proc", "--"],
        ...["sh", "-c", prepare, "sh", args.imageRoot, args.folder, args.authority],
      ],
      { stdio: ["pipe", "pipe", "pipe"] },
    );
    let said = "";
    first.stderr?.setEncoding("utf8").on("data", (text: string) => {
      said += text;
    });
    // The first byte says that everything is mounted.
    const ready = await Promise.race([
      once(first.stdout as NodeJS.ReadableStream, "data").then(() => true),
      once(first, "close").then(() => false),
    ]);
    const init = first.pid === undefined ? undefined : childrenOf(first.pid)[0];
    if (!ready || init === undefined) throw new Error(`the network of the machines cannot be made: ${said.trim()}`);
    return new Sandbox(args, first, init);
  }

  /**
   * The command that runs a command inside, for `spawn` and tests. The program that enters stays its parent, and the command ends at once when that
   * one is killed.
   */
  inside(command: Command, { root = "computer", user }: InsideOptions = {}): Command {
    const enter: Command = ["nsenter", `--target=${this.#init}`, "--net", "--mount", "--pid", "--"];
    const ends = ["--pdeathsig", "KILL", "--"];
    if (root === "computer") return [...enter, "setpriv", ...ends, ...command];
    // A change of the user would take the signal back, so it is set with it.
    const who = user === undefined ? [] : [`--reuid=${user}`, `--regid=${user}`, "--init-groups"];
    return [...enter, "chroot", imageMount, ...guestEnvironment, "setpriv", ...who, ...ends, ...command];
  }

  /** Runs a program inside to its end. @throws Error with the end of its output when it fails */
  run(command: Command, options: InsideOptions & ToolOptions = {}): Promise<string> {
    return runTool(this.inside(command, options), options);
  }

  /** Runs a program inside to its end, whatever its exit code. */
  try(command: Command, options: InsideOptions & ToolOptions = {}): Promise<ToolResult> {
    return tryTool(this.inside(command, options), options);
  }

  /** Starts a program inside. It ends with the sandbox at the latest. */
  spawn(command: Command, options: InsideOptions & SpawnOptions = {}): ChildProcess {
    return spawnTool(this.inside(command, options), options);
  }

  /** Ends everything inside at once. */
  async stop(): Promise<void> {
    if (this.#first.exitCode !== null || this.#first.signalCode !== null) return;
    const closed = once(this.#first, "close");
    this.#first.kill("SIGKILL");
    await closed;
    await this.groups.removeAll();
  }
}

/** Children of a process, by number. */
export function childrenOf(pid: number): readonly number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

/**
 * First steps inside: mounts that no one outside sees. Then it waits for the end of its input. Arguments: the image, the folder of the machines, and
 * the certificate to trust.
 */
const prepare = `set -eu
image=$1 folder=$2 authority=$3
mount -t tmpfs -o mode=755 tmpfs /run
mkdir -p /run/netns /run/lock /run/lor/upper /run/lor/overlay /run/lor/machines ${imageMount}
ip link set lo up
mount -t overlay overlay -o "lowerdir=$image,upperdir=/run/lor/upper,workdir=/run/lor/overlay" ${imageMount}
mount -t proc proc ${imageMount}/proc
mount -t tmpfs -o mode=755 tmpfs ${imageMount}/dev
mkdir -m 1777 ${imageMount}/dev/shm
for node in null:1:3 zero:1:5 full:1:7 random:1:8 urandom:1:9; do
  name=\${node%%:*} numbers=\${node#*:}
  mknod -m 666 "${imageMount}/dev/$name" c "\${numbers%:*}" "\${numbers#*:}"
done
mkdir -p "${imageMount}$folder"
mount --bind "$folder" "${imageMount}$folder"
echo 1 >/proc/sys/net/ipv4/ip_forward
mkdir ${layer} /run/lor/layer-work /run/lor/layered
mount -t overlay overlay -o "lowerdir=$image,upperdir=${layer},workdir=/run/lor/layer-work" /run/lor/layered
printf '%s\n' "$authority" >/run/lor/layered/usr/local/share/ca-certificates/local-cloud.crt
chroot /run/lor/layered ${guestEnvironment.join(" ")} update-ca-certificates >/dev/null
umount /run/lor/layered
echo ready
exec cat
`;
