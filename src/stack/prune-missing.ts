import { resourceKey } from "../core/resource-key.ts";
import { dropFromState } from "../engine/drop-from-state.ts";
import { readRecorded } from "./recorded-state.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * Before a refresh: removes from the state resources that the cloud no longer has and whose provider fails to read a deleted resource instead of
 * reporting it as deleted. A deletion that was accepted but not recorded leaves such a resource, and every later refresh would fail.
 */
export async function pruneMissing(context: StackContext): Promise<void> {
  const { clients, engine, emit } = context;
  const recorded = await readRecorded(context);
  const missing = new Set<string>();
  for (const resource of recorded.resources.filter((one) => clients.finder.failsWhenGone(one.type))) {
    const found = await clients.finder.find(resource.type, resource.inputs);
    if (found === undefined || found.id.split("/").at(-1) !== resource.id) {
      missing.add(resource.urn);
      emit({ kind: "repaired", repair: "missing-resource-pruned", what: resourceKey(resource) });
    }
  }
  if (missing.size > 0) {
    await engine.importState(dropFromState(recorded.raw, missing));
  }
}
