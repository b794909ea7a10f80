import { type ChildProcess, spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readdirSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { ExitCode, LorError } from "../core/errors.ts";
import { type CloudStatus, ControlClient, ControlError } from "../local-cloud/http/control-client.ts";
import { lastWords, logFile } from "../local-cloud/kernel/log-file.ts";
import type { CloudRuntime } from "../local-cloud/kernel/runtime.ts";
import { readRuntime } from "../local-cloud/kernel/runtime-file.ts";

import { readIfThere, writeAtomically } from "../os/atomic-file.ts";
import { extensionsVariable } from "../os/extensions.ts";
import { systemClock } from "../os/host.ts";
import { poll } from "../os/poll.ts";
import { cloudFolder } from "./cloud-connection.ts";

interface BootOptions {
  /** Folder of release archives, each at HOST/PATH of its address. Default: that of the last start, or one in the cloud's folder. */
  readonly releases?: string | undefined;
}

export interface StartCloudArgs {
  /** State folder (`.lor-infra`). */
  readonly home: string;
  /** Default of `portOffset`: LOR_INFRA_TRAFFIC_OFFSET. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Divisor of real durations. Default 100; 1 is real time. */
  readonly scale?: number;
  /** Offset of every port of the local traffic. Default 8000; another one allows two clouds with the same address plan side by side. */
  readonly portOffset?: number;
  /** Number of physical hosts of a region. */
  readonly hosts?: number;
  /** Boot its servers as whole Debian machines. Default: whatever a running cloud does, or did while it ran; a new one models them. */
  readonly machines?: BootOptions;
  /** Progress message to display. Default: none. */
  readonly onProgress?: (text: string) => void;
}

export interface StartCloudResult {
  readonly runtime: CloudRuntime;
  /** False when it was already running, with its own scale and ports. */
  readonly started: boolean;
}

/** Longest start, in milliseconds: Node and SQLite need less than one second, several on a loaded machine. */
const longestStartMs = 60_000;

/** The same with machines, whose databases are installed at the first start. */
const longestMachinesStartMs = 180_000;

/** Exit code of src/local-cloud/main.ts when another process uses the folder. */
const exitFolderTaken = 75;

/**
 * Heap limits for young and old objects, in MB. The cloud needs less than 32 MB; without limits V8 lets the process grow to 240 MB without being
 * faster (measured under load).
 */
const heapOptions = ["--max-semi-space-size=4", "--max-old-space-size=128"];

/** The only variables that the cloud's process receives: it must not depend on a shell's clouds or on a test runner. */
const inheritedVariables = ["PATH", "HOME", "TMPDIR", "TZ", "LANG", "XDG_CACHE_HOME", extensionsVariable];

/**
 * Starts the local cloud of a state folder, or finds it running. It outlives this process. Two simultaneous starts result in one cloud.
 * @throws LorError `local-cloud-failed`, `local-cloud-elsewhere`, `local-cloud-extensions`, `local-cloud-options`
 */
export async function startCloud(asked: StartCloudArgs): Promise<StartCloudResult> {
  const folder = cloudFolder(asked.home);
  const running = await answering(folder);
  if (running !== undefined) {
    requireAsked(running, asked);
    return { runtime: running.runtime, started: false };
  }
  const machines = machinesToBoot(folder, asked.machines);
  const args: StartCloudArgs = { ...asked, ...(machines === undefined ? {} : { machines }) };
  const s3Server = machines === undefined ? undefined : await prepareMachines(args);
  if (machines !== undefined) rememberMachines(folder, machines);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  let child: ChildProcess | undefined;
  let taken = false;
  const look = async (): Promise<StartCloudResult | undefined> => {
    child ??= spawnCloud(folder, args, s3Server);
    const running = await answering(folder);
    if (running !== undefined) {
      const { runtime } = running;
      const started = runtime.pid === child.pid;
      // Another start was faster. Ours may not have checked the folder yet, and would find it free once that cloud is stopped.
      if (!started) child.kill();
      requireAsked(running, asked);
      return { runtime, started };
    }
    if (child.exitCode === null && child.signalCode === null) return undefined;
    if (child.exitCode !== exitFolderTaken) throw startFailed(folder, child);
    taken = true;
    const other = readRuntime(folder);
    if (other !== undefined && (await refusesConnections(other))) throw startedElsewhere(folder, other);
    // Another start is in progress, or a cloud is stopping: check and try again.
    child = undefined;
    return undefined;
  };
  const { seen } = await poll({
    look,
    good: (result) => result !== undefined,
    interval: () => (child === undefined ? 200 : 20),
    limit: args.machines === undefined ? longestStartMs : longestMachinesStartMs,
    clock: systemClock,
  });
  if (seen !== undefined) return seen;
  throw taken ? startedElsewhere(folder) : startFailed(folder, child);
}

/** Whether nothing listens where a cloud that runs has written that it serves: then it serves in another network, such as a container's. */
async function refusesConnections(runtime: CloudRuntime): Promise<boolean> {
  try {
    await new ControlClient(runtime).status();
    return false;
  } catch (error) {
    // Of `fetch`, which wraps the socket's own error.
    const failed = error instanceof ControlError ? error.cause : undefined;
    const reason = failed instanceof Error ? failed.cause : undefined;
    return reason instanceof Error && "code" in reason && reason.code === "ECONNREFUSED";
  }
}

/** @param other the cloud, where its process is seen: not from a container with processes of its own */
function startedElsewhere(folder: string, other?: CloudRuntime): LorError {
  return new LorError({
    code: "local-cloud-elsewhere",
    message: "a local cloud of this folder runs already and cannot be reached from here: another container or network",
    exit: ExitCode.failed,
    culprit: "user",
    seen: other === undefined ? `${folder} is in use` : `process ${other.pid}, ${other.httpUrl}`,
    accepted: "one local cloud for each state folder, and commands in its network",
    next:
      other === undefined
        ? "lor-infra cloud stop where it was started, or name another folder in LOR_INFRA_HOME"
        : "lor-infra cloud stop, then the same command again",
  });
}

/** Where the options are kept with which a cloud's machines were booted last. */
const machinesFile = (folder: string) => join(folder, "machines.json");

/**
 * How a cloud boots its machines; undefined: it models them. A cloud that holds servers which booted goes on booting them: modelled ones would be
 * healthy whatever is on their disks.
 */
export function machinesToBoot(folder: string, asked: BootOptions | undefined): BootOptions | undefined {
  const text = readIfThere(machinesFile(folder));
  const last = text === undefined ? undefined : (JSON.parse(text) as BootOptions);
  if (asked !== undefined) return { releases: asked.releases ?? last?.releases };
  const disks = join(folder, "machines", "servers");
  return last !== undefined && existsSync(disks) && readdirSync(disks).length > 0 ? last : undefined;
}

function rememberMachines(folder: string, { releases }: BootOptions): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeAtomically(
    machinesFile(folder),
    `${JSON.stringify(releases === undefined ? {} : { releases: resolve(releases) })}\n`,
  );
}

