import { closeSync, existsSync, ftruncateSync, mkdirSync, openSync, statSync, truncateSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Sandbox } from "./sandbox.ts";
import { runTool } from "./tools.ts";

export interface MachineVolume {
  /** Image file. It is made when it does not exist, with a file system labelled `lor-data`, because no udev runs in a container to find a blank disk. */
  readonly file: string;
  readonly gibibytes: number;
}

interface MachineDisksArgs {
  readonly sandbox: Sandbox;
  /** Folder of the mounts in the sandbox; no other machine has it. */
  readonly mounts: string;
  /** Folder of the system disk. */
  readonly folder: string;
}

/** What a machine has mounted from its start to its end: its system disk, a layer over the image, and its data volume. */
export class MachineDisks {
  /** Mount point of the whole system. */
  readonly root: string;
  /** Mount point of the data volume. */
  readonly data: string;
  readonly #args: MachineDisksArgs;

  constructor(args: MachineDisksArgs) {
    this.#args = args;
    this.root = join(args.mounts, "root");
    this.data = join(args.mounts, "data");
  }

  /** Mounts both, made when they do not exist. @param systemGibibytes size of a new system disk; a fraction is allowed */
  async mount(systemGibibytes: number, dataVolume: MachineVolume | undefined): Promise<void> {
    const { sandbox, mounts, folder } = this.#args;
    const system = join(folder, "system.img");
    // Without a journal: its layer is thrown away when the computer stops.
    await ensureFileSystem(system, systemGibibytes, ["-O", "^has_journal", "-L", "system"]);
    if (dataVolume !== undefined) await ensureVolume(dataVolume);
    const disks = [mounts, sandbox.layers, system, dataVolume?.file ?? ""];
    await sandbox.run(["sh", "-c", mountDisks, "sh", ...disks]);
  }

  /** Loop device of the data volume that is mounted. */
  async dataDevice(): Promise<string> {
    return (await this.#args.sandbox.run(["findmnt", "-rn", "-o", "SOURCE", "-M", this.data])).trim();
  }

  async unmount(): Promise<void> {
    await this.#args.sandbox.try(["sh", "-c", unmountDisks, "sh", this.#args.mounts]);
  }
}

/** Runs `use` with a loop device of a volume, which is made when it does not exist. */
export async function withDevice(volume: MachineVolume, use: (device: string) => Promise<void>): Promise<void> {
  await ensureVolume(volume);
  const device = (await runTool(["losetup", "--find", "--show", volume.file])).trim();
  try {
    await use(device);
  } finally {
    // The kernel keeps a mounted device until it is unmounted.
    await runTool(["losetup", "--detach", device]);
  }
}

/** Makes an attached volume larger; its machine makes the file system follow. */
export async function growVolume({ file, gibibytes }: MachineVolume): Promise<void> {
  const bytes = bytesOf(gibibytes);
  if (!existsSync(file) || statSync(file).size >= bytes) return;
  truncateSync(file, bytes);
  const devices = await runTool(["losetup", "--noheadings", "--output", "NAME", "--associated", file]);
  for (const device of devices.split("\n").filter(Boolean)) await runTool(["losetup", "--set-capacity", device]);
}

/** Arguments: the folder of the mounts, the read-only layers, the system disk, the data volume or nothing. */
const mountDisks = `set -eu
mounts=$1 layers=$2 system=$3 data=$4
upper=$mounts/system/upper overlay=$mounts/system/overlay
mkdir -p "$mounts/system" "$mounts/root" "$mounts/data"
mount -o loop,noatime "$system" "$mounts/system"
# Overlay's own folder. A machine that was switched off leaves a mark in it, with which the layer is not mounted again.
rm -rf "$overlay"
mkdir -p "$upper" "$overlay"
mount -t overlay overlay -o "volatile,lowerdir=$layers,upperdir=$upper,workdir=$overlay" "$mounts/root"
[ -z "$data" ] || mount -o loop "$data" "$mounts/data"
`;

const unmountDisks = `for part in root data system; do
  ! mountpoint -q "$1/$part" || umount "$1/$part" || umount -l "$1/$part"
done`;

function ensureVolume({ file, gibibytes }: MachineVolume): Promise<void> {
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  return ensureFileSystem(file, gibibytes, ["-L", "lor-data"]);
}

async function ensureFileSystem(file: string, gibibytes: number, options: readonly string[]): Promise<void> {
  if (existsSync(file)) return;
  const descriptor = openSync(file, "wx", 0o600);
  ftruncateSync(descriptor, bytesOf(gibibytes));
  closeSync(descriptor);
  await runTool(["mkfs.ext4", "-q", "-F", ...options, file]);
}

function bytesOf(gibibytes: number): number {
  return Math.round(gibibytes * 1024 ** 3);
}
