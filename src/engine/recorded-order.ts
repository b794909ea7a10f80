import type { Resource } from "@pulumi/pulumi";

type Edges = Map<string, Set<string>>;

/**
 * Recorded dependencies, for a program whose order has changed after an upgrade or other settings. Dependencies that would form a cycle with the
 * program's own are omitted.
 */
export class RecordedOrder {
  readonly #recorded: ReadonlyMap<string, readonly string[]>;
  readonly #declared = new Map<string, Resource>();
  /** Dependencies by URN; for a component also those of its children. */
  readonly #waits: Edges = new Map();
  readonly #added = Promise.withResolvers<Edges>();

  constructor(recorded: ReadonlyMap<string, readonly string[]>) {
    this.#recorded = recorded;
  }

  /**
   * Called when the program has declared a resource.
   * @returns its other dependencies, once the whole program is declared; undefined when the record has none beyond the program's own
   */
  declare(
    urn: string,
    resource: Resource,
    { dependsOn, parent }: { readonly dependsOn: readonly string[]; readonly parent: string | undefined },
  ): Promise<readonly Resource[]> | undefined {
    this.#declared.set(urn, resource);
    for (const one of dependsOn) edgesOf(this.#waits, urn).add(one);
    if (parent !== undefined) edgesOf(this.#waits, parent).add(urn);
    if ((this.#recorded.get(urn) ?? []).every((one) => dependsOn.includes(one))) return undefined;
    return this.#added.promise.then((added) =>
      [...(added.get(urn) ?? [])].flatMap((one) => this.#declared.get(one) ?? []),
    );
  }

  /** Called when the program has ended and nothing more is declared. */
  complete(): void {
    const added: Edges = new Map();
    for (const [urn, dependencies] of this.#recorded) {
      if (!this.#declared.has(urn)) continue;
      for (const one of dependencies) {
        if (!this.#declared.has(one) || this.#leads(one, urn)) continue;
        edgesOf(this.#waits, urn).add(one);
        edgesOf(added, urn).add(one);
      }
    }
    this.#added.resolve(added);
  }

  #leads(from: string, to: string, seen = new Set<string>()): boolean {
    if (from === to) return true;
    if (seen.has(from)) return false;
    seen.add(from);
    return [...(this.#waits.get(from) ?? [])].some((next) => this.#leads(next, to, seen));
  }
}

function edgesOf(edges: Edges, urn: string): Set<string> {
  const known = edges.get(urn) ?? new Set<string>();
  edges.set(urn, known);
  return known;
}
