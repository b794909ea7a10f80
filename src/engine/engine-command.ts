import { spawn } from "node:child_process";
import { delimiter, dirname, isAbsolute } from "node:path";
import type { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

/** What one run of the engine printed, and how it ended. */
export interface CommandOutcome {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number;
}

/** The engine ended with an error; `src/engine/engine-errors.ts` turns it into a coded one. */
export class EngineCommandError extends Error {
  readonly outcome: CommandOutcome;

  constructor(outcome: CommandOutcome) {
    super(`the engine ended with code ${outcome.code}`);
    this.name = "EngineCommandError";
    this.outcome = outcome;
  }
}

/** What the Automation API asks after each `up`, only to fill a summary and outputs that nobody here reads from it. */
const ANSWERED_HERE: readonly (readonly [string, string])[] = [
  ["stack history", "[]"],
  ["stack output", "{}"],
];

/**
 * Runs the engine for the Automation API, in place of its own `PulumiCommand`:
 * - in a process session of its own, so that Ctrl-C in the terminal reaches only us and the engine is asked to stop exactly once;
 * - with the environment it is given and no other;
 * - without the three questions that follow each `up`, 0.1 s and a process each.
 */
export class EngineCommand {
  readonly command: string;
  /** The Automation API wants its text form only. */
  readonly version: PulumiCommand["version"];
  readonly #environment: Readonly<Record<string, string>>;
  #pid: number | undefined;

  /**
   * @param command path of the engine
   * @param version of the engine, without `v`: known from its location, so that it is not asked for again
   * @param environment the engine's whole environment
   */
  constructor(command: string, version: string, environment: Readonly<Record<string, string>>) {
    this.command = command;
    this.version = { toString: () => version } as PulumiCommand["version"];
    this.#environment = environment;
  }

  /** Process id of the engine while it runs. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /** Called by the Automation API; the parameters are its own. */
  run(
    args: readonly string[],
    cwd: string,
    additionalEnv: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<CommandOutcome> {
    const answer = ANSWERED_HERE.find(([question]) => question === `${args[0]} ${args[1]}`);
    if (answer !== undefined) {
      return Promise.resolve({ stdout: answer[1], stderr: "", code: 0 });
    }
    return this.#spawn(args, cwd, additionalEnv, onOutput, onError, signal);
  }

  /** Asks the engine something of our own and gives what it printed. */
  async ask(args: readonly string[], cwd: string): Promise<string> {
    return (await this.#spawn(args, cwd, {})).stdout;
  }

  #spawn(
    args: readonly string[],
    cwd: string,
    additionalEnv: Readonly<Record<string, string>>,
    onOutput?: (text: string) => void,
    onError?: (text: string) => void,
    signal?: AbortSignal,
  ): Promise<CommandOutcome> {
    return new Promise((resolve, reject) => {
      const child = spawn(this.command, [...args, "--non-interactive"], {
        cwd,
        env: this.#childEnvironment(additionalEnv),
        detached: true,
        stdio: ["ignore", "pipe", "pipe"],
      });
      this.#pid = child.pid;
      let stdout = "";
      let stderr = "";
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        stdout += text;
        onOutput?.(text);
      });
      child.stderr.setEncoding("utf8").on("data", (text: string) => {
        stderr += text;
        onError?.(text);
      });
      const interrupt = () => child.kill("SIGINT");
      if (signal?.aborted) {
        interrupt();
      }
      signal?.addEventListener("abort", interrupt, { once: true });
      const settle = (outcome: CommandOutcome) => {
        this.#pid = undefined;
        signal?.removeEventListener("abort", interrupt);
        if (outcome.code === 0) {
          resolve(outcome);
        } else {
          reject(new EngineCommandError(outcome));
        }
      };
      child.once("error", (error) => settle({ stdout, stderr: `${stderr}${error.message}`, code: -1 }));
      child.once("close", (code, killedBy) =>
        settle({ stdout, stderr: killedBy === null ? stderr : `${stderr}\nkilled by ${killedBy}`, code: code ?? -1 }),
      );
    });
  }

  #childEnvironment(additionalEnv: Readonly<Record<string, string>>): Record<string, string> {
    const environment: Record<string, string> = { ...this.#environment, ...additionalEnv };
    if (isAbsolute(this.command)) {
      // The language host lies beside the engine.
      environment.PATH = [dirname(this.command), environment.PATH].filter(Boolean).join(delimiter);
    }
    return environment;
  }
}