/** Everything that could fail or take minutes, before the cloud's own process starts. @returns path of the S3 server @throws LorError `machines-not-possible` */
async function prepareMachines({ env, onProgress = () => undefined }: StartCloudArgs): Promise<string> {
  const [{ requireMachines }, { limitsMemory }, { ensureImage }, { installS3Server }] = await Promise.all([
    import("../local-cloud/machines/requirements.ts"),
    import("../local-cloud/machines/control-groups.ts"),
    import("../local-cloud/machines/image.ts"),
    import("../engine/s3-server.ts"),
  ]);
  await requireMachines();
  if (!limitsMemory()) {
    onProgress("No control group of this computer limits memory: a machine may use more than its flavor has.");
  }
  await ensureImage({ env, onProgress });
  return await installS3Server({ env, onProgress });
}

/** What is chosen at the start cannot be changed while it runs. @throws LorError `local-cloud-options`, `local-cloud-extensions` */
function requireAsked({ runtime, status }: RunningCloud, asked: StartCloudArgs): void {
  requireSameExtensions(runtime, asked.env);
  const releases = asked.machines?.releases === undefined ? undefined : resolve(asked.machines.releases);
  const boots = status.machines !== undefined;
  const options: readonly StartOption[] = [
    { name: "--machines", what: "machines that boot", asked: asked.machines && "yes", runs: boots ? "yes" : "no" },
    { name: "--releases", what: "releases", asked: releases, runs: status.releases ?? "none" },
    { name: "--realtime", what: "time scale", asked: asked.scale, runs: status.scale },
    { name: "LOR_INFRA_TRAFFIC_OFFSET", what: "ports", asked: asked.portOffset, runs: runtime.trafficPortOffset },
  ];
  const other = options.find((option) => option.asked !== undefined && option.asked !== option.runs);
  if (other === undefined) return;
  throw new LorError({
    code: "local-cloud-options",
    message: `the local cloud runs already with other options, and nothing was changed: ${other.what} ${other.runs}, not ${other.asked}`,
    exit: ExitCode.failed,
    culprit: "user",
    path: other.name,
    seen: String(other.asked),
    accepted: `${other.runs}, as long as it runs`,
    next: "lor-infra cloud stop, which keeps what the cloud holds, then the same command again",
  });
}

