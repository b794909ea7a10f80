import type { EngineEvent as RawEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { secretPlaceholder } from "../../../src/engine/resource-identity.ts";
import {
  isRecord,
  isSecret,
  reveal,
  unknownValue,
  type Values,
} from "../../../src/local-cloud/provider/wire-values.ts";
import type { Registration } from "../../components/recording-cloud.ts";
import type { EngineProcess } from "./engine-process.ts";
import { type ModelResource, type PendingOperation, type Snapshot, secretValue } from "./model-state.ts";
import { type Made, type ProviderCalls, ProviderFailure } from "./provider-calls.ts";
import { passwordOf, type RecordedProgram, resolveReferences } from "./recorded-program.ts";

/** Why a run ended without success; the text is what the engine prints to standard error. */
export class RunStopped extends Error {}

export interface AdoptedResource {
  readonly id: string;
  readonly ignored: readonly string[];
}

export interface ModelRunArgs {
  readonly process: EngineProcess;
  readonly providers: Readonly<Record<string, ProviderCalls>>;
  readonly project: string;
  readonly stack: string;
  /** Only shows what it would do. */
  readonly preview: boolean;
  readonly before: Snapshot;
  /** Writes the state; not called by a preview. */
  readonly save: (snapshot: Snapshot) => Promise<void>;
  readonly accept: (event: RawEvent) => void;
  /** Largest number of operations at once. */
  readonly parallel: number;
  readonly targets: ReadonlySet<string> | undefined;
  readonly adopt: ReadonlyMap<string, AdoptedResource>;
  readonly keep: ReadonlySet<string>;
}

type Operation =
  | "create"
  | "update"
  | "delete"
  | "same"
  | "import"
  | "refresh"
  | "create-replacement"
  | "delete-replaced"
  | "replace";

/**
 * One run of the engine over a state. What it registers, in which order, what it writes when and what it leaves when it is killed is that of engine
 * 3.259.
 */
export class ModelRun {
  readonly #args: ModelRunArgs;
  readonly #slots: Slots;
  /** State of the run, by URN, in the order in which the operations ended. */
  readonly #done = new Map<string, ModelResource>();
  /** Resources of the state before that the run has not come to; those to be deleted last have a mark in their key. */
  readonly #left: Map<string, ModelResource>;
  readonly #pending: PendingOperation[];
  readonly #doomed: ModelResource[] = [];
  /** Inputs as the program gave them, with what is not known yet. */
  readonly resolved = new Map<string, { readonly values: Values; readonly secret: readonly string[] }>();
  #failed = false;
  #saving: Promise<void> = Promise.resolve();

  constructor(args: ModelRunArgs) {
    this.#args = args;
    this.#slots = new Slots(args.parallel);
    this.#left = new Map(args.before.resources.map((one) => [keyOf(one), one]));
    this.#pending = [...args.before.pending];
  }

  get snapshot(): Snapshot {
    return {
      time: this.#args.process.now().toISOString(),
      resources: [...this.#done.values(), ...this.#doomed, ...this.#left.values()],
      pending: [...this.#pending],
    };
  }

  /** Registers everything that the program declares, then deletes what it does not declare any more. */
  async carryOut(program: RecordedProgram, outputs: Readonly<Record<string, unknown>>): Promise<Values> {
    const lookUps = new LookUps(program, this.#args);
    const registered = new Map<string, Promise<boolean>>();
    const stackUrn = this.#urnOfStack();
    const stack = this.#left.get(stackUrn);
    this.#left.delete(stackUrn);
    this.#done.set(stackUrn, stack ?? this.#stackResource());
    for (const registration of program.registrations) {
      const before = [...registration.dependencies, registration.parent].map((urn) => registered.get(urn));
      registered.set(registration.urn, this.#register(registration, before, lookUps));
    }
    await Promise.all(registered.values());
    this.#requireSuccess();
    await this.#deleteTheRest();
    this.#requireSuccess();
    const known = this.#resolve(outputs, lookUps) as Values;
    if (this.#args.preview) return known;
    const declared: ModelResource = { ...(this.#done.get(stackUrn) ?? this.#stackResource()), outputs: known };
    this.#done.set(stackUrn, declared);
    await this.#save();
    return known;
  }

  /** Reads every resource anew. */
  async refresh(): Promise<void> {
    const { targets } = this.#args;
    await Promise.all(
      [...this.#left.values()]
        .filter((one) => one.custom && !isEngineOwn(one.type) && targets?.has(one.urn) !== false)
        .map((one) => this.#slots.use(() => this.#refreshOne(one))),
    );
    this.#requireSuccess();
    this.#forgetMissing();
    await this.#save();
  }

  /** What depended on a resource that a refresh has not found depends on it no more. */
  #forgetMissing(): void {
    const there = new Set([...this.#left.values()].map(({ urn }) => urn));
    for (const [key, one] of this.#left) {
      if (one.dependencies.every((urn) => there.has(urn))) continue;
      const kept = (urns: readonly string[]) => urns.filter((urn) => there.has(urn));
      const propertyDependencies = Object.entries(one.propertyDependencies ?? {}).map(([name, urns]) => [
        name,
        kept(urns),
      ]);
      this.#left.set(key, {
        ...one,
        dependencies: kept(one.dependencies),
        propertyDependencies: Object.fromEntries(propertyDependencies),
      });
    }
  }

  async destroy(): Promise<void> {
    const all = [...this.#left.values()];
    const protectedOnes = all.filter((one) => one.protect === true);
    for (const one of protectedOnes) this.#refuseProtected(one.urn, "deleted");
    this.#requireSuccess();
    await this.#deleteAll(all.reverse());
    this.#requireSuccess();
    await this.#save();
  }

  #requireSuccess(): void {
    if (this.#args.process.stopping) throw new RunStopped("error: update cancelled");
    if (this.#failed) throw new RunStopped("error: update failed");
  }

  get #mayStart(): boolean {
    return !this.#failed && !this.#args.process.stopping;
  }

  async #register(
    registration: Registration,
    before: readonly (Promise<boolean> | undefined)[],
    lookUps: LookUps,
  ): Promise<boolean> {
    const ready = await Promise.all(before);
    if (ready.includes(false) || !this.#mayStart) return false;
    return await this.#slots.use(async () => {
      if (!this.#mayStart) return false;
      try {
        await this.#step(registration, lookUps);
        return true;
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        this.#failed = true;
        return false;
      }
    });
  }

  async #step(registration: Registration, lookUps: LookUps): Promise<void> {
    const { urn } = registration;
    const old = this.#left.get(urn);
    const { targets, keep, adopt } = this.#args;
    if (targets !== undefined && !targets.has(urn) && registration.custom && !isEngineOwn(registration.type)) {
      if (old !== undefined) this.#finish(old);
      return;
    }
    await lookUps.settle();
    if (old !== undefined && this.#isKnownSame(registration, old)) return;
    const inputs = this.#resolve(registration.inputs, lookUps) as Values;
    this.resolved.set(urn, { values: inputs, secret: registration.secretInputs });
    const wired = conceal(inputs, registration.secretInputs);
    const adoption = adopt.get(urn);
    const ignored = [
      ...registration.ignoreChanges,
      ...(keep.has(urn) ? Object.keys(inputs) : []),
      ...(adoption?.ignored ?? []),
    ];
    if (!registration.custom || isEngineOwn(registration.type)) {
      const outputs = registration.custom ? wired : (old?.outputs ?? {});
      this.#record(
        registration,
        { id: old?.id, inputs: wired, outputs: same(outputs, old?.outputs) ? (old?.outputs ?? outputs) : outputs },
        old,
      );
      this.#tellBoth(old === undefined ? "create" : "same", registration, old, this.#done.get(urn));
      return;
    }
    const wanted = withIgnored(wired, old?.inputs, ignored);
    const checked = this.#provider(registration.type).check(urn, old?.inputs ?? {}, wanted);
    const [failure] = checked.failures;
    if (failure !== undefined) throw this.#fail(registration, "create", failure);
    const news = checked.inputs;
    if (old === undefined || old.pendingReplacement === true) {
      if (adoption !== undefined) return await this.#import(registration, adoption, news);
      return await this.#create(registration, news, old === undefined ? "create" : "create-replacement");
    }
    const difference = this.#provider(registration.type).diff({
      urn,
      id: old.id ?? "",
      oldInputs: old.inputs,
      oldOutputs: old.outputs,
      news,
      ignored,
    });
    if (difference === undefined && old.initErrors === undefined) {
      this.#tell("pre", "same", registration, { old, inputs: news });
      this.#record(registration, { id: old.id, inputs: news, outputs: old.outputs }, old);
      this.#tell("outputs", "same", registration, { old, inputs: news, outputs: old.outputs });
      const kept = ignored.length === registration.ignoreChanges.length;
      if (kept && this.#done.get(urn) === old)
        sameAs.set(old, { registration, sources: this.#sourcesOf(registration) });
      return;
    }
    const told = difference ?? { changed: [], replacing: [], deleteBeforeReplace: false, detailed: {} };
    if (told.replacing.length === 0) return await this.#update(registration, old, news, told);
    if (old.protect === true) {
      this.#refuseProtected(urn, "replaced");
      throw new StepFailed();
    }
    await this.#replace(registration, old, news, told);
  }

  /** Whether an earlier run has found that nothing differs, with the same resources as sources: then it still does not. */
  #isKnownSame(registration: Registration, old: ModelResource): boolean {
    const known = sameAs.get(old);
    if (known?.registration !== registration || old.pendingReplacement === true) return false;
    const sources = this.#sourcesOf(registration);
    if (sources.some((one, index) => one !== known.sources[index])) return false;
    this.#finish(old);
    this.#tell("pre", "same", registration, { old, inputs: old.inputs });
    this.#tell("outputs", "same", registration, { old, inputs: old.inputs, outputs: old.outputs });
    return true;
  }

  #sourcesOf({ dependencies }: Registration): readonly (ModelResource | undefined)[] {
    return dependencies.map((urn) => this.#done.get(urn));
  }

  async #create(registration: Registration, news: Values, op: Operation, told?: Told): Promise<void> {
    const { urn, type } = registration;
    this.#tell("pre", op, registration, { inputs: news, told });
    if (this.#args.preview) {
      this.#record(registration, { id: undefined, inputs: news, outputs: { ...news } }, undefined);
      this.#tell("outputs", op, registration, { inputs: news, told });
      return;
    }
    const operation = await this.#begin(registration, "creating", news);
    try {
      const made = withFixedPassword(
        registration,
        news,
        await this.#call(`create ${registration.name}`, (signal) =>
          this.#provider(type).create(urn, news, { region: undefined, signal }),
        ),
      );
      this.#left.delete(urn);
      this.#record(registration, { ...made, inputs: news }, undefined);
      await this.#end(operation);
      this.#tell("outputs", op, registration, { inputs: news, outputs: made.outputs, told });
    } catch (error) {
      const left = error instanceof ProviderFailure ? error.left : undefined;
      if (left !== undefined) {
        this.#record(registration, { id: left.id, inputs: news, outputs: left.outputs }, undefined);
        const kept = this.#done.get(urn);
        if (kept !== undefined) this.#done.set(urn, { ...kept, initErrors: [messageOf(error)] });
      }
      await this.#end(operation);
      throw this.#failedCall(error, registration, op);
    }
  }

  async #update(registration: Registration, old: ModelResource, news: Values, told: Told): Promise<void> {
    this.#tell("pre", "update", registration, { old, inputs: news, told });
    if (this.#args.preview) {
      this.#record(registration, { id: old.id, inputs: news, outputs: old.outputs }, old);
      this.#tell("outputs", "update", registration, { old, inputs: news, outputs: old.outputs, told });
      return;
    }
    const operation = await this.#begin(registration, "updating", news, old);
    try {
      const outputs = await this.#call(`update ${registration.name}`, (signal) =>
        this.#provider(registration.type).update(
          registration.urn,
          old.id ?? "",
          { oldInputs: old.inputs, oldOutputs: old.outputs, news },
          { region: undefined, signal },
        ),
      );
      this.#record(registration, { id: old.id, inputs: news, outputs }, old);
      await this.#end(operation);
      this.#tell("outputs", "update", registration, { old, inputs: news, outputs, told });
    } catch (error) {
      await this.#end(operation);
      throw this.#failedCall(error, registration, "update");
    }
  }

  async #replace(registration: Registration, old: ModelResource, news: Values, told: Told): Promise<void> {
    const first = told.deleteBeforeReplace || registration.deleteBeforeReplace;
    this.#tell("pre", "replace", registration, { old, inputs: news, told });
    this.#tell("outputs", "replace", registration, { old, inputs: news, told });
    if (first) {
      await this.#delete(old, "delete-replaced");
      if (!this.#args.preview) this.#left.set(old.urn, { ...old, pendingReplacement: true });
      await this.#create(registration, news, "create-replacement", told);
      return;
    }
    this.#left.delete(old.urn);
    this.#doomed.push({ ...old, delete: true });
    await this.#create(registration, news, "create-replacement", told);
  }

  async #import(registration: Registration, adoption: AdoptedResource, news: Values): Promise<void> {
    const { urn, type } = registration;
    this.#tell("pre", "import", registration, { inputs: news });
    if (this.#args.preview) {
      this.#record(registration, { id: adoption.id, inputs: news, outputs: news }, undefined);
      this.#tell("outputs", "import", registration, { inputs: news, outputs: news });
      return;
    }
    const operation = await this.#begin(registration, "importing", news);
    try {
      const read = await this.#call(`read ${registration.name}`, (signal) =>
        this.#provider(type).read(urn, adoption.id, { inputs: {}, outputs: {} }, { region: undefined, signal }),
      );
      if (read === undefined) throw new ProviderFailure(`resource '${adoption.id}' does not exist`);
      const inputs = withIgnored(news, read.inputs, adoption.ignored);
      const difference = this.#provider(type).diff({
        urn,
        id: read.id,
        oldInputs: read.inputs,
        oldOutputs: read.outputs,
        news: inputs,
        ignored: adoption.ignored,
      });
      if (difference !== undefined) {
        throw new ProviderFailure(
          `inputs to import do not match the existing resource: ${difference.changed.join(", ")}`,
        );
      }
      this.#record(registration, { id: read.id, inputs, outputs: read.outputs }, undefined, adoption.id);
      await this.#end(operation);
      this.#tell("outputs", "import", registration, { inputs, outputs: read.outputs });
    } catch (error) {
      await this.#end(operation);
      throw this.#failedCall(error, registration, "import");
    }
  }

  async #deleteTheRest(): Promise<void> {
    const { targets } = this.#args;
    const rest = [...this.#doomed, ...this.#left.values()].filter(
      (one) => targets === undefined || targets.has(one.urn) || one.delete === true,
    );
    const refused = rest.filter((one) => one.protect === true && one.delete !== true);
    for (const one of refused) this.#refuseProtected(one.urn, "deleted");
    if (this.#failed) return;
    await this.#deleteAll(rest.reverse());
  }

  /** Dependants first; what does not depend on each other side by side. */
  async #deleteAll(doomed: readonly ModelResource[]): Promise<void> {
    const waits = new Map<ModelResource, Promise<boolean>>();
    const dependants = (urn: string) =>
      doomed.filter(
        (one) => one.dependencies.includes(urn) || one.parent === urn || one.provider?.startsWith(`${urn}::`),
      );
    const remove = (one: ModelResource): Promise<boolean> => {
      const known = waits.get(one);
      if (known !== undefined) return known;
      const removed = (async () => {
        const first = dependants(one.urn).filter((other) => other !== one);
        if ((await Promise.all(first.map(remove))).includes(false) || !this.#mayStart) return false;
        return await this.#slots.use(async () => {
          if (!this.#mayStart) return false;
          try {
            await this.#delete(one, one.delete === true ? "delete-replaced" : "delete");
            return true;
          } catch (error) {
            if (!(error instanceof StepFailed)) throw error;
            this.#failed = true;
            return false;
          }
        });
      })();
      waits.set(one, removed);
      return removed;
    };
    await Promise.all(doomed.map(remove));
  }

  async #delete(old: ModelResource, op: Operation): Promise<void> {
    const known = { urn: old.urn, type: old.type, name: nameOf(old.urn) };
    this.#tell("pre", op, known, { old });
    const forget = () => {
      this.#left.delete(keyOf(old));
      const at = this.#doomed.indexOf(old);
      if (at !== -1) this.#doomed.splice(at, 1);
    };
    if (!this.#args.preview && old.custom && !isEngineOwn(old.type) && old.pendingReplacement !== true) {
      const operation: PendingOperation = { resource: old, type: "deleting" };
      this.#pending.push(operation);
      await this.#save();
      try {
        await this.#call(`delete ${known.name}`, (signal) =>
          this.#provider(old.type).delete(old.urn, old.id ?? "", old.outputs, { region: undefined, signal }),
        );
      } catch (error) {
        await this.#end(operation);
        throw this.#failedCall(error, known, op);
      }
      forget();
      await this.#end(operation);
    } else {
      forget();
      if (!this.#args.preview) await this.#save();
    }
    this.#tell("outputs", op, known, { old });
  }

  async #refreshOne(old: ModelResource): Promise<void> {
    if (!this.#mayStart) return;
    const known = { urn: old.urn, type: old.type, name: nameOf(old.urn) };
    this.#tell("pre", "refresh", known, { old });
    try {
      const read = old.type.startsWith("random:")
        ? { id: old.id ?? "", inputs: old.inputs, outputs: old.outputs }
        : await this.#call(`read ${known.name}`, (signal) =>
            this.#provider(old.type).read(old.urn, old.id ?? "", old, { region: undefined, signal }),
          );
      if (read === undefined) {
        this.#left.delete(keyOf(old));
        this.#tell("outputs", "delete", known, { old });
        return;
      }
      const isSame = same(read.outputs, old.outputs) && same(read.inputs, old.inputs);
      const { initErrors: _, ...rest } = old;
      const now =
        isSame && old.initErrors === undefined
          ? old
          : { ...rest, id: read.id, inputs: read.inputs, outputs: read.outputs };
      this.#left.set(keyOf(old), now);
      const changed = isSame
        ? []
        : Object.keys(read.outputs).filter((key) => !same(read.outputs[key], old.outputs[key]));
      const told = { changed, replacing: [], deleteBeforeReplace: false, detailed: undefined };
      this.#tell("outputs", isSame ? "same" : "update", known, {
        old,
        inputs: read.inputs,
        outputs: read.outputs,
        told,
      });
    } catch (error) {
      if (!(error instanceof ProviderFailure)) throw error;
      this.#failedCall(error, known, "refresh");
      this.#failed = true;
    }
  }

  async #begin(
    registration: Registration,
    type: PendingOperation["type"],
    inputs: Values,
    old?: ModelResource,
  ): Promise<PendingOperation> {
    const resource = this.#resource(registration, { id: old?.id, inputs, outputs: old?.outputs ?? {} }, old);
    const operation: PendingOperation = { resource, type };
    this.#pending.push(operation);
    await this.#save();
    return operation;
  }

  async #end(operation: PendingOperation): Promise<void> {
    const at = this.#pending.indexOf(operation);
    if (at !== -1) this.#pending.splice(at, 1);
    await this.#save();
  }

  /** Writes are one after another; each writes what is true when its turn comes. */
  async #save(): Promise<void> {
    if (this.#args.preview) return;
    const saved = this.#saving.then(() => this.#args.save(this.snapshot));
    this.#saving = saved.catch(() => undefined);
    try {
      await saved;
    } catch (error) {
      this.#failed = true;
      throw error;
    }
  }

  #record(
    registration: Registration,
    made: { readonly id: string | undefined; readonly inputs: Values; readonly outputs: Values },
    old: ModelResource | undefined,
    importID?: string,
  ): void {
    this.#left.delete(registration.urn);
    const isOld = old !== undefined && isUnchanged(registration, made, old);
    this.#done.set(registration.urn, isOld ? old : this.#resource(registration, made, old, importID));
  }

  #finish(old: ModelResource): void {
    this.#left.delete(old.urn);
    this.#done.set(old.urn, old);
  }

  #resource(
    registration: Registration,
    made: { readonly id: string | undefined; readonly inputs: Values; readonly outputs: Values },
    old: ModelResource | undefined,
    importID = old?.importID,
  ): ModelResource {
    const { urn, type, custom, parent, protect, dependencies, provider, propertyDependencies } = registration;
    const now = this.#args.process.now().toISOString();
    const isChanged = old === undefined || !same(made.inputs, old.inputs) || !same(made.outputs, old.outputs);
    return {
      urn,
      custom,
      ...(made.id === undefined ? {} : { id: made.id }),
      type,
      inputs: made.inputs,
      outputs: made.outputs,
      ...(parent === "" ? {} : { parent }),
      ...(protect ? { protect } : {}),
      dependencies,
      ...(provider === "" ? {} : { provider }),
      propertyDependencies,
      additionalSecretOutputs: registration.additionalSecretOutputs,
      ...(importID === undefined ? {} : { importID }),
      created: old?.created ?? now,
      modified: isChanged ? now : (old?.modified ?? now),
    };
  }

  #stackResource(): ModelResource {
    const now = this.#args.process.now().toISOString();
    return {
      urn: this.#urnOfStack(),
      custom: false,
      type: "pulumi:pulumi:Stack",
      inputs: {},
      outputs: {},
      dependencies: [],
      created: now,
      modified: now,
    };
  }

  #urnOfStack(): string {
    const { project, stack } = this.#args;
    return `urn:pulumi:${stack}::${project}::pulumi:pulumi:Stack::${project}-${stack}`;
  }

  #provider(type: string): ProviderCalls {
    const found = this.#args.providers[type.split(":", 1)[0] ?? ""];
    if (found === undefined) throw new Error(`no provider for ${type}`);
    return found;
  }

  async #call<T>(what: string, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return await this.#args.process.call(what, work);
  }

  #resolve(value: unknown, lookUps: LookUps): unknown {
    return resolveReferences(
      value,
      ({ of, path }) => {
        if (of.startsWith("look-up ")) return valueAt(lookUps.answer(of), path);
        const urn = lookUps.urnOf(of);
        const found = urn === undefined ? undefined : (this.#done.get(urn) ?? this.#left.get(urn));
        if (found === undefined || found.pendingReplacement === true) return undefined;
        return path === "id" ? found.id : valueAt(clearOutputs(found), path);
      },
      unknownValue,
    );
  }

  #fail(known: Known, op: Operation, message: string): StepFailed {
    this.#args.accept({
      diagnosticEvent: { urn: known.urn, severity: "error", message, color: "never", ephemeral: false },
    } as unknown as RawEvent);
    this.#args.accept({
      resOpFailedEvent: { metadata: this.#metadata(op, known, {}), status: 0, steps: 0 },
    } as unknown as RawEvent);
    return new StepFailed();
  }

  #failedCall(error: unknown, known: Known, op: Operation): unknown {
    return error instanceof ProviderFailure ? this.#fail(known, op, error.message) : error;
  }

  #refuseProtected(urn: string, how: "deleted" | "replaced"): void {
    this.#failed = true;
    const message = `resource "${urn}" cannot be ${how}\nbecause it is protected. To unprotect the resource, remove the \`protect\` flag`;
    this.#args.accept({
      diagnosticEvent: { urn, severity: "error", message, color: "never", ephemeral: false },
    } as unknown as RawEvent);
  }

  #tellBoth(op: Operation, known: Known, old: ModelResource | undefined, now: ModelResource | undefined): void {
    const facts = { old, inputs: now?.inputs ?? {}, outputs: now?.outputs ?? {} };
    this.#tell("pre", op, known, facts);
    this.#tell("outputs", op, known, facts);
  }

  #tell(when: "pre" | "outputs", op: Operation, known: Known, facts: StepFacts): void {
    const metadata = this.#metadata(op, known, facts);
    this.#args.accept(
      (when === "pre"
        ? { resourcePreEvent: { metadata, planning: this.#args.preview } }
        : { resOutputsEvent: { metadata, planning: this.#args.preview } }) as unknown as RawEvent,
    );
  }

  #metadata(op: Operation, { urn, type }: Known, { old, inputs, outputs, told }: StepFacts): StepEventMetadata {
    const side = (state: { readonly inputs: Values; readonly outputs: Values }) => ({
      urn,
      type,
      inputs: masked(state.inputs),
      outputs: masked(state.outputs),
    });
    return {
      op,
      urn,
      type,
      ...(old === undefined ? {} : { old: { ...side(old), id: old.id, parent: old.parent, protect: old.protect } }),
      ...(inputs === undefined ? {} : { new: side({ inputs, outputs: outputs ?? {} }) }),
      ...(told === undefined ? {} : { keys: told.replacing, diffs: told.changed }),
      ...(told?.detailed === undefined
        ? {}
        : {
            detailedDiff: Object.fromEntries(
              Object.entries(told.detailed).map(([path, diffKind]) => [path, { diffKind, inputDiff: false }]),
            ),
          }),
    } as unknown as StepEventMetadata;
  }
}

type Known = Pick<Registration, "urn" | "type" | "name">;

interface Told {
  readonly changed: readonly string[];
  readonly replacing: readonly string[];
  readonly deleteBeforeReplace: boolean;
  readonly detailed: Readonly<Record<string, string>> | undefined;
}

interface StepFacts {
  readonly old?: ModelResource | undefined;
  readonly inputs?: Values;
  readonly outputs?: Values;
  readonly told?: Told | undefined;
}

/** The step has failed, and its reason was told. */
class StepFailed extends Error {}

/** Answers of the program's look-ups, asked once for a run. */
class LookUps {
  readonly #program: RecordedProgram;
  readonly #args: ModelRunArgs;
  readonly #answers = new Map<string, Values>();
  #settled: Promise<void> | undefined;

  constructor(program: RecordedProgram, args: ModelRunArgs) {
    this.#program = program;
    this.#args = args;
  }

  /** URN of the resource that a reference means. */
  urnOf(of: string): string | undefined {
    return urnsOf(this.#program).get(of);
  }

  settle(): Promise<void> {
    this.#settled ??= this.#ask();
    return this.#settled;
  }

  answer(of: string): Values {
    return this.#answers.get(of) ?? {};
  }

  async #ask(): Promise<void> {
    const { process, providers } = this.#args;
    await Promise.all(
      this.#program.invocations.map(async ({ token, inputs }, number) => {
        const calls = providers[token.split(":", 1)[0] ?? ""];
        if (calls === undefined) throw new Error(`no provider for ${token}`);
        const answer = await process
          .call(`look up ${token.split(":").at(-1)}`, (signal) =>
            calls.invoke(token, inputs, { region: undefined, signal }),
          )
          .catch((error: unknown) => {
            throw error instanceof ProviderFailure
              ? new RunStopped(`error: Unhandled exception: ${error.message}`)
              : error;
          });
        this.#answers.set(`look-up ${number}`, answer);
      }),
    );
  }
}

