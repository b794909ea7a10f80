import { mapKey, type ResourceMap, resolveMap } from "../../config/resource-map.ts";
import { ExitCode, LorError } from "../../core/errors.ts";
import { resourceKey } from "../../core/resource-key.ts";
import type { Profile } from "../../domain/profile.ts";
import type { Adoption, EngineStack } from "../../engine/port.ts";
import {
  type ExistingResource,
  type ExistingResources,
  findExisting,
  type MissingResource,
} from "../../stack/find-existing.ts";
import { type GatheredSecret, gatherSecrets } from "../../stack/gather-secrets.ts";
import { requireApproval } from "../../stack/proposal.ts";
import type { RecordedState } from "../../stack/recorded-state.ts";
import { recoverStack } from "../../stack/recover-stack.ts";
import { journaled } from "../../stack/run-journal.ts";
import { type BuildChoice, requireLock, runOptions, type StackContext } from "../../stack/stack-context.ts";
import { isChained, recordedOrder } from "../../stack/update-stack.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { itemsOf, planFleet, planProfile } from "../../systems/project-plan.ts";
import type { ImportedResource, ImportProposal } from "./import-proposal.ts";
import { importRefusal } from "./import-refusal.ts";

export interface ImportInput {
  /** Profile that the system runs in. Default: the recorded one; `normal` for a new stack. */
  readonly profile?: Profile;
  /** Ids or names of resources whose name in the cloud differs from the program's. */
  readonly map: ResourceMap;
  /** Secrets in use that no API returns. */
  readonly secrets: ResourceMap;
  /** Searches and reports only. */
  readonly dryRun: boolean;
  /** Called with the result of the search, before any refusal or approval. */
  readonly tell: (proposal: ImportProposal) => void;
  readonly confirm: (proposal: ImportProposal) => Promise<boolean>;
}

export interface ImportResult extends ImportProposal {
  /** False: nothing to import, or a search only. */
  readonly changed: boolean;
  readonly seconds: number;
}

/**
 * Imports an existing stack of the cloud into the state, without changing it. Everything is tried on a copy of the state: found, adopted,
 * completed, and verified by a preview. Only then does the copy replace the state, in one step: a killed run has changed nothing.
 * @throws LorError `import-ambiguous`, `import-incomplete`, `import-differs`, `import-secret-unknown`, `import-nothing-found`, `import-not-proven`,
 * `import-profile`, `map-unknown-resource`, `map-not-found`, `not-approved`
 */
export async function importStack(context: StackContext, input: ImportInput): Promise<ImportResult> {
  const began = context.clock.now().getTime();
  const recorded = await recoverStack(context);
  const plan = planToImport(context, recorded, input.profile);
  const choosable = itemsOf(plan).filter((one) => context.clients.finder.isChosen(one.type));
  const chosen = resolveMap(input.map, "--map", choosable);
  const given = resolveMap(input.secrets, "--secrets", context.project.system.keptSecrets(plan));
  using trial = await context.trialEngine();
  const attempt = new Attempt(context, trial.engine, plan, recorded);
  const proposal = await attempt.look(chosen, given);
  input.tell(proposal);
  const refusal = importRefusal(proposal);
  if (refusal !== undefined) throw refusal;
  const changes = !input.dryRun && proposal.resources.some((one) => one.verdict === "found");
  if (!changes) return { ...proposal, changed: false, seconds: secondsSince(context, began) };
  await requireApproval(input.confirm, proposal);
  context.emit({ kind: "phase", phase: "adopting" });
  const left = await journaled(context, { operation: "import", what: plan.profile ?? "between" }, async () => {
    const adopted = await attempt.adopt();
    await requireLock(context);
    await context.engine.importState(adopted.raw);
    return adopted.left;
  });
  const resources = proposal.resources.map(
    (one): ImportedResource =>
      left.has(resourceKey(one)) ? { type: one.type, name: one.name, verdict: "missing" } : one,
  );
  return { ...proposal, resources, changed: true, seconds: secondsSince(context, began) };
}

function secondsSince({ clock }: StackContext, began: number): number {
  return (clock.now().getTime() - began) / 1000;
}

/** Plan of the resources that should exist. */
function planToImport(context: StackContext, recorded: RecordedState, asked: Profile | undefined): SystemPlan {
  if (recorded.fleet === undefined) return planProfile(context.project, asked ?? "normal");
  if (asked === undefined || asked === recorded.profile)
    return planFleet(context.project, recorded.fleet, recorded.profile);
  throw new LorError({
    code: "import-profile",
    message: "the state already says in which profile the stack is",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--profile",
    seen: asked,
    accepted: recorded.profile ?? "no --profile: the stack is between two",
    next: "lor-infra status",
  });
}

