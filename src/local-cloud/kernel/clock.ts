import { systemClock } from "../../os/host.ts";
import type { Store } from "./store.ts";

/**
 * `real`: runs with the machine's clock, plus every step made; `stepped`: stands still between steps. Kept in the store, so that
 * deadlines mean the same after a restart.
 */
export type ClockMode = "real" | "stepped";

export class CloudClock {
  readonly #store: Store;
  readonly #wall: () => number;
  readonly #listeners = new Set<() => void>();
  #mode: ClockMode;
  /** real: difference to the machine's clock; stepped: the instant itself. Milliseconds. */
  #value: number;

  /** @param mode used when the store has no clock yet, or to change the one it has. */
  constructor(store: Store, options: { mode?: ClockMode | undefined; wall?: (() => number) | undefined } = {}) {
    this.#store = store;
    this.#wall = options.wall ?? (() => systemClock.now().getTime());
    const kept = store.setting("clock");
    if (kept === undefined) {
      this.#mode = options.mode ?? "real";
      this.#value = this.#mode === "real" ? 0 : this.#wall();
    } else {
      const [mode, value] = kept.split(" ");
      this.#mode = mode === "stepped" ? "stepped" : "real";
      this.#value = Number(value);
    }
    if (options.mode !== undefined && options.mode !== this.#mode) {
      this.setMode(options.mode);
    }
    this.keep();
  }

  get mode(): ClockMode {
    return this.#mode;
  }

  /** Milliseconds since 1970. */
  now(): number {
    return this.#mode === "real" ? this.#wall() + this.#value : this.#value;
  }

  /** ISO 8601, seconds, UTC: `2026-11-22T10:00:00Z`. */
  iso(at: number = this.now()): string {
    return `${new Date(at).toISOString().slice(0, 19)}Z`;
  }

  /** Moves the clock forward. */
  step(seconds: number): void {
    if (!(seconds >= 0)) {
      throw new RangeError(`the clock cannot go back: ${seconds} s`);
    }
    this.#value += seconds * 1000;
    this.keep();
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }

  /** Changes between running and standing still without a jump. */
  setMode(mode: ClockMode): void {
    const now = this.now();
    this.#mode = mode;
    this.#value = mode === "real" ? now - this.#wall() : now;
    this.keep();
    for (const listener of [...this.#listeners]) {
      listener();
    }
  }

  /** Called after each step. @returns a function that stops it. */
  onStep(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Writes the clock into its store again, after a reset of it. */
  keep(): void {
    this.#store.setSetting("clock", `${this.#mode} ${this.#value}`);
  }
}
