interface RawResource {
  readonly urn: string;
  readonly id?: unknown;
  readonly parent?: unknown;
  readonly provider?: unknown;
  readonly dependencies?: unknown;
  readonly propertyDependencies?: unknown;
  readonly deletedWith?: unknown;
  readonly pendingReplacement?: unknown;
}

/**
 * The first resource that refers to one which does not precede it. The engine refuses such a state in every command; it writes one itself when a
 * run with targets omits a dependency of a target (engine 3.259.0, `Snapshot.VerifyIntegrity`).
 * @returns such as `refers in ps-0 to lb, which it does not have`; undefined for a valid state
 */
export function brokenReference(resources: readonly unknown[]): string | undefined {
  const before = new Set<string>();
  for (const resource of resources as readonly RawResource[]) {
    const missing = referencesOf(resource).find((one) => !before.has(one));
    if (missing !== undefined) {
      return `refers in ${nameOf(resource.urn)} to ${nameOf(missing)}, which it does not have before it`;
    }
    before.add(resource.urn);
    if (typeof resource.id === "string") before.add(`${resource.urn}::${resource.id}`);
  }
  return undefined;
}

function referencesOf(resource: RawResource): readonly string[] {
  const { parent, provider, dependencies, propertyDependencies, deletedWith, pendingReplacement } = resource;
  const byProperty = Object.values((propertyDependencies ?? {}) as Readonly<Record<string, unknown>>).flat();
  const references = [parent, ...[dependencies].flat(), ...byProperty, deletedWith];
  // The provider of a resource that waits for its replacement may be replaced before it.
  if (pendingReplacement !== true) references.push(provider);
  return references.filter((one) => typeof one === "string" && one !== "") as string[];
}

/** Name and type of a resource, from its URN or from a provider's `URN::ID`. */
function nameOf(reference: string): string {
  const [, , types, name] = reference.split("::");
  return name === undefined ? reference : `${name} (${types?.split("$").at(-1)})`;
}
