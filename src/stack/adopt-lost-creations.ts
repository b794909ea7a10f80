import type { ResourceFinder } from "../clouds/clients.ts";
import { AmbiguousName } from "../clouds/finder-query.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { resourceKey } from "../core/resource-key.ts";
import type { Adoption, EngineEvent, ResourceChange, StateResource } from "../engine/port.ts";
import { isCloudType } from "../rolling/expected-change.ts";
import { byName, type Fleet } from "../rolling/fleet.ts";
import type { SystemPlan } from "../systems/contract.ts";
import { planFleet, planProfile, rollingOf } from "../systems/project-plan.ts";
import { observeFleet } from "./observe-fleet.ts";
import { memberNames, type RecordedState, readRecorded } from "./recorded-state.ts";
import { type BuildChoice, requireLock, runOptions, type StackContext } from "./stack-context.ts";
import { isChained, runTargeted } from "./update-stack.ts";

/**
 * Adopts resources that earlier runs created without recording them: a provider that failed after the cloud had accepted, or a kill at the wrong
 * moment, leaves a resource that the state does not know. Creating it again would buy it twice, and the engine cannot remove what it does not know.
 * Adoption therefore comes first in every action.
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
  const plan = planFleet(
    context.project,
    await widestFleet(context, recorded, goal, memberNames(context.project, pending)),
  );
  const choice = { chain: isChained(recorded), joinDrained: true };
  const begun = new Set(pending.map(resourceKey));
  context.emit({ kind: "phase", phase: "recovering" });
  let known = recorded;
  for (let left = begun; ; ) {
    const adopted = await adoptLevel(context, { plan, choice, recorded: known, begun: left });
    if (adopted.size === 0) break;
    // An adopted resource makes its children known: a subnet is looked up in its network.
    left = left.difference(adopted);
    known = await readRecorded(context);
  }
  await intents.clear();
  return known !== recorded;
}

interface Level {
  readonly plan: SystemPlan;
  readonly choice: BuildChoice;
  readonly recorded: RecordedState;
  /** Keys of the creations that earlier runs had planned. */
  readonly begun: ReadonlySet<string>;
}

/**
 * Adopts every lost creation whose dependencies are adopted: a load balancer comes after its subnet, or with it.
 * @returns their keys
 */
async function adoptLevel(
  context: StackContext,
  { plan, choice, recorded, begun }: Level,
): Promise<ReadonlySet<string>> {
  const declared = new Map<string, Declaration>();
  const { changes } = await context.engine.preview(context.program(plan, choice), {
    onEvent: (event) => {
      if (event.kind === "declared") declared.set(event.urn, event);
    },
  });
  await discardSuperseded(context, recorded, changes, begun);
  const created = changes.filter((one) => one.change === "create");
  const own = created.filter((one) => isOfStateOnly(one.type)).map((one) => one.urn);
  const lost = await findLost(context, created, begun);
  const found = [...lost.importable.keys(), ...lost.entered.keys()];
  const missing = new Set(created.map((one) => one.urn)).difference(new Set(own));
  const unsearched = created.filter((one) => begun.has(resourceKey(one)) && one.identity === undefined);
  const later = new Set(unsearched.map((one) => one.urn));
  const level = completeOf(
    found,
    ({ needs, dependsOn }, taken) => {
      const isTaken = (urn: string) => taken.has(urn) || !missing.has(urn);
      return needs.every(isTaken) && !dependsOn.some((urn) => later.has(urn));
    },
    declared,
  );
  const ofLevel = (all: ReadonlyMap<string, Adoption>) => new Map([...all].filter(([urn]) => level.has(urn)));
  const importable = ofLevel(lost.importable);
  const enterable = ofLevel(lost.entered);
  const adopt = new Map([...importable, ...findHalfAdopted(context, recorded, changes, begun)]);
  if (adopt.size + enterable.size === 0) return new Set();
  for (const change of created.filter((one) => level.has(one.urn))) {
    context.emit({ kind: "repaired", repair: "creation-found", what: resourceKey(change) });
  }
  const targets = [...adopt.keys()];
  try {
    // The engine refuses a state with a child but without its component ("refers to missing parent").
    if (own.length > 0) await runTargeted(context, { plan, choice, recorded, targets: own });
    let entered: readonly string[] = [];
    if (enterable.size > 0) {
      await requireLock(context);
      const options = { ...runOptions(context), adopt };
      entered = (await context.engine.insertIntoState(context.program(plan, choice), enterable, options)).inserted;
      targets.push(...entered);
    }
    if (targets.length === 0) return new Set();
    const without = missing.difference(new Set(targets));
    // An inserted resource lacks what only the cloud reports.
    await runTargeted(context, { plan, choice, recorded, targets, adopt, without, refresh: entered.length > 0 });
  } catch (error) {
    const urns = new Set([...adopt.keys(), ...enterable.keys()]);
    throw namingIntents(error, changes.filter((one) => urns.has(one.urn)).map(resourceKey));
  }
  return new Set(changes.filter((one) => targets.includes(one.urn)).map(resourceKey));
}

/** Dependencies of a resource as the program declares them. */
type Declaration = Pick<Extract<EngineEvent, { readonly kind: "declared" }>, "needs" | "dependsOn">;

/**
 * The part of the found URNs that can be adopted together.
 * @returns all of them when there is no such part: the engine then reports the problem
 */
function completeOf(
  found: readonly string[],
  canCome: (declaration: Declaration, taken: ReadonlySet<string>) => boolean,
  declared: ReadonlyMap<string, Declaration>,
): ReadonlySet<string> {
  let level = new Set(found);
  for (;;) {
    const taken = level;
    const whole = found.filter((urn) => taken.has(urn) && canCome(declared.get(urn) ?? waitsForNothing, taken));
    if (whole.length === level.size) return level.size > 0 ? level : new Set(found);
    level = new Set(whole);
  }
}

