import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { CloudClients } from "../../src/clouds/clients.ts";
import type { ControlClient } from "../../src/local-cloud/http/control-client.ts";
import { Store } from "../../src/local-cloud/kernel/store.ts";
import { cloudFolder, connectLocalCloud, requireLocalCloud } from "../../src/stack/cloud-connection.ts";
import { endWithWorker } from "./ended-with-worker.ts";

export const repository = resolve(import.meta.dirname, "..", "..");
export const launcher = join(repository, "src", "cli", "lor-infra.cjs");

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Lor's three settings files in a folder of their own, and the command line as a user types it there. Each project has its own
 * state folder and so its own local cloud; `dispose` stops that cloud and deletes the folder. What is left ends with the test's process.
 */
export class TestProject {
  readonly folder: string;
  readonly env: Record<string, string | undefined>;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "lor-infra-e2e-"));
    if (process.env.VITEST !== undefined) endWithWorker(this.folder);
    for (const file of readdirSync(repository)) {
      if (/^Pulumi\..*yaml$/.test(file)) cpSync(join(repository, file), join(this.folder, file));
    }
    // As in a project of a user: a program of one line beside the settings, the package among the node_modules.
    writeFileSync(
      join(this.folder, "program.mjs"),
      `export { default } from "${join(repository, "src", "program.ts")}";\n`,
    );
    writeFileSync(join(this.folder, "package.json"), '{ "name": "lor", "private": true, "type": "module" }\n');
    symlinkSync(join(repository, "node_modules"), join(this.folder, "node_modules"));
    this.edit("Pulumi.yaml", (text) => text.replace("main: src/program.ts", "main: program.mjs"));
    this.env = { ...process.env, NO_COLOR: "1", COLUMNS: "200", LOR_INFRA_TRAFFIC_OFFSET: String(trafficOffset()) };
  }

  /** Its state folder. */
  get home(): string {
    return join(this.folder, ".lor-infra");
  }

  /** The controls of its local cloud, once that runs. */
  get cloud(): ControlClient {
    return requireLocalCloud(cloudFolder(this.home)).control;
  }

  /** The raw calls of its local cloud, once that runs. */
  async clients(): Promise<CloudClients> {
    return (await connectLocalCloud(cloudFolder(this.home), { cloud: "ovh", region: "GRA11" })).clients;
  }

  /** Its commands take it for that moment, ISO 8601, and time goes on from there. */
  startClockAt(moment: string): void {
    this.env.NODE_OPTIONS = `--import ${pathToFileURL(join(import.meta.dirname, "clock-ahead.ts")).href}`;
    this.env.LOR_INFRA_TEST_CLOCK_AHEAD = String(Date.parse(moment) - Date.now());
  }

  /** The same for its cloud, before its first start: the cloud inherits no environment and goes on with the clock of its records. */
  startCloudClock(): void {
    mkdirSync(cloudFolder(this.home), { recursive: true, mode: 0o700 });
    const store = new Store(join(cloudFolder(this.home), "cloud.sqlite"));
    store.setSetting("clock", `real ${this.env.LOR_INFRA_TEST_CLOCK_AHEAD}`);
    store.close();
  }

  /** Time passes, for its commands and for its cloud. */
  async pass(seconds: number): Promise<void> {
    this.env.LOR_INFRA_TEST_CLOCK_AHEAD = String(Number(this.env.LOR_INFRA_TEST_CLOCK_AHEAD) + seconds * 1000);
    await this.cloud.stepClock(seconds);
  }

  /** Number of the newest entry of the cloud's journal: what comes later has a greater one. */
  async journalEnd(): Promise<number> {
    return (await this.cloud.journal({ limit: 1 })).at(-1)?.seq ?? 0;
  }

  /** Everything that a person would see in git: name -> content. State and packages are ignored there. */
  committed(): Readonly<Record<string, string>> {
    const names = readdirSync(this.folder).filter((name) => name !== ".lor-infra" && name !== "node_modules");
    return Object.fromEntries(names.map((name) => [name, readFileSync(join(this.folder, name), "utf8")]));
  }

  edit(file: string, change: (text: string) => string): void {
    const path = join(this.folder, file);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${file} changed nothing`);
    writeFileSync(path, after);
  }

  /** Starts `lor-infra ARGS`; the caller waits or kills. */
  start(args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [launcher, ...args], {
      cwd: this.folder,
      env: { ...this.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Runs `lor-infra ARGS` to its end. */
  run(args: readonly string[], env: Record<string, string> = {}): Promise<Run> {
    return ended(this.start(args, env));
  }

  /** Runs `lor-infra ARGS --json` and parses its document; the standard output must hold nothing else. */
  async json<T>(args: readonly string[], expectedCode = 0): Promise<T> {
    const run = await this.run([...args, "--json"]);
    if (run.code !== expectedCode) {
      throw new Error(
        `lor-infra ${args.join(" ")} ended with ${run.code}, not ${expectedCode}:\n${run.stdout}\n${run.stderr}`,
      );
    }
    return JSON.parse(run.stdout) as T;
  }

  async dispose(): Promise<void> {
    if (existsSync(join(this.home, "cloud"))) await this.run(["cloud", "stop"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Runs `lor-infra ARGS` in a folder to its end. */
export function runProgram(
  args: readonly string[],
  { cwd, env }: { readonly cwd: string; readonly env: NodeJS.ProcessEnv },
): Promise<Run> {
  return ended(spawn(process.execPath, [launcher, ...args], { cwd, env, stdio: ["ignore", "pipe", "pipe"] }));
}

let projects = 0;

/** Every project's shop listens on ports of its own: test runs, and in each the workers side by side, have ranges; what is no test run has the last. */
export function trafficOffset(): number {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0) % 8;
  const run = Number(process.env.LOR_INFRA_TEST_RUN ?? 14);
  const taken = portsListenedTo();
  for (let tries = 0; tries < 20; tries += 1) {
    projects += 1;
    // Steps of 10: no project's port 443 is another one's port 80.
    const offset = 41_000 + 10 * (160 * run + 20 * worker + (projects % 20));
    // A run that was killed may have left its shop.
    if (!taken.has(offset + 80) && !taken.has(offset + 443)) return offset;
  }
  throw new Error("no ports are left for another shop");
}

/** On whatever address. Source: proc(5), /proc/net/tcp: local address and state, both in hexadecimal; 0A is LISTEN. */
function portsListenedTo(): ReadonlySet<number> {
  const sockets = readFileSync("/proc/net/tcp", "utf8").split("\n");
  const ports = sockets.map((line) => /^\s*\d+: [0-9A-F]{8}:([0-9A-F]{4}) \S+ 0A /.exec(line)?.[1]);
  return new Set(ports.flatMap((port) => (port === undefined ? [] : Number.parseInt(port, 16))));
}

/** Collects a child's output until it ends. */
export function ended(child: ChildProcess): Promise<Run> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
  });
  return new Promise((done, failed) => {
    child.on("error", failed);
    child.on("close", (code) => done({ code, stdout, stderr }));
  });
}
