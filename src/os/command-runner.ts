import { spawn } from "node:child_process";
import type { Readable, Writable } from "node:stream";

interface CommandRequest {
  /** Program and arguments; no shell is involved. */
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Time limit, in milliseconds. */
  readonly limit: number;
  /** Receives the output of both streams as it arrives. */
  readonly output: Writable;
  /** Receives what the command writes to file descriptor 3. Default: that is lost. */
  readonly events?: Writable;
  /** Also ends the command. */
  readonly signal: AbortSignal | undefined;
}

export type CommandEnd =
  | { readonly kind: "ended"; readonly code: number }
  /** Ended by a signal of another process. */
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "too-long" }
  | { readonly kind: "stopped" }
  /** The program does not exist, or may not be executed. */
  | { readonly kind: "not-started"; readonly reason: string };

export interface CommandRunner {
  run(request: CommandRequest): Promise<CommandEnd>;
}

/** Grace period between SIGTERM and SIGKILL, in milliseconds. */
const grace = 5_000;

/** Runs a user's command in a process group of its own: its children end with it, and Ctrl-C reaches only this process. */
export const commandRunner: CommandRunner = {
  run: ({ command: [program, ...args], folder, env, limit, output, events, signal }) => {
    if (signal?.aborted === true) return Promise.resolve({ kind: "stopped" });
    const { promise, resolve } = Promise.withResolvers<CommandEnd>();
    const child = spawn(program, args, {
      cwd: folder,
      env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", events === undefined ? "ignore" : "pipe"],
    });
    let ending: "too-long" | "stopped" | undefined;
    let kill: NodeJS.Timeout | undefined;
    const end = (why: "too-long" | "stopped") => {
      if (ending !== undefined) return;
      ending = why;
      signalGroup(child.pid, "SIGTERM");
      kill = setTimeout(() => signalGroup(child.pid, "SIGKILL"), grace);
    };
    const stop = () => end("stopped");
    const timer = setTimeout(() => end("too-long"), limit);
    signal?.addEventListener("abort", stop);
    child.stdout?.pipe(output, { end: false });
    child.stderr?.pipe(output, { end: false });
    if (events !== undefined) (child.stdio[3] as Readable).pipe(events, { end: false });
    const settle = (result: CommandEnd) => {
      clearTimeout(timer);
      clearTimeout(kill);
      signal?.removeEventListener("abort", stop);
      resolve(ending === undefined ? result : { kind: ending });
    };
    child.once("error", (error: NodeJS.ErrnoException) =>
      settle({ kind: "not-started", reason: error.code ?? error.message }),
    );
    child.once("close", (code, killedBy) => {
      // Processes left in its group would continue in the background.
      signalGroup(child.pid, "SIGKILL");
      settle(code === null ? { kind: "killed", signal: killedBy ?? "a signal" } : { kind: "ended", code });
    });
    return promise;
  },
};

function signalGroup(pid: number | undefined, name: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, name);
  } catch (error) {
    // It has ended meanwhile, or belongs to another user now.
    if (!["ESRCH", "EPERM"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
