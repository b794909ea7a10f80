import type { DatabaseModel } from "./model.ts";

/** Connections that requests hold to databases, over all instances. */
export class DatabaseConnections {
  readonly #held = new Map<string, number>();

  /** Takes the connections of one request. @returns what gives them back, or undefined when the database refuses them */
  take({ id, maxConnections, perRequest }: DatabaseModel): (() => void) | undefined {
    const held = (this.#held.get(id) ?? 0) + perRequest;
    if (held > maxConnections) return undefined;
    this.#held.set(id, held);
    return () => this.#held.set(id, (this.#held.get(id) ?? 0) - perRequest);
  }
}
