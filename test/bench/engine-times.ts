import { decorateEngine } from "../../src/engine/decorate-engine.ts";
import type { EngineStack } from "../../src/engine/port.ts";

/** Counts the runs of an engine and measures the time during which at least one is active. */
export class EngineTimes {
  runs = 0;
  #active = 0;
  #activeSince = 0;
  #seconds = 0;

  /** Seconds so far during which the engine ran. */
  get seconds(): number {
    return this.#seconds + (this.#active > 0 ? (performance.now() - this.#activeSince) / 1000 : 0);
  }

  /** The same engine, measured. */
  of(engine: EngineStack): EngineStack {
    return decorateEngine({ engine: () => engine, around: (run) => this.#measure(run) });
  }

  async #measure<T>(run: () => Promise<T>): Promise<T> {
    this.runs += 1;
    if (this.#active === 0) this.#activeSince = performance.now();
    this.#active += 1;
    try {
      return await run();
    } finally {
      this.#active -= 1;
      if (this.#active === 0) this.#seconds += (performance.now() - this.#activeSince) / 1000;
    }
  }
}
