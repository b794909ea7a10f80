/** Keys of a property path as the engine writes it: `metadata["a.b"].list[0]` yields `metadata`, `a.b`, `list` and `0`. */
export function keysOfPath(path: string): readonly string[] {
  return [...path.matchAll(/\["((?:[^"\\]|\\.)*)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    ([, quoted, index, name]) => quoted?.replaceAll(/\\(.)/g, "$1") ?? index ?? name ?? "",
  );
}

/** Path of a member of a list or record. */
export function joinPath(parent: string, key: string, inList: boolean): string {
  if (inList) return `${parent}[${key}]`;
  return /^[\w$-]+$/.test(key) ? `${parent}.${key}` : `${parent}[${JSON.stringify(key)}]`;
}

/** Value of one key; undefined when there is none. */
export function memberOf(value: unknown, key: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, key)
    ? (value as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

/** Value at a path; undefined when there is none. */
export function valueAt(value: unknown, path: string): unknown {
  return keysOfPath(path).reduce(memberOf, value);
}
