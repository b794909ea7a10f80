import * as pulumi from "@pulumi/pulumi";

/**
 * The resources that must exist before a resource can be created: those whose outputs are in its inputs, and its `dependsOn` options. Known as soon
 * as the program declares it, long before the engine receives it.
 */
export function declaredDependencies(props: unknown, options: pulumi.ResourceOptions): ReadonlySet<pulumi.Resource> {
  const found = new Set<pulumi.Resource>();
  collect(props, found);
  collect(options.dependsOn, found);
  return found;
}

function collect(value: unknown, found: Set<pulumi.Resource>, depth = 0): void {
  if (typeof value !== "object" || value === null || depth > 8) {
    return;
  }
  if (pulumi.Resource.isInstance(value)) {
    found.add(value);
    return;
  }
  if (pulumi.Output.isInstance(value)) {
    for (const resource of sourcesOf(value)) {
      found.add(resource);
    }
    return;
  }
  for (const entry of Object.values(value)) {
    collect(entry, found, depth + 1);
  }
}

/** The SDK has this on every output but not in its type declarations. */
function sourcesOf(output: object): Iterable<pulumi.Resource> {
  const { resources } = output as { readonly resources?: () => Iterable<pulumi.Resource> };
  return resources === undefined ? [] : resources.call(output);
}
