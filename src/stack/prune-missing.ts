import { resourceKey } from "../core/resource-key.ts";
import { dropFromState } from "../engine/drop-from-state.ts";
import { readRecorded } from "./recorded-state.ts";
import type { StackContext } from "./stack-context.ts";

/**
 * Before a refresh: takes out of the state what is gone from the cloud and whose provider answers a look at it with an error instead of "gone". A
 * deletion that was accepted and not recorded leaves such a resource, and no refresh would ever end well again.
 */
export async function forgetGone(context: StackContext): Promise<void> {
  const { clients, engine, emit } = context;
  const recorded = await readRecorded(context);
  const gone = new Set<string>();
  for (const resource of recorded.resources.filter((one) => clients.finder.failsWhenGone(one.type))) {
    const found = await clients.finder.find(resource.type, resource.inputs);
    if (found === undefined || found.id.split("/").at(-1) !== resource.id) {
      gone.add(resource.urn);
      emit({ kind: "repaired", repair: "gone-resource-forgotten", what: resourceKey(resource) });
    }
  }
  if (gone.size > 0) {
    await engine.importState(dropFromState(recorded.raw, gone));
  }
}
