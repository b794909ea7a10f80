import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { messageOf } from "../../core/errors.ts";
import { cacheHome, type Environment } from "../../os/cache-home.ts";
import { host, systemClock } from "../../os/host.ts";
import { poll } from "../../os/poll.ts";
import { claimFolder } from "../kernel/folder-claim.ts";
import { imagePackages } from "./packages.ts";
import { runTool } from "./tools.ts";

const suite = "bookworm";

/** Packages whose services a machine starts itself, when its role asks for them. */
const disabledUnits = [
  "apt-daily-upgrade.timer",
  "apt-daily.timer",
  "certbot.timer",
  "e2scrub_all.timer",
  "fstrim.timer",
  "mariadb.service",
  "nginx.service",
  "php8.2-fpm.service",
  "postgresql.service",
  "prometheus-node-exporter.service",
];

/**
 * Makes the root folder a blank image: no identity, no archive, no service that runs by itself. Its argument is the root folder.
 *
 * - eth0.network: cloud-init writes a file that matches the permanent address of a card, which a virtual one lacks.
 * - hardware.service: processors and memory of the machine's flavor in place of the computer's, which the kernel shows to every container, and
 *   none of the computer's disks.
 */
const customize = `set -eu
rm -rf "$1"/etc/ssh/ssh_host_* "$1"/var/lib/mysql/* "$1"/var/lib/apt/lists/* "$1"/var/cache/apt/* "$1"/var/log/journal
rm -f "$1"/etc/apt/sources.list "$1"/etc/apt/sources.list.d/* "$1"/etc/apt/apt.conf.d/99mmdebstrap
: >"$1"/etc/machine-id
rm -f "$1"/var/lib/dbus/machine-id
for unit in ${disabledUnits.join(" ")}; do systemctl --quiet --root="$1" disable "$unit"; done
cat >"$1"/etc/systemd/network/05-eth0.network <<'END'
[Match]
Name=eth0

[Network]
DHCP=ipv4
END
cat >"$1"/etc/systemd/system/hardware.service <<'END'
[Unit]
Description=Show this machine's own processors and memory, and no disk of the computer
DefaultDependencies=no
Before=sysinit.target
ConditionPathExists=/run/hardware

[Service]
Type=oneshot
RemainAfterExit=yes
# It has the mode of the computer's, which a container may have restricted.
ExecStart=/usr/bin/chmod 666 /dev/null
ExecStart=/usr/bin/mount --bind /run/hardware/cpuinfo /proc/cpuinfo
ExecStart=/usr/bin/mount --bind /run/hardware/meminfo /proc/meminfo
ExecStart=/usr/bin/mount -t tmpfs -o ro tmpfs /sys/block

[Install]
WantedBy=sysinit.target
END
echo 'locale: C.UTF-8' >"$1"/etc/cloud/cloud.cfg.d/05-locale.cfg
systemctl --quiet --root="$1" enable hardware.service systemd-networkd.service systemd-resolved.service
ln -sf ../run/systemd/resolve/stub-resolv.conf "$1"/etc/resolv.conf
`;