/** An option of a start. */
interface StartOption {
  readonly name: string;
  /** For messages. */
  readonly what: string;
  /** Undefined: whatever runs will do. */
  readonly asked: string | number | undefined;
  readonly runs: string | number;
}

/** Simulators are loaded at the start: a running cloud cannot load another one. */
function requireSameExtensions({ extensions = "" }: CloudRuntime, env: StartCloudArgs["env"]): void {
  const wanted = env[extensionsVariable] ?? "";
  if (extensions === wanted) return;
  throw new LorError({
    code: "local-cloud-extensions",
    message: "the running local cloud was started with other extensions",
    exit: ExitCode.failed,
    culprit: "user",
    seen: `${extensionsVariable}=${wanted}`,
    accepted: `${extensionsVariable}=${extensions}`,
    next: "lor-infra cloud stop",
  });
}

interface RunningCloud {
  readonly runtime: CloudRuntime;
  readonly status: CloudStatus;
}

async function answering(folder: string): Promise<RunningCloud | undefined> {
  const runtime = readRuntime(folder);
  if (runtime === undefined) return undefined;
  try {
    return { runtime, status: await new ControlClient(runtime).status() };
  } catch {
    return undefined;
  }
}

function spawnCloud(folder: string, args: StartCloudArgs, s3Server: string | undefined): ChildProcess {
  // The process runs main.ts or main.js beside this file, as source or compiled.
  const main = new URL(`../local-cloud/main${import.meta.url.endsWith(".ts") ? ".ts" : ".js"}`, import.meta.url);
  const options = {
    scale: args.scale,
    "port-offset": args.portOffset ?? (args.env.LOR_INFRA_TRAFFIC_OFFSET || undefined),
    hosts: args.hosts,
    "s3-server": s3Server,
    releases: args.machines?.releases === undefined ? undefined : resolve(args.machines.releases),
  };
  const log = openSync(logFile(folder), "a", 0o600);
  try {
    const child = spawn(
      process.execPath,
      [
        ...heapOptions,
        fileURLToPath(main),
        "--folder",
        folder,
        ...(args.machines === undefined ? [] : ["--machines"]),
        ...Object.entries(options).flatMap(([name, value]) =>
          value === undefined ? [] : [`--${name}`, String(value)],
        ),
      ],
      { detached: true, stdio: ["ignore", log, log], cwd: folder, env: environment(args.env) },
    );
    child.on("error", () => undefined);
    child.unref();
    return child;
  } finally {
    closeSync(log);
  }
}

function environment(env: StartCloudArgs["env"]): Record<string, string> {
  // Compiling the provider protocol takes half of a start; Node's compile cache saves it the next time.
  const kept: Record<string, string> = {
    NODE_COMPILE_CACHE: env.NODE_COMPILE_CACHE ?? join(tmpdir(), "node-compile-cache"),
  };
  for (const name of inheritedVariables) {
    const value = env[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

function startFailed(folder: string, child: ChildProcess | undefined): LorError {
  const log = logFile(folder);
  const ended =
    child === undefined || child.exitCode === null ? "does not answer" : `ended with code ${child.exitCode}`;
  return new LorError({
    code: "local-cloud-failed",
    message: `the local cloud ${ended}; its last words: ${lastWords(folder) || "none"}`,
    exit: ExitCode.failed,
    culprit: "tool",
    next: `cat ${log}`,
  });
}
