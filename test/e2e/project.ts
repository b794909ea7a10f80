import { type ChildProcess, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

const repository = resolve(import.meta.dirname, "..", "..");
const launcher = join(repository, "src", "cli", "lor-infra.js");

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Lor's three settings files in a folder of their own, and the command line as a user types it there. Each project has its own
 * state folder and so its own local cloud; `dispose` stops that cloud and deletes the folder.
 */
export class TestProject {
  readonly folder: string;
  readonly env: Record<string, string | undefined>;

  constructor() {
    this.folder = mkdtempSync(join(tmpdir(), "lor-infra-e2e-"));
    for (const file of readdirSync(repository)) {
      if (/^Pulumi\..*yaml$/.test(file)) cpSync(join(repository, file), join(this.folder, file));
    }
    this.edit("Pulumi.yaml", (text) =>
      text.replace("main: src/program.ts", `main: ${join(repository, "src", "program.ts")}`),
    );
    this.env = { ...process.env, NO_COLOR: "1", LOR_INFRA_TRAFFIC_OFFSET: String(nextTrafficOffset()) };
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
    await this.run(["cloud", "stop"]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}

let projects = 0;

/** Every project's shop listens on ports of its own: test files run side by side, each in a process with its own range. */
function nextTrafficOffset(): number {
  const worker = Number(process.env.VITEST_POOL_ID ?? 0);
  projects += 1;
  return 9000 + 1000 * (worker % 20) + ((10 * projects) % 1000);
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
