import { textsOf } from "../../provider/value-readers.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";

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

/** The real provider sets tags in a call of its own, once the resource is there: when Neutron refuses them, it stays. */
export function withTags<View>(inputs: Values, made: View, replace: (tags: readonly string[]) => View): View {
  const tags = textsOf(inputs, "tags") ?? [];
  return tags.length === 0 ? made : replace(tags);
}

/** The same after an update. Tags added by others stay. */
export function withChangedTags<View>(
  { wanted, known }: { readonly wanted: Values; readonly known: Values },
  updated: View,
  replace: (tags: readonly string[]) => View,
): View {
  if (sameValue(wanted.tags ?? [], known.tags ?? [])) return updated;
  const old = textsOf(known, "tags") ?? [];
  const others = (textsOf(known, "allTags") ?? []).filter((tag) => !old.includes(tag));
  return replace([...new Set([...others, ...(textsOf(wanted, "tags") ?? [])])]);
}
