import { ExitCode } from "../core/errors.ts";

/** Where Ctrl-C is answered: a live screen would redraw over what is written past it. */
interface InterruptScreen {
  warn(text: string): void;
  /** What is being changed right now, as a person names it. */
  inProgress(): readonly string[];
}

/**
 * Signals that follow each other within this time are one, milliseconds: npm passes Ctrl-C on to a child that the terminal has sent it to already
 * (5 to 10 ms later), and a key that is held down repeats every 30 ms.
 */
const oneSignal = 250;

/**
 * What Ctrl-C means while something changes. The first asks for a clean stop: operations in progress end, nothing new starts.
 * The second only explains what leaving now would leave behind; the third leaves.
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

  /** Gives Ctrl-C back its usual meaning. */
  [Symbol.dispose](): void {
    process.off("SIGINT", this.#onSignal);
    process.off("SIGTERM", this.#onSignal);
  }

  #interrupted(): void {
    const now = performance.now();
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
