import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { lstatSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ExitCode, LorError } from "../core/errors.ts";
import { BuildLock } from "../engine/build-lock.ts";
import { findOnPath } from "../engine/locate-engine.ts";
import { type Environment, ProgramCache, thisPlatform } from "../engine/program-cache.ts";

/** Ansible in a virtual environment of this project. */
export interface InstalledAnsible {
  /** Interpreter of the virtual environment: `python -m ansible playbook` runs a playbook. */
  readonly python: string;
  /** Folder of Mitogen's strategy plugins. */
  readonly strategies: string;
}

export interface InstallPythonArgs {
  /** Environment of the user; pip's own settings (PIP_INDEX_URL, PIP_CERT, pip.conf) stay in force. */
  readonly env: Environment;
  /** Progress message to display. */
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Oldest minor version of Python 3 that ansible-core 2.19 runs on. */
const oldestMinor = 11;
const interpreters = ["python3", "python3.13", "python3.12", "python3.11"];

const requirements = fileURLToPath(new URL("requirements.txt", import.meta.url));

/**
 * Finds or creates the virtual environment with ansible-core and Mitogen, both pinned with hashes.
 *
 * @throws LorError `python-missing`, `ansible-install-failed`, `cancelled`
 */
export async function installAnsible(args: InstallPythonArgs): Promise<InstalledAnsible> {
  const python = await installPython("ansible", requirements, args);
  const libraries = join(python, "..", "..", "lib");
  const version = readdirSync(libraries).find((name) => name.startsWith("python3.")) ?? "python3";
  return { python, strategies: join(libraries, version, "site-packages", "ansible_mitogen", "plugins", "strategy") };
}

/**
 * Finds or creates `<cache>/lor-infra/<kind>/<key>`, a virtual environment with the packages of a requirements file. The key is made of the file, the
 * version of Python and the platform, so that a change of any of them leads to a new environment.
 *
 * @param requirementsFile with a hash of every file that pip may install.
 * @returns the path of its interpreter.
 * @throws LorError `python-missing`, `ansible-install-failed`, `cancelled`
 */
export async function installPython(kind: string, requirementsFile: string, args: InstallPythonArgs): Promise<string> {
  const base = await findPython(args.env);
  const text = readFileSync(requirementsFile);
  const key = createHash("sha256").update(`${base.version} ${thisPlatform}\n`).update(text).digest("hex").slice(0, 16);
  const cache = new ProgramCache({ env: args.env, kind, key, program: "python3" });
  const cached = cache.find();
  if (cached !== undefined) return cached;
  const onProgress = args.onProgress ?? (() => {});
  const lock = await acquireLock(cache, args, onProgress);
  try {
    return cache.find() ?? (await create(cache, key, base.path, requirementsFile, args, onProgress));
  } finally {
    lock?.release();
  }
}

async function create(
  cache: ProgramCache,
  key: string,
  base: string,
  requirementsFile: string,
  args: InstallPythonArgs,
  onProgress: (text: string) => void,
): Promise<string> {
  const folder = cache.begin();
  try {
    onProgress("creating a virtual environment for Ansible");
    const made = await run([base, "-m", "venv", folder], args);
    if (made.code !== 0) throw made.output.includes("ensurepip") ? venvMissing(base) : installFailed(made.output);
    onProgress("installing Ansible from PyPI");
    const pip = ["-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"];
    const hashed = ["--require-hashes", "--only-binary", ":all:", "--requirement", requirementsFile];
    const filled = await run([join(folder, "bin", "python3"), ...pip, ...hashed], args);
    if (filled.code !== 0) throw installFailed(filled.output);
    nameFinalFolder(folder, join(cache.folder, key));
    return cache.keep(folder);
  } finally {
    cache.drop(folder);
  }
}

/** The scripts of a virtual environment begin with the path of its interpreter, and the folder is moved once it is complete. */
function nameFinalFolder(folder: string, place: string): void {
  for (const name of readdirSync(join(folder, "bin"))) {
    const path = join(folder, "bin", name);
    if (!lstatSync(path).isFile()) continue;
    const text = readFileSync(path, "utf8");
    if (text.startsWith(`#!${folder}`)) writeFileSync(path, text.replaceAll(folder, place));
  }
}

async function acquireLock(
  cache: ProgramCache,
  { signal }: InstallPythonArgs,
  onProgress: (text: string) => void,
): Promise<BuildLock | undefined> {
  try {
    return await BuildLock.acquire({
      folder: cache.lockFolder,
      done: () => cache.find() !== undefined,
      onWait: (holder) => onProgress(`process ${holder} is installing Ansible; waiting for it`),
      signal,
    });
  } catch (error) {
    throw signal?.aborted === true ? cancelled() : error;
  }
}

/** @throws LorError `python-missing` */
async function findPython(env: Environment): Promise<{ readonly path: string; readonly version: string }> {
  const seen: string[] = [];
  for (const name of interpreters) {
    const path = findOnPath(name, env);
    if (path === undefined) continue;
    const { code, output } = await run([path, "-c", "import sys; print('%d.%d' % sys.version_info[:2])"], { env });
    const minor = /^3\.(\d+)\s*$/.exec(output)?.[1];
    if (code === 0 && Number(minor) >= oldestMinor) return { path, version: `3.${minor}` };
    seen.push(`${path} ${code === 0 ? output.trim() : "does not run"}`);
  }
  throw new LorError({
    code: "python-missing",
    message: `Ansible needs Python 3.${oldestMinor} or newer on this computer`,
    exit: ExitCode.failed,
    culprit: "user",
    path: "PATH",
    seen: seen.length === 0 ? "no python3" : seen.join(", "),
    accepted: `python3 of version 3.${oldestMinor} or newer, with venv`,
    next: "apt-get install python3 python3-venv (Debian 12, Ubuntu 24.04), then the same command again",
  });
}

function venvMissing(base: string): LorError {
  return new LorError({
    code: "python-missing",
    message: `${base} cannot create virtual environments, because its package venv is not installed`,
    exit: ExitCode.failed,
    culprit: "user",
    accepted: "python3 with the modules venv and ensurepip",
    next: "apt-get install python3-venv, then the same command again",
  });
}

function installFailed(output: string): LorError {
  const last = output.trim().split("\n").slice(-4).join(" ");
  return new LorError({
    code: "ansible-install-failed",
    message: `Ansible could not be installed from the Python package index: ${last}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    next: "check the network and pip's settings (python3 -m pip config list), then the same command again",
  });
}

function cancelled(): LorError {
  return new LorError({
    code: "cancelled",
    message: "the installation of Ansible was cancelled; no partial files are left",
    exit: ExitCode.failed,
    culprit: "user",
    next: "the same command again",
  });
}

/** Runs a command to its end. @throws LorError `cancelled` */
function run(
  [program, ...args]: readonly [string, ...string[]],
  { env, signal }: InstallPythonArgs,
): Promise<{ readonly code: number | null; readonly output: string }> {
  return new Promise((resolve, reject) => {
    // Modules of the user's own folders must not shadow those of the environment.
    const { PYTHONPATH: _path, PYTHONHOME: _home, ...rest } = env;
    const options = signal === undefined ? {} : { signal };
    const child = spawn(program, args, { env: rest, stdio: ["ignore", "pipe", "pipe"], ...options });
    const chunks: Buffer[] = [];
    child.stdout.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => chunks.push(chunk));
    child.once("error", (error) => {
      if (signal?.aborted === true) reject(cancelled());
      else resolve({ code: null, output: error.message });
    });
    child.once("close", (code) => resolve({ code, output: Buffer.concat(chunks).toString() }));
  });
}
