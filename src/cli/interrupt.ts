import { ExitCode } from "../core/errors.ts";
import { host } from "../os/host.ts";

/** Handler of Ctrl-C: a live screen would redraw over output written past it. */
interface InterruptScreen {
  warn(text: string): void;
  /** Description of the change in progress. */
  inProgress(): readonly string[];
}

/**
 * Signals within this time count as one, in milliseconds: npm forwards Ctrl-C to a child that has received it from the terminal already (5 to 10 ms
 * later), and a held key repeats every 30 ms.
 */
const oneSignal = 100;

/**
 * Ctrl-C during a change. The first requests a clean stop: operations in progress end, no new ones start. The second explains what an immediate
 * exit would leave behind; the third exits.
 */
export class Interrupt {
  readonly #controller = new AbortController();
  readonly #screen: InterruptScreen;
  readonly #onSignal = () => this.#interrupted();
  #count = 0;
  #last = Number.NEGATIVE_INFINITY;

  constructor(screen: InterruptScreen) {
    this.#screen = screen;
    process.on("SIGINT", this.#onSignal);
    process.on("SIGTERM", this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Restores the default behaviour of Ctrl-C. */
  [Symbol.dispose](): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }

  #interrupted(): void {
    const now = host().monotonic();
    const repeated = now - this.#last < oneSignal;
    this.#last = now;
    if (repeated) return;
    this.#count += 1;
    if (this.#count === 1) {
      this.#screen.warn("Stopping: what is in progress ends, nothing new starts. The same command goes on from there.");
      this.#controller.abort();
      return;
    }
    const left = this.#screen.inProgress();
    if (this.#count === 2) {
      this.#screen.warn(
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
