import { ExitCode } from "../core/errors.ts";
import type { Terminal } from "./terminal.ts";

/**
 * What Ctrl-C means while something changes. The first asks for a clean stop: operations in progress end, nothing new starts.
 * The second only explains what leaving now would leave behind; the third leaves.
 */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #terminal: Terminal;
  readonly #inProgress: () => readonly string[];
  readonly #onSignal = () => this.#interrupted();
  #count = 0;

  constructor(terminal: Terminal, inProgress: () => readonly string[]) {
    this.#terminal = terminal;
    this.#inProgress = inProgress;
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Gives Ctrl-C back its usual meaning. */
  [Symbol.dispose](): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }

  #interrupted(): void {
    this.#count += 1;
    if (this.#count === 1) {
      this.#terminal.warn(
        "Stopping: what is in progress ends, nothing new starts. The same command goes on from there.",
      );
      this.#controller.abort();
      return;
    }
    const left = this.#inProgress();
    if (this.#count === 2) {
      this.#terminal.warn(
        left.length === 0
          ? "Nothing is in progress any more; the state is being written. Ctrl-C once more leaves now."
          : [
              "Leaving now would leave these in progress in the cloud, unknown to the state until the same command runs again and finds them:",
              ...left.map((name) => `  ${name}`),
              "Ctrl-C once more leaves now.",
            ].join("\n"),
      );
      return;
    }
    process.exit(ExitCode.failed);
  }
}
