import { spawn } from "node:child_process";
import type { Writable } from "node:stream";

interface CommandRequest {
  /** Program and arguments; no shell reads them. */
  readonly command: readonly [string, ...string[]];
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  /** Milliseconds after which it is ended. */
  readonly limit: number;
  /** Takes what it prints, both streams, as it comes. */
  readonly output: Writable;
  /** Ends it, too. */
  readonly signal: AbortSignal | undefined;
}

export type CommandEnd =
  | { readonly kind: "ended"; readonly code: number }
  /** By a signal that was not ours. */
  | { readonly kind: "killed"; readonly signal: string }
  | { readonly kind: "too-long" }
  | { readonly kind: "stopped" }
  /** There is no such program, or it may not be run. */
  | { readonly kind: "not-started"; readonly reason: string };

export interface CommandRunner {
  run(request: CommandRequest): Promise<CommandEnd>;
}

/** Between asking a command to end and ending it, milliseconds. */
const grace = 5_000;

/** Runs a customer's command in a process group of its own: what it started ends with it, and Ctrl-C reaches only us. */
export const commandRunner: CommandRunner = {
  run: ({ command: [program, ...args], folder, env, limit, output, signal }) => {
    if (signal?.aborted === true) return Promise.resolve({ kind: "stopped" });
    const { promise, resolve } = Promise.withResolvers<CommandEnd>();
    const child = spawn(program, args, { cwd: folder, env, detached: true, stdio: ["ignore", "pipe", "pipe"] });
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
    child.stdout.pipe(output, { end: false });
    child.stderr.pipe(output, { end: false });
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
      // What it left behind in its group would go on unseen.
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
