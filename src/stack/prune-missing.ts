import { resourceKey } from "../core/resource-key.ts";
import { dropFromState } from "../engine/drop-from-state.ts";
import { type RecordedState, readRecorded } from "./recorded-state.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * Before a refresh: removes from the state resources that the cloud no longer has and whose provider fails to read a deleted resource instead of
 * reporting it as deleted. A deletion that was accepted but not recorded leaves such a resource, and every later refresh would fail.
 */
export async function pruneMissing(context: StackContext): Promise<void> {
  const known = await withoutMissing(context, await readRecorded(context));
  if (known === undefined) return;
  for (const what of known.missing) context.emit({ kind: "repaired", repair: "missing-resource-pruned", what });
  await context.engine.importState(known.raw);
}

/** @returns the state without those resources, and their keys; undefined when there are none */
export async function withoutMissing(
  { clients: { finder } }: StackContext,
  recorded: RecordedState,
): Promise<{ readonly raw: unknown; readonly missing: readonly string[] } | undefined> {
  const missing = new Map<string, string>();
  for (const resource of recorded.resources.filter((one) => finder.failsWhenGone(one.type))) {
    const { type, inputs, id, urn } = resource;
    // Asked by its id: another one of the same name or content is not the recorded one.
    if ((await finder.find(type, inputs, id)) === undefined) missing.set(urn, resourceKey(resource));
  }
  if (missing.size === 0) return undefined;
  return { raw: dropFromState(recorded.raw, new Set(missing.keys())), missing: [...missing.values()] };
}
