import type { ResourceFinder } from "../clouds/clients.ts";
import { resourceKey } from "../core/resource-key.ts";
import type { Adoption, ResourceChange } from "../engine/port.ts";
import type { Fleet } from "../rolling/fleet.ts";
import { frontIndex } from "../rolling/serving.ts";
import { observeFleet } from "./observe-fleet.ts";
import { frontNames, type RecordedState } from "./recorded-state.ts";
import { planFleet, planProfile, requireLock, runOptions, type StackContext } from "./stack-context.ts";
import { isChained, runTargeted } from "./update-stack.ts";

/**
 * Takes into the state what earlier runs created unseen: a provider that failed after the cloud accepted, or a kill at the wrong moment, leaves a resource
 * that the state does not know; creating it again would buy it twice, and an engine that does not know it cannot remove it. So this comes
 * first, wherever the action wants to go.
 *
 * @returns whether the state has changed
 */
export async function adoptLostCreations(
  context: StackContext,
  recorded: RecordedState,
  goal: Fleet | undefined,
): Promise<boolean> {
  const { intents } = context.state;
  const pending = await intents.pending();
  if (pending.length === 0) {
    return false;
  }
  const plan = planFleet(context, await widestFleet(context, recorded, goal, frontNames(pending)));
  const choice = { chain: isChained(recorded), joinDrained: true };
  context.emit({ kind: "phase", phase: "recovering" });
  const preview = await context.engine.preview(context.program(plan, choice));
  const begun = new Set(pending.map(resourceKey));
  const lost = await findLost(context, preview.changes, begun);
  const half = findHalfAdopted(context, recorded, preview.changes, begun);
  const adopt = new Map([...lost.importable, ...half]);
  const { entered } = lost;
  if (entered.size > 0) {
    await requireLock(context);
    await context.engine.enter(context.program(plan, choice), entered, { ...runOptions(context), adopt });
  }
  if (adopt.size + entered.size > 0) {
    const targets = [...adopt.keys(), ...entered.keys()];
    // What was entered lacks what only the cloud tells.
    await runTargeted(context, { plan, choice, recorded, targets, adopt, refresh: entered.size > 0 });
  }
  await intents.clear();
  return adopt.size + entered.size > 0;
}

/** Every front that is there or was begun, at the size that it has. */
async function widestFleet(
  context: StackContext,
  recorded: RecordedState,
  goal: Fleet | undefined,
  begun: readonly string[],
): Promise<Fleet> {
  const base = recorded.fleet ?? goal ?? planProfile(context, "normal").fleet;
  const live = await observeFleet(context);
  const wanted = [...base.fronts, ...(goal?.fronts ?? [])];
  const sizes = new Map([...wanted, ...live.fronts].map(({ name, size }) => [name, size]));
  const names = new Set([...base.fronts.map((one) => one.name), ...live.fronts.map((one) => one.name), ...begun]);
  for (const name of recorded.fronts) {
    names.add(name);
  }
  const fallback = context.project.settings.normal.prestashop.frontsFlavor;
  return {
    loadBalancerBandwidth: base.loadBalancerBandwidth,
    fronts: [...names]
      .toSorted((a, b) => frontIndex(a) - frontIndex(b))
      .map((name) => ({ name, size: sizes.get(name) ?? fallback })),
  };
}

/** Looks every creation up by its name that an earlier run had begun and the state does not know. */
async function findLost(
  context: StackContext,
  changes: readonly ResourceChange[],
  begun: ReadonlySet<string>,
): Promise<{ readonly importable: ReadonlyMap<string, Adoption>; readonly entered: ReadonlyMap<string, Adoption> }> {
  const importable = new Map<string, Adoption>();
  const entered = new Map<string, Adoption>();
  const { finder } = context.clients;
  for (const change of changes) {
    const name = resourceKey(change);
    if (change.change !== "create" || change.identity === undefined || !begun.has(name)) {
      continue;
    }
    const found = await finder.find(change.type, change.identity);
    if (found?.secretLost === true) {
      await finder.discard(change.type, found.id);
      context.emit({ kind: "repaired", repair: "creation-discarded", what: name });
    } else if (found !== undefined) {
      const adoption = adoptionOf(finder, change.type, found.id);
      (finder.isImportable(change.type) ? importable : entered).set(change.urn, adoption);
      context.emit({ kind: "repaired", repair: "creation-found", what: name });
    }
  }
  return { importable, entered };
}

export function adoptionOf(finder: ResourceFinder, type: string, id: string): Adoption {
  // Where the import would take `project/region/id`, the state keeps the last part.
  const kept = finder.isImportable(type) ? id : id.slice(id.lastIndexOf("/") + 1);
  return { id: kept, unreadable: finder.unreadable(type), madeUp: finder.madeUp(type) };
}

/**
 * What an earlier run was adopting when it was killed: in the state already, but without the inputs that the provider cannot read, which the next
 * update would take for a change, and of a server for a replace. Adopted once more, they are put in.
 */
function findHalfAdopted(
  context: StackContext,
  recorded: RecordedState,
  changes: readonly ResourceChange[],
  begun: ReadonlySet<string>,
): ReadonlyMap<string, Adoption> {
  const adopt = new Map<string, Adoption>();
  for (const change of changes.filter((one) => begun.has(resourceKey(one)))) {
    const known = recorded.resources.find((one) => one.urn === change.urn);
    const unreadable = context.clients.finder.unreadable(change.type);
    const missing = (path: string) => {
      const input = path.split(/[.[]/, 1)[0] ?? path;
      return unreadable.includes(input) && known?.inputs[input] === undefined;
    };
    const id = known?.importId ?? known?.id;
    if (id !== undefined && change.changedProperties.some(missing)) {
      adopt.set(change.urn, { id, unreadable, madeUp: context.clients.finder.madeUp(change.type) });
    }
  }
  return adopt;
}