/** One import on a trial engine. */
class Attempt {
  readonly #context: StackContext;
  readonly #engine: EngineStack;
  readonly #plan: SystemPlan;
  readonly #recorded: RecordedState;
  #existing: ExistingResources | undefined;
  #secrets: readonly GatheredSecret[] = [];

  constructor(context: StackContext, engine: EngineStack, plan: SystemPlan, recorded: RecordedState) {
    this.#context = context;
    this.#engine = engine;
    this.#plan = plan;
    this.#recorded = recorded;
  }

  async look(chosen: ReadonlyMap<string, string>, given: ReadonlyMap<string, string>): Promise<ImportProposal> {
    const { cloud, project } = this.#context;
    this.#context.emit({ kind: "phase", phase: "searching" });
    if (this.#recorded.resources.length > 0) await this.#engine.importState(this.#recorded.raw);
    this.#existing = await findExisting(this.#context, {
      engine: this.#engine,
      program: this.#program(),
      recordedOrder: recordedOrder(this.#recorded),
      plan: this.#plan,
      chosen,
    });
    const known = new Set(this.#recorded.resources.map(resourceKey));
    const there = new Set([...known, ...[...this.#existing.found.values()].map(resourceKey)]);
    this.#secrets = await gatherSecrets(this.#context, this.#plan, { there, known, given });
    const items = itemsOf(this.#plan).filter((one) => !one.type.startsWith("random:"));
    return {
      cloud,
      stack: project.stack,
      profile: this.#plan.profile,
      resources: items.map(({ type, name }) => this.#describe({ type, name })),
      secrets: this.#secrets.map(({ secret: { type, name, what }, from }) => ({ type, name, what, from })),
    };
  }

  /**
   * Adopts the found resources, and verifies that the next run does not change them.
   * @returns the state to import, and the omitted resources: documents that `up` would write differently
   */
  async adopt(): Promise<{ readonly raw: unknown; readonly left: ReadonlySet<string> }> {
    const { found, missing, randoms, components } = this.#looked();
    const { finder } = this.#context.clients;
    const options = runOptions(this.#context);
    const { inserted: entered } = await this.#engine.insertIntoState(this.#program(), this.#secretsInState(), options);
    const importable = [...found.values()].filter((one) => finder.isImportable(one.type));
    const adopt = new Map(importable.map((one) => [one.urn, { ...one.adoption, ...this.#secretOutputs(one) }]));
    const others = new Map(
      [...found.values()].filter((one) => !adopt.has(one.urn)).map((one) => [one.urn, one.adoption]),
    );
    const made = [...randoms.values()].filter((urn) => !entered.includes(urn));
    await this.#engine.up(this.#program(), {
      ...options,
      targets: [...components, ...made, ...adopt.keys()],
      recordedOrder: recordedOrder(this.#recorded),
      adopt,
      keep: new Set(adopt.keys()),
      without: new Set([...missing.keys(), ...others.keys()]),
    });
    // Resources that could not be inserted so far depended on these.
    await this.#engine.insertIntoState(this.#program(), others, options);
    const left = await this.#connect();
    await this.#prove(found);
    return { raw: (await this.#engine.exportState()).raw, left };
  }

  #looked(): ExistingResources {
    if (this.#existing === undefined) throw new Error("nothing was looked for yet");
    return this.#existing;
  }

  #program() {
    // Without a state the fronts are chained, as for a system that serves.
    const chain = this.#recorded.resources.length === 0 || isChained(this.#recorded);
    const choice: BuildChoice = { chain, joinDrained: true, says: this.#says() };
    return this.#context.program(this.#plan, choice);
  }

  /** A fleet is recorded once the load balancer and all its fronts are. */
  #says(): NonNullable<BuildChoice["says"]> {
    if (this.#recorded.fleet !== undefined) return this.#recorded;
    const { fleet, profile } = this.#plan;
    const there = new Set([...this.#recorded.resources, ...(this.#existing?.found.values() ?? [])].map(resourceKey));
    const fronts = new Set(fleet.fronts.map((front) => front.name));
    const serving = itemsOf(this.#plan).filter(
      ({ type, name, charge }) =>
        charge.kind === "load-balancer" || (fronts.has(name) && /:(Instance|Member)$/.test(type)),
    );
    const whole = serving.every((one) => there.has(resourceKey(one)));
    return whole ? { fleet, profile } : { fleet: undefined, profile: undefined };
  }

  /** Secrets in use that exist in the state only. */
  #secretsInState(): ReadonlyMap<string, Adoption> {
    const { randoms } = this.#looked();
    return new Map(
      this.#secrets.flatMap(({ secret, value }) => {
        const urn = randoms.get(resourceKey(secret));
        if (urn === undefined || value === undefined) return [];
        return [[urn, { id: "none", writeOnlyInputs: [], secretOutputs: { [secret.output]: value } }] as const];
      }),
    );
  }

  /** Password of a database user. */
  #secretOutputs(resource: ExistingResource): Pick<Adoption, "secretOutputs"> {
    const told = this.#secrets.find(({ secret }) => resourceKey(secret) === resourceKey(resource));
    return told?.value === undefined ? {} : { secretOutputs: { [told.secret.output]: told.value } };
  }

  /** Runs the program once: it completes inserted resources with their dependencies and with the cloud's outputs, and changes nothing. */
  async #connect(): Promise<ReadonlySet<string>> {
    const { found, missing, components } = this.#looked();
    const known = new Set((await this.#engine.exportState()).resources.map((one) => one.urn));
    const adopted = [...found.keys()].filter((urn) => known.has(urn));
    const left = [...found.values()].filter(({ urn }) => !known.has(urn));
    await this.#engine.up(this.#program(), {
      ...runOptions(this.#context),
      targets: [...components, ...adopted],
      recordedOrder: recordedOrder(this.#recorded),
      refresh: true,
      keep: new Set(adopted),
      without: new Set([...missing.keys(), ...left.map((one) => one.urn)]),
    });
    return new Set(left.map(resourceKey));
  }

  async #prove(found: ExistingResources["found"]): Promise<void> {
    const { changes } = await this.#engine.preview(this.#program(), { ...runOptions(this.#context), refresh: true });
    const wrong = changes.filter((one) => found.has(one.urn) && !["same", "create"].includes(one.change));
    if (wrong.length === 0) return;
    throw new LorError({
      code: "import-not-proven",
      message: "the next run would still change imported resources; the state is unchanged",
      exit: ExitCode.refused,
      culprit: "tool",
      seen: wrong.map((one) => `${one.change} ${mapKey(one)} (${one.changedProperties.join(", ")})`).join("; "),
      next: "run the same command again: something may have changed meanwhile; if it says the same, report it",
    });
  }

  #describe(base: { readonly type: string; readonly name: string }): ImportedResource {
    const { found, missing } = this.#looked();
    const isIt = (one: { readonly type: string; readonly name: string }) => resourceKey(one) === resourceKey(base);
    if (this.#recorded.resources.some(isIt)) return { ...base, verdict: "known" };
    const resource = [...found.values()].find(isIt);
    if (resource === undefined) {
      const ids = [...missing.values()].find(isIt)?.ids ?? [];
      return ids.length === 0 ? { ...base, verdict: "missing" } : { ...base, verdict: "ambiguous", ids };
    }
    const lacks = lackedBy(resource.urn, this.#looked());
    const differences = resource.differences.map(({ path, found: seen, wanted }) => ({
      path,
      found: asText(seen),
      wanted: asText(wanted),
      setting: this.#context.project.system.settingOf(base, path),
    }));
    return {
      ...base,
      verdict: lacks.length > 0 ? "incomplete" : differences.length > 0 ? "differs" : "found",
      id: resource.adoption.id,
      ...(differences.length > 0 ? { differences } : {}),
      ...(lacks.length > 0 ? { lacks: lacks.map(mapKey) } : {}),
      ...(resource.writeOnlyInputs.length > 0 ? { writeOnlyInputs: resource.writeOnlyInputs } : {}),
    };
  }
}

/** Missing resources that another one depends on: for a port without a network, the network. */
function lackedBy(urn: string, existing: ExistingResources): readonly MissingResource[] {
  const lacked = new Map<string, MissingResource>();
  for (const needed of existing.needs.get(urn) ?? []) {
    const missing = existing.missing.get(needed);
    if (missing === undefined) continue;
    const deeper = lackedBy(needed, existing);
    for (const one of deeper.length > 0 ? deeper : [missing]) lacked.set(one.urn, one);
  }
  return [...lacked.values()];
}

function asText(value: unknown): string | undefined {
  if (value === undefined || value === null || value === "") return undefined;
  return typeof value === "string" ? value : JSON.stringify(value);
}
