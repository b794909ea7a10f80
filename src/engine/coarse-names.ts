import type { StepEventMetadata } from "@pulumi/pulumi/automation/index.js";

/**
 * Names of the properties that differ, where the provider gives no details. Some providers name with them everything that they compute anew, which
 * is a consequence: left out, unless nothing else is named.
 */
export function coarseNamesOf({ diffs, detailedDiff, old, new: next }: StepEventMetadata): readonly string[] {
  const names = diffs ?? [];
  if (Object.keys(detailedDiff ?? {}).length > 0) return names;
  const inputs = { ...old?.inputs, ...next?.inputs };
  const given = names.filter((name) => name in inputs);
  return given.length > 0 ? given : names;
}