const urns = new WeakMap<RecordedProgram, ReadonlyMap<string, string>>();

function urnsOf(program: RecordedProgram): ReadonlyMap<string, string> {
  const known =
    urns.get(program) ?? new Map(program.registrations.map(({ type, name, urn }) => [`${type}/${name}`, urn]));
  urns.set(program, known);
  return known;
}

/** Resources that do not differ from their registration. */
const sameAs = new WeakMap<
  ModelResource,
  { readonly registration: Registration; readonly sources: readonly (ModelResource | undefined)[] }
>();

const clear = new WeakMap<ModelResource, Values>();

function clearOutputs(resource: ModelResource): Values {
  const known = clear.get(resource) ?? reveal(resource.outputs).values;
  clear.set(resource, known);
  return known;
}

/** The same as in the recorded program, which computes signatures with it. */
function withFixedPassword({ type, name }: Registration, news: Values, made: Made): Made {
  if (type !== "random:index/randomPassword:RandomPassword") return made;
  return { ...made, outputs: { ...made.outputs, result: secretValue(passwordOf(name, Number(news.length))) } };
}

/** Lets this many pieces of work run at once. */
class Slots {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async use<T>(work: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free += 1;
      else next();
    }
  }
}

function isUnchanged(
  { protect, dependencies, parent, provider }: Registration,
  made: { readonly id: string | undefined; readonly inputs: Values; readonly outputs: Values },
  old: ModelResource,
): boolean {
  return (
    made.id === old.id &&
    made.outputs === old.outputs &&
    protect === (old.protect ?? false) &&
    parent === (old.parent ?? "") &&
    provider === (old.provider ?? "") &&
    same(dependencies, old.dependencies) &&
    same(made.inputs, old.inputs)
  );
}