const waitsForNothing: Declaration = { needs: [], dependsOn: [] };

/** Components and random values exist in no cloud. */
function isOfStateOnly(type: string): boolean {
  return !isCloudType(type) || type.startsWith("random:");
}

/** Every front that exists or was begun, at its current size. */
async function widestFleet(
  context: StackContext,
  recorded: RecordedState,
  goal: Fleet | undefined,
  begun: readonly string[],
): Promise<Fleet> {
  const base = recorded.fleet ?? goal ?? planProfile(context.project, "normal").fleet;
  const live = await observeFleet(context);
  const wanted = [...base.fronts, ...(goal?.fronts ?? [])];
  const sizes = new Map([...wanted, ...live.fronts].map(({ name, size }) => [name, size]));
  const names = new Set([...base.fronts.map((one) => one.name), ...live.fronts.map((one) => one.name), ...begun]);
  for (const name of recorded.fronts) {
    names.add(name);
  }
  return {
    loadBalancerBandwidth: base.loadBalancerBandwidth,
    fronts: [...names]
      .map((name) => ({
        name,
        size: sizes.get(name) ?? rollingOf(context.project).defaultSize(context.project.settings.normal),
      }))
      .toSorted(byName),
  };
}

/** Looks up by name every creation that an earlier run had begun and the state does not know. */
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
    if (found?.alwaysThere === true) continue;
    if (found?.secretLost === true) {
      await finder.discard(change.type, found.id);
      context.emit({ kind: "repaired", repair: "creation-discarded", what: name });
    } else if (found !== undefined) {
      const adoption = adoptionOf(finder, change.type, found.id);
      (finder.isImportable(change.type) ? importable : entered).set(change.urn, adoption);
    }
  }
  return { importable, entered };
}

/**
 * A resource that is replaced create-first may exist twice, the second one unknown to the state, when the run was interrupted in between. Nothing
 * refers to the second one, and the next run creates it again.
 */
async function discardSuperseded(
  { clients: { finder }, emit }: StackContext,
  { resources }: RecordedState,
  changes: readonly ResourceChange[],
  begun: ReadonlySet<string>,
): Promise<void> {
  for (const change of changes.filter((one) => begun.has(resourceKey(one)) && finder.isReplacedFirst(one.type))) {
    const known = resources.filter((one) => one.urn === change.urn);
    const [first] = known;
    if (first === undefined) continue;
    const ids = new Set(known.map((one) => one.id?.slice(one.id.lastIndexOf("/") + 1)));
    for (const id of (await idsOf(finder, first)).filter((one) => !ids.has(one))) {
      await finder.discard(change.type, id);
      emit({ kind: "repaired", repair: "creation-discarded", what: `${resourceKey(change)} (${id})` });
    }
  }
}

/** Every resource with a name. */
async function idsOf(finder: ResourceFinder, { type, inputs }: StateResource): Promise<readonly string[]> {
  try {
    const found = await finder.find(type, inputs);
    return found === undefined ? [] : [found.id];
  } catch (error) {
    if (error instanceof AmbiguousName) return error.ids;
    throw error;
  }
}

export function adoptionOf(finder: ResourceFinder, type: string, id: string): Adoption {
  // Where the import takes `project/region/id`, the state has the last part.
  const kept = finder.isImportable(type) ? id : id.slice(id.lastIndexOf("/") + 1);
  return { id: kept, writeOnlyInputs: finder.writeOnlyInputs(type), importOnlyInputs: finder.importOnlyInputs(type) };
}

/**
 * Resources that an earlier run was adopting when it was killed: recorded in the state, but without their write-only inputs, which the next update
 * would treat as a change, and for a server as a replace. Adopting them once more adds the inputs.
 */
function findHalfAdopted(
  context: StackContext,
  recorded: RecordedState,
  changes: readonly ResourceChange[],
  begun: ReadonlySet<string>,
): ReadonlyMap<string, Adoption> {
  const adopt = new Map<string, Adoption>();
  for (const change of changes.filter((one) => begun.has(resourceKey(one)))) {
    const known = recorded.resources.find((one) => one.urn === change.urn && one.pendingReplacement !== true);
    const writeOnlyInputs = context.clients.finder.writeOnlyInputs(change.type);
    const missing = (path: string) => {
      const input = path.split(/[.[]/, 1)[0] ?? path;
      return writeOnlyInputs.includes(input) && known?.inputs[input] === undefined;
    };
    const id = known?.importId ?? known?.id;
    if (id !== undefined && change.changedProperties.some(missing)) {
      adopt.set(change.urn, {
        id,
        writeOnlyInputs,
        importOnlyInputs: context.clients.finder.importOnlyInputs(change.type),
      });
    }
  }
  return adopt;
}

/** A failing adoption would fail in every later command, so the error names the command that abandons the creation. */
function namingIntents(error: unknown, intents: readonly string[]): unknown {
  const [first] = intents;
  const isForGood = error instanceof LorError && error.exit === ExitCode.failed && error.code !== "interrupted";
  if (!isForGood || first === undefined) return error;
  return new LorError({
    code: error.code,
    message: `${error.message}; an earlier run began to create ${intents.join(", ")}`,
    exit: error.exit,
    culprit: error.culprit,
    ...(error.seen === undefined ? {} : { seen: error.seen }),
    next: `the same command again; where it fails again, lor-infra recover --give-up "${first}"`,
    cause: error,
  });
}
