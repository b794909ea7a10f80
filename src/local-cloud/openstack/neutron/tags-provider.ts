import { textsOf } from "../../provider/value-readers.ts";
import type { Values } from "../../provider/wire-values.ts";

/**
 * Tags as the real provider shows them: all of them apart, and of those that the program wants the ones that are there. So an import shows none, and
 * tags that somebody else added are no difference.
 */
export function shownTags(
  actual: readonly string[],
  known: Values,
): { tags: readonly string[]; allTags: readonly string[] } {
  const wanted = textsOf(known, "tags") ?? [];
  return { tags: wanted.filter((tag) => actual.includes(tag)), allTags: actual };
}

/** Tags to send with an update; tags added by others stay. */
export function sentTags(wanted: Values, known: Values): readonly string[] {
  const old = textsOf(known, "tags") ?? [];
  const others = (textsOf(known, "allTags") ?? []).filter((tag) => !old.includes(tag));
  return [...new Set([...others, ...(textsOf(wanted, "tags") ?? [])])];
}