function keyOf({ urn, delete: dying }: ModelResource): string {
  return dying === true ? `${urn} (to be deleted)` : urn;
}

function nameOf(urn: string): string {
  return urn.split("::").slice(3).join("::");
}

function isEngineOwn(type: string): boolean {
  return type === "pulumi:pulumi:Stack" || type.startsWith("pulumi:providers:");
}

function conceal(values: Values, secrets: readonly string[]): Values {
  return Object.fromEntries(
    Object.entries(values).map(([key, value]) => [
      key,
      secrets.includes(key) && value !== unknownValue ? secretValue(value) : value,
    ]),
  );
}

/** Inputs whose changes are ignored keep their old values. */
function withIgnored(news: Values, old: Values | undefined, ignored: readonly string[]): Values {
  if (old === undefined || ignored.length === 0) return news;
  const kept = { ...news };
  for (const name of ignored) {
    if (Object.hasOwn(old, name)) kept[name as keyof typeof kept] = old[name];
    else delete kept[name as keyof typeof kept];
  }
  return kept;
}

function valueAt(values: unknown, path: string): unknown {
  return path
    .split(".")
    .reduce<unknown>(
      (value, key) => (typeof value === "object" && value !== null ? (value as Values)[key] : undefined),
      values,
    );
}

const maskedValues = new WeakMap<Values, Values>();

/** As in the engine's event log. */
function masked(value: Values): Values {
  const known = maskedValues.get(value) ?? maskedAnew(value);
  maskedValues.set(value, known);
  return known;
}

function maskedAnew(value: Values): Values {
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, maskedValue(one)]));
}

function maskedValue(value: unknown): unknown {
  if (isSecret(value)) return secretPlaceholder;
  if (Array.isArray(value)) return value.map(maskedValue);
  if (isRecord(value)) return masked(value);
  return value;
}

function same(one: unknown, other: unknown): boolean {
  return one === other || JSON.stringify(one) === JSON.stringify(other);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
