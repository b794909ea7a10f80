interface RawResource {
  readonly urn: string;
  readonly dependencies?: readonly string[];
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
  readonly deletedWith?: string;
}

/**
 * Removes deleted resources from a state. Resources that depended on them stay; a refresh decides whether those exist.
 * @param raw the state as exported
 * @returns the state to import
 */
export function dropFromState(raw: unknown, gone: ReadonlySet<string>): unknown {
  const { deployment, ...rest } = raw as { readonly deployment: { readonly resources?: readonly RawResource[] } };
  const there = (urn: string) => !gone.has(urn);
  const resources = (deployment.resources ?? [])
    .filter((one) => there(one.urn))
    .map(({ dependencies, propertyDependencies, deletedWith, ...one }) => ({
      ...one,
      ...(dependencies === undefined ? {} : { dependencies: dependencies.filter(there) }),
      ...(propertyDependencies === undefined
        ? {}
        : {
            propertyDependencies: Object.fromEntries(
              Object.entries(propertyDependencies).map(([name, urns]) => [name, (urns ?? []).filter(there)]),
            ),
          }),
      ...(deletedWith === undefined || !there(deletedWith) ? {} : { deletedWith }),
    }));
  return { ...rest, deployment: { ...deployment, resources } };
}
