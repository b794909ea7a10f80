import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { BuildLock } from "../../../src/engine/build-lock.ts";

/** Programs that these tests need, by Debian package. */
const tools = {
  mmdebstrap: "mmdebstrap",
  "systemd-nspawn": "systemd-container",
  socat: "socat",
  ip: "iproute2",
  ssh: "openssh-client",
};

/** What the roles install, so that a machine without a network has it. */
const packages = [
  ...["systemd-sysv", "dbus", "systemd-timesyncd", "openssh-server", "sudo", "iproute2", "ca-certificates", "python3"],
  ...["procps", "apt-utils", "nftables", "nginx-light", "openssl", "prometheus-node-exporter", "unattended-upgrades"],
  ...["certbot", "tzdata", "curl"],
];

const commands = [
  ...["--variant=minbase", `--include=${packages.join(",")}`, "--aptopt=APT::Install-Recommends false"],
  // apt's own user may write /dev/null only where its mode is the usual one.
  "--aptopt=APT::Sandbox::User root",
  ...["man", "doc", "locale"].map((folder) => `--dpkgopt=path-exclude=/usr/share/${folder}/*`),
  "--dpkgopt=force-unsafe-io",
  '--customize-hook=chroot "$1" useradd --create-home --shell /bin/bash debian',
  `--customize-hook=echo 'debian ALL=(ALL) NOPASSWD: ALL' >"$1/etc/sudoers.d/debian"`,
  '--customize-hook=rm -f "$1/usr/sbin/policy-rc.d"',
];

/**
 * Root folder of a Debian 12 with an account `debian` that may run sudo without a password; made once for each list of packages.
 *
 * @throws Error that names what is missing: without a machine these tests would prove nothing.
 */
export async function rootFolder(): Promise<string> {
  installTools();
  const key = createHash("sha256").update(commands.join("\n")).digest("hex").slice(0, 16);
  const cache = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "lor-infra", "ssh-machines");
  const folder = join(cache, key);
  const done = () => existsSync(folder);
  const lock = await BuildLock.acquire({ folder: join(cache, `${key}.locks`), done, onWait: () => {} });
  try {
    if (!done()) create(folder, cache);
  } finally {
    lock?.release();
  }
  return folder;
}

function create(folder: string, cache: string): void {
  const unfinished = join(cache, `.unfinished-${process.pid}`);
  mkdirSync(cache, { recursive: true });
  const sources = join(cache, "sources.list");
  writeFileSync(
    sources,
    ["bookworm", "bookworm-updates"].map((suite) => `deb http://deb.debian.org/debian ${suite} main\n`).join("") +
      "deb http://deb.debian.org/debian-security bookworm-security main\n",
  );
  console.log("creating the root folder of the test machines (half a minute)");
  try {
    execFileSync("mmdebstrap", [...commands, "bookworm", unfinished, sources], { stdio: ["ignore", "ignore", "pipe"] });
    renameSync(unfinished, folder);
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

function installTools(): void {
  const missing = Object.entries(tools).flatMap(([program, name]) => (isThere(program) ? [] : [name]));
  if (missing.length === 0) return;
  const options = ["install", "-y", "-qq", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"];
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  const install = () => spawnSync("apt-get", [...options, ...missing], { env, encoding: "utf8" });
  let done = install();
  if (done.status !== 0) {
    spawnSync("apt-get", ["update", "-qq"], { env });
    done = install();
  }
  if (done.status === 0) return;
  throw new Error(`the tests of machines need these Debian packages, as root: ${missing.join(" ")}\n${done.stderr}`);
}

function isThere(program: string): boolean {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;
}
