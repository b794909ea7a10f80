import { accessSync, constants, existsSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { ExitCode, LorError } from "../../core/errors.ts";
import { runTool, toolPath } from "./tools.ts";

/** A missing prerequisite for booting machines. */
export interface MissingRequirement {
  /** Name of the prerequisite, as a noun phrase for messages. */
  readonly what: string;
  /** Debian package that provides it; undefined if none does. */
  readonly package?: string;
  /** Remedy when no package provides it. */
  readonly remedy?: string;
}

/** Programs that boot machines, and the Debian package of each. */
const programs: Programs = [
  ["systemd-nspawn", "systemd-container"],
  ["mmdebstrap", "mmdebstrap"],
  ["ip", "iproute2"],
  ["mkfs.ext4", "e2fsprogs"],
  ["losetup", "mount"],
  ["mount", "mount"],
  ["unshare", "util-linux"],
  ["nsenter", "util-linux"],
  ["setpriv", "util-linux"],
  ["taskset", "util-linux"],
];

type Programs = readonly (readonly [program: string, debianPackage: string])[];

/**
 * Missing prerequisites for booting machines; empty if they can boot. Probes each prerequisite and changes nothing.
 * @param also further programs to require
 */
export async function missingRequirements(also: Programs = []): Promise<readonly MissingRequirement[]> {
  if (process.platform !== "linux") {
    return [{ what: `Linux (this is ${process.platform})`, remedy: "use a Linux computer or virtual machine" }];
  }
  const missing: MissingRequirement[] = [...programs, ...also]
    .filter(([program]) => !isInstalled(program))
    .map(([what, debianPackage]) => ({ what: `the program ${what}`, package: debianPackage }));
  if (process.getuid?.() !== 0) {
    // What follows can only be tried as root.
    return [...missing, { what: "the rights of root", remedy: "run the same command as root" }];
  }
  if (!existsSync("/dev/loop-control")) {
    missing.push({ what: "loop devices (/dev/loop-control)", remedy: "modprobe loop, or a privileged container" });
  }
  if (!/\toverlay$/m.test(readFileSync("/proc/filesystems", "utf8"))) {
    missing.push({ what: "the overlay file system", remedy: "modprobe overlay" });
  }
  if (missing.length === 0) {
    const refused = await whyNoNamespaces();
    if (refused !== undefined) {
      missing.push({
        what: `namespaces for network, mounts and processes (${refused})`,
        remedy: "run it on a machine of its own or in a privileged container",
      });
    }
  }
  return missing;
}

/** @throws LorError `machines-not-possible` that lists everything missing */
export async function requireMachines(also: Programs = []): Promise<void> {
  const missing = await missingRequirements(also);
  if (missing.length > 0) throw machinesNotPossible(missing);
}

export function machinesNotPossible(missing: readonly MissingRequirement[]): LorError {
  const packages = [...new Set(missing.flatMap((each) => each.package ?? []))];
  const remedies = missing.flatMap(({ remedy }) => remedy ?? []);
  return new LorError({
    code: "machines-not-possible",
    message: `machines cannot boot on this computer: it lacks ${missing.map(({ what }) => what).join(", ")}`,
    exit: ExitCode.failed,
    culprit: "user",
    accepted: "root on Linux with systemd-nspawn, mmdebstrap, loop devices, overlay and namespaces",
    next:
      packages.length > 0
        ? `apt-get install --no-install-recommends ${packages.join(" ")}, then the same command again`
        : `${remedies.join("; ")}, or the same command without --machines`,
  });
}

/** Tries the kinds of namespaces and the mounts that a cloud of machines needs; undefined when all are allowed. */
async function whyNoNamespaces(): Promise<string | undefined> {
  const probe = "mount -t tmpfs tmpfs /run && mkdir /run/netns && ip netns add probe && ip link add type veth";
  try {
    await runTool(["unshare", "--net", "--mount", "--pid", "--fork", "--mount-proc", "sh", "-c", probe]);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isInstalled(program: string): boolean {
  return toolPath.split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, program), constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}
