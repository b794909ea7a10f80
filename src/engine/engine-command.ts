import { spawn } from "node:child_process";
import { closeSync, fstatSync, openSync, readSync, unlinkSync } from "node:fs";
import { delimiter, dirname, isAbsolute, join } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";
import { host } from "../os/host.ts";

/** Output and exit code of one engine process. */
export interface CommandOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The engine ended with an error; `src/engine/engine-errors.ts` turns it into a coded error. */
export class EngineCommandError extends Error {
  readonly outcome: CommandOutcome;

  constructor(outcome: CommandOutcome) {
    super(`the engine ended with code ${outcome.code}`);
    this.name = "EngineCommandError";
    this.outcome = outcome;
  }
}

/** Queries that the Automation API sends after each `up`, only for a summary and outputs that nothing here reads. */
const answersWithoutEngine: readonly (readonly [question: string, answer: string])[] = [
  ["stack history", "[]"],
  ["stack output", "{}"],
];

/**
 * Runs the engine for the Automation API, in place of its own `PulumiCommand`:
 * - in a process session of its own, so that Ctrl-C in the terminal reaches only us and the engine is asked to stop exactly once;
 * - writing to files instead of pipes: when we are killed, an engine with a broken pipe dies at its next line and leaves its lock and its
 *   operations pending, while this one ends what is in progress, records it and gives its lock back (both seen, 3.259.0);
 * - with the environment it is given and no other;
 * - without the three questions that follow each `up`, 0.1 s and a process each.
 */
export class EngineCommand {
  readonly command: string;
  /** The Automation API needs its text form only. */
  readonly version: PulumiCommand["version"];
  readonly #environment: Readonly<Record<string, string>>;

  /**
   * @param command path of the engine
   * @param version of the engine, without `v`: known from its location, so that it is not queried again
   * @param environment the engine's complete environment
   */
  constructor(command: string, version: string, environment: Readonly<Record<string, string>>) {
    this.command = command;
    this.version = { toString: () => version } as PulumiCommand["version"];
    this.#environment = environment;
  }

  /** Called by the Automation API; the parameters are its own. */
  run(
    args: readonly string[],
    cwd: string,
    additionalEnv: Readonly<Record<string, string>>,
    _onOutput?: (text: string) => void,
    _onError?: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<CommandOutcome> {
    const answer = answersWithoutEngine.find(([question]) => question === `${args[0]} ${args[1]}`);
    if (answer !== undefined) {
      return Promise.resolve({ stdout: answer[1], stderr: "", code: 0 });
    }
    return this.#spawn(args, cwd, additionalEnv, signal);
  }

  /** Runs a query of our own and returns what the engine printed. */
  async ask(args: readonly string[], cwd: string): Promise<string> {
    return (await this.#spawn(args, cwd, {})).stdout;
  }

  #spawn(
    args: readonly string[],
    cwd: string,
    additionalEnv: Readonly<Record<string, string>>,
    signal?: AbortSignal,
  ): Promise<CommandOutcome> {
    if (signal?.aborted) {
      return Promise.reject(new EngineCommandError({ stdout: "", stderr: "stopped before it began", code: -1 }));
    }
    return new Promise((resolve, reject) => {
      const stdout = new NamelessFile(cwd);
      const stderr = new NamelessFile(cwd);
      const child = spawn(this.command, [...args, "--non-interactive"], {
        cwd,
        env: this.#childEnvironment(additionalEnv),
        detached: true,
        stdio: ["ignore", stdout.handle, stderr.handle],
      });
      const interrupt = () => child.kill("SIGINT");
      signal?.addEventListener("abort", interrupt, { once: true });
      const settle = (code: number, closing: string) => {
        signal?.removeEventListener("abort", interrupt);
        const outcome = { stdout: stdout.take(), stderr: `${stderr.take()}${closing}`, code };
        if (code === 0) {
          resolve(outcome);
        } else {
          reject(new EngineCommandError(outcome));
        }
      };
      child.once("error", (error) => settle(-1, error.message));
      child.once("close", (code, killedBy) => settle(code ?? -1, killedBy === null ? "" : `\nkilled by ${killedBy}`));
    });
  }

  #childEnvironment(additionalEnv: Readonly<Record<string, string>>): Record<string, string> {
    const environment: Record<string, string> = { ...this.#environment, ...additionalEnv };
    if (isAbsolute(this.command)) {
      // The language host is in the engine's folder.
      environment.PATH = [dirname(this.command), environment.PATH].filter(Boolean).join(delimiter);
    }
    return environment;
  }
}

/** An unlinked file, which disappears with the last process that has it open: the output of the engine may contain secrets. */
class NamelessFile {
  readonly handle: number;
  #taken = false;

  constructor(folder: string) {
    const path = join(folder, `.${host().randomUUID()}`);
    this.handle = openSync(path, "wx+", 0o600);
    unlinkSync(path);
  }

  /** Returns its text and closes it. */
  take(): string {
    if (this.#taken) {
      return "";
    }
    this.#taken = true;
    const bytes = Buffer.alloc(fstatSync(this.handle).size);
    readSync(this.handle, bytes, 0, bytes.length, 0);
    closeSync(this.handle);
    return bytes.toString("utf8");
  }
}
