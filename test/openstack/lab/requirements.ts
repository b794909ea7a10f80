import { spawn, spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { packages } from "./services.ts";

const policyFile = "/usr/sbin/policy-rc.d";
const policyMark = "# lor-infra: no daemon starts while OpenStack's packages are being installed";

const installMinutes = 20;

/** What this machine lacks to run OpenStack; nothing when it lacks nothing. */
export function lacking(): readonly string[] {
  const lacks: string[] = [];
  const release = existsSync("/etc/os-release") ? readFileSync("/etc/os-release", "utf8") : "";
  if (!/^ID=debian$/m.test(release) || !/^VERSION_ID="12"$/m.test(release)) {
    lacks.push("Debian 12, whose packages of OpenStack Zed it was written for (a container of debian:12 will do)");
  }
  if (process.getuid?.() !== 0) lacks.push("root: to install packages, and for daemons that insist on it");
  return lacks;
}

export function missingPackages(): readonly string[] {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in
  const { stdout } = spawnSync("dpkg-query", ["-W", "-f", "${Package} ${db:Status-Status}\n", ...packages], {
    encoding: "utf8",
  });
  const installed = new Set((stdout ?? "").split("\n").filter((line) => line.endsWith(" installed")));
  return [...new Set(packages)].filter((name) => !installed.has(`${name} installed`));
}

/** Installs what is missing. Debian would start a daemon for many of these packages: they are told not to. */
export async function installPackages(names: readonly string[], signal: AbortSignal): Promise<void> {
  if (existsSync(policyFile) && readFileSync(policyFile, "utf8").includes(policyMark)) rmSync(policyFile);
  const forbid = !existsSync(policyFile);
  if (forbid) writeFileSync(policyFile, `#!/bin/sh\n${policyMark}\nexit 101\n`, { mode: 0o755 });
  try {
    // Their questions are about databases of a real installation.
    const answers = names.flatMap((name) =>
      ["dbconfig-install", "configure_db"].map((question) => `${name} ${name}/${question} boolean false\n`),
    );
    await apt(["debconf-set-selections"], signal, answers.join(""));
    // What an interrupted installation left.
    await apt(["dpkg", "--configure", "-a"], signal);
    await apt(["apt-get", "update", "--quiet"], signal);
    const options = ["--force-confdef", "--force-confold", "--force-unsafe-io"];
    await apt(
      [
        ...["apt-get", "install", "--yes", "--quiet", "--no-install-recommends"],
        ...options.flatMap((option) => ["-o", `Dpkg::Options::=${option}`]),
        // An interrupted run's may still be at work.
        ...["-o", "DPkg::Lock::Timeout=300"],
        ...names,
      ],
      signal,
    );
  } finally {
    if (forbid) rmSync(policyFile, { force: true });
  }
}

function apt([command = "", ...args]: readonly string[], signal: AbortSignal, input = ""): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = "";
    const child = spawn(command, args, {
      env: { ...process.env, DEBIAN_FRONTEND: "noninteractive", LC_ALL: "C.UTF-8" },
      stdio: "pipe",
      signal,
      timeout: installMinutes * 60_000,
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        said = (said + text).slice(-4000);
      });
    }
    child.stdin.on("error", () => {}).end(input);
    child.once("error", reject);
    child.once("close", (code, killedBy) =>
      code === 0
        ? resolve()
        : reject(new Error(`${command} ${args[0] ?? ""} ended with ${code ?? killedBy}:\n${said}`)),
    );
  });
}
