import type { Adoption, Program, ResourceChange, RunResult } from "../engine/port.ts";
import { IntentJournal } from "../state/intent-journal.ts";
import type { LorPlan } from "../systems/lor/plan-model.ts";
import { type BuildChoice, runOptions, type StackContext, throwIfStopped } from "./stack-context.ts";

/** An update of the engine that was looked at and not yet run. */
export interface PreparedUpdate {
  readonly plan: LorPlan;
  readonly program: Program;
  /** What it will do. */
  readonly changes: readonly ResourceChange[];
  /** Resources that an earlier run created without the state knowing; this one takes them in. */
  readonly adopt: ReadonlyMap<string, Adoption>;
}

/** Asks the engine what an update would do, and looks for what earlier runs may have created unseen. */
export async function prepareUpdate(
  context: StackContext,
  plan: LorPlan,
  choice: BuildChoice,
  targets?: readonly string[],
): Promise<PreparedUpdate> {
  throwIfStopped(context);
  const program = context.program(plan, choice);
  context.emit({ kind: "phase", phase: "previewing" });
  const preview = await context.engine.preview(program, {
    ...runOptions(context),
    ...(targets === undefined ? {} : { targets }),
  });
  const adopt = await findLostCreations(context, preview.changes);
  return {
    plan,
    program,
    adopt,
    changes: preview.changes.map((one) => (adopt.has(one.urn) ? { ...one, change: "import" } : one)),
  };
}

/** Runs an update; what it creates is written down before, so that a creation that gets lost is found again. */
export async function runUpdate(
  context: StackContext,
  update: PreparedUpdate,
  targets?: readonly string[],
): Promise<RunResult> {
  throwIfStopped(context);
  const intents = new IntentJournal(context.folder.intents);
  const creations = update.changes.filter((one) => one.change === "create" || one.change === "replace");
  intents.record(creations, context.clock.now());
  context.emit({ kind: "phase", phase: creations.length > 0 ? "creating" : "updating" });
  const result = await context.engine.up(update.program, {
    ...runOptions(context),
    adopt: update.adopt,
    ...(targets === undefined ? {} : { targets }),
  });
  intents.clear();
  return result;
}

/**
 * Looks every creation up that an earlier run had begun: a provider that failed after the cloud accepted, or a kill at the wrong moment, leaves a
 * resource that the state does not know, and creating it again would buy it twice.
 */
async function findLostCreations(
  context: StackContext,
  changes: readonly ResourceChange[],
): Promise<ReadonlyMap<string, Adoption>> {
  const begun = new Set(new IntentJournal(context.folder.intents).pending().map((one) => `${one.type} ${one.name}`));
  const adopt = new Map<string, Adoption>();
  const { finder } = context.clients;
  for (const change of changes) {
    if (change.change !== "create" || change.identity === undefined || !begun.has(`${change.type} ${change.name}`)) {
      continue;
    }
    const found = await finder.find(change.type, change.identity);
    if (found === undefined) {
      continue;
    }
    if (found.secretLost === true) {
      await finder.discard(change.type, found.id);
      context.emit({ kind: "repaired", repair: "creation-discarded", what: `${change.type} ${change.name}` });
      continue;
    }
    adopt.set(change.urn, { id: found.id, unreadable: finder.unreadable(change.type) });
    context.emit({ kind: "repaired", repair: "creation-found", what: `${change.type} ${change.name}` });
  }
  return adopt;
}