const options: readonly string[] = [
  "--mode=root",
  "--variant=minbase",
  '--aptopt=APT::Install-Recommends "false"',
  '--aptopt=Acquire::Languages "none"',
  // The unprivileged user of apt needs a /dev/null that everyone may write, which a container may lack.
  '--aptopt=APT::Sandbox::User "root"',
  "--dpkgopt=force-unsafe-io",
  ...["man", "doc", "locale", "info", "lintian"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`),
  // PostgreSQL's package would create a cluster.
  '--essential-hook=mkdir -p "$1"/etc/postgresql-common && echo \'create_main_cluster = false\' >"$1"/etc/postgresql-common/createcluster.conf',
];

export interface MachineImage {
  /** Root folder of a Debian 12 from which every machine boots. Nothing may write in it. */
  readonly root: string;
  /** Seconds that its making took. */
  readonly seconds: number;
  /** Size on disk, in MiB. */
  readonly mebibytes: number;
}

interface EnsureImageArgs {
  /** Its XDG_CACHE_HOME and HOME say where the image is kept. */
  readonly env: Environment;
  /** Progress message to display. */
  readonly onProgress: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Key of the image's content: another list of packages, suite or recipe is another image. */
function imageKey(): string {
  return createHash("sha256")
    .update(JSON.stringify([suite, process.arch, imagePackages, options, customize]))
    .digest("hex")
    .slice(0, 16);
}

/**
 * Root folder of the machines, built with the computer's own package sources when it is not cached yet: `<cache>/lor-infra/machines/<key>`. One
 * process builds, others wait for it.
 * @throws Error with the last output of the build
 */
export async function ensureImage(args: EnsureImageArgs): Promise<MachineImage> {
  const home = join(cacheHome(args.env), "lor-infra", "machines");
  const place = join(home, imageKey());
  const cached = readImage(place);
  if (cached !== undefined) return cached;
  const look = () => readImage(place) ?? claimFolder(`${place}.lock`);
  const { seen } = await poll({
    look,
    good: (found) => found !== undefined,
    interval: 500,
    limit: Number.POSITIVE_INFINITY,
    clock: systemClock,
    signal: args.signal,
  });
  if (seen === undefined || "root" in seen) return seen ?? (await ensureImage(args));
  try {
    return readImage(place) ?? (await build(home, place, args));
  } finally {
    seen[Symbol.dispose]();
  }
}

async function build(home: string, place: string, { onProgress, signal }: EnsureImageArgs): Promise<MachineImage> {
  // Only the holder of the lock is here: what is unfinished was left by a build that was killed.
  for (const entry of readdirSync(home)) {
    if (entry.startsWith(".unfinished-")) rmSync(join(home, entry), { recursive: true, force: true });
  }
  const staged = join(home, `.unfinished-${imageKey()}`);
  mkdirSync(staged, { recursive: true });
  const root = join(staged, "root");
  const started = host().monotonic();
  onProgress("building the image of the machines from Debian's packages; this takes a few minutes, once");
  const command = [
    "mmdebstrap",
    ...options,
    `--include=${imagePackages.join(",")}`,
    `--customize-hook=${customize}`,
    suite,
    root,
    ...debianSources(),
  ] as const;
  try {
    await runTool(["nice", "-n", "5", ...command], { signal });
  } catch (error) {
    rmSync(staged, { recursive: true, force: true });
    throw new Error(`the image of the machines could not be built: ${messageOf(error)}`, { cause: error });
  }
  const seconds = Math.round((host().monotonic() - started) / 1000);
  const mebibytes = Number((await runTool(["du", "--summarize", "--block-size=1M", root])).split("\t")[0]);
  writeFileSync(join(staged, "image.json"), JSON.stringify({ seconds, mebibytes }));
  rmSync(place, { recursive: true, force: true });
  renameSync(staged, place);
  onProgress(`built the image of the machines in ${seconds} s: ${mebibytes} MiB in ${place}`);
  return { root: join(place, "root"), seconds, mebibytes };
}

function readImage(place: string): MachineImage | undefined {
  const about = join(place, "image.json");
  if (!existsSync(about)) return undefined;
  const { seconds, mebibytes } = JSON.parse(readFileSync(about, "utf8")) as Omit<MachineImage, "root">;
  return { root: join(place, "root"), seconds, mebibytes };
}

/** The computer's own lists of package sources that name this suite; none: mmdebstrap's default mirror. */
function debianSources(): readonly string[] {
  const folder = "/etc/apt/sources.list.d";
  const listed = existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
  return ["/etc/apt/sources.list", ...listed].filter(
    (file) =>
      /\.(list|sources)$/.test(file) &&
      existsSync(file) &&
      new RegExp(`^[^#]*\\b${suite}\\b`, "m").test(readFileSync(file, "utf8")),
  );
}
