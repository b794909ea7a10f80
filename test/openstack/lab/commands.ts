import { spawn } from "node:child_process";
import { appendFileSync } from "node:fs";
import type { Daemons } from "./daemons.ts";
import type { Place } from "./place.ts";

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /** Default 300. */
  readonly seconds?: number;
}

/** Commands that are run to their end. What they say goes to a log; a failure shows the end of it. */
export class Commands {
  readonly #place: Place;
  readonly #daemons: Daemons;
  readonly #signal: AbortSignal | undefined;

  constructor(place: Place, daemons: Daemons, signal?: AbortSignal) {
    this.#place = place;
    this.#daemons = daemons;
    this.#signal = signal;
  }

  /** Resolves with what it printed; `name` is the log's. */
  run(name: string, command: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
    const log = this.#place.log(name);
    return new Promise((resolve, reject) => {
      let said = "";
      const child = spawn(command, args, {
        cwd: this.#place.data("tmp"),
        env: this.#daemons.environment(options.env),
        stdio: "pipe",
        timeout: (options.seconds ?? 300) * 1000,
        killSignal: "SIGKILL",
        // In a group of its own: a Ctrl-C reaches the runner alone, which then stops everything in order.
        detached: true,
        ...(this.#signal === undefined ? {} : { signal: this.#signal }),
      });
      for (const stream of [child.stdout, child.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          said += text;
          appendFileSync(log, text, { mode: 0o600 });
        });
      }
      child.stdin.on("error", () => {}).end(options.input ?? "");
      child.once("error", reject);
      child.once("close", (code, killedBy) =>
        code === 0
          ? resolve(said)
          : reject(
              new Error(`${command} ${args.join(" ")} ended with ${code ?? killedBy}:\n${said.slice(-1500)}\n(${log})`),
            ),
      );
    });
  }

  /** Whether the command ends with 0. */
  async succeeds(
    name: string,
    command: string,
    args: readonly string[],
    options: CommandOptions = {},
  ): Promise<boolean> {
    return this.run(name, command, args, options).then(
      () => true,
      () => false,
    );
  }
}
