import type { EngineEvent as RawEvent, StepEventMetadata } from "@pulumi/pulumi/automation/index.js";
import { completeAdopted, type KnownInput, type KnownInputs } from "../../../src/engine/adopted-inputs.ts";
import { engineError } from "../../../src/engine/engine-errors.ts";
import { canBeEntered, enterIntoState } from "../../../src/engine/insert-into-state.ts";
import type {
  Adoption,
  EngineEvent,
  EngineStack,
  InsertResult,
  Program,
  RunOptions,
  RunResult,
  StateExport,
} from "../../../src/engine/port.ts";
import { ResourceChanges } from "../../../src/engine/resource-changes.ts";
import { isUnknown } from "../../../src/engine/resource-identity.ts";
import { RunDifferences } from "../../../src/engine/run-differences.ts";
import { parseStateExport } from "../../../src/engine/state-export.ts";
import type { BuildChoice } from "../../../src/stack/stack-context.ts";
import type { SystemPlan } from "../../../src/systems/contract.ts";
import type { EngineEnd, EngineFiles, EngineProcess } from "./engine-process.ts";
import { type AdoptedResource, ModelRun, RunStopped } from "./model-run.ts";
import { deploymentOf, type SecretBox, type Snapshot, snapshotOf } from "./model-state.ts";
import type { ProviderCalls } from "./provider-calls.ts";
import type { RecordedProgram } from "./recorded-program.ts";

/** A program that the model engine can run: the Plan and the choice that it builds. */
export type PlannedProgram = Program & { readonly plan: SystemPlan; readonly choice: BuildChoice };

export interface ModelEngineArgs {
  readonly project: string;
  readonly stack: string;
  readonly providers: Readonly<Record<string, ProviderCalls>>;
  readonly box: SecretBox;
  /** Runs an engine in a process of its own; the signal asks it to stop. */
  spawn<T>(work: (process: EngineProcess) => Promise<T>, signal: AbortSignal | undefined): Promise<EngineEnd<T>>;
  recorded(program: PlannedProgram): Promise<RecordedProgram>;
}

/** Operations at once, unless the caller says otherwise: the engine's own default is four times the processors. */
const parallelByDefault = 8;

/** The engine over the local cloud's provider methods, held to engine 3.259. */
export class ModelEngine implements EngineStack {
  readonly #args: ModelEngineArgs;

  constructor(args: ModelEngineArgs) {
    this.#args = args;
  }

  preview(program: Program, options: RunOptions = {}): Promise<RunResult> {
    return this.#run("preview", program as PlannedProgram, options);
  }

  async up(program: Program, options: RunOptions = {}): Promise<RunResult> {
    const known: { inputs?: KnownInputs } = {};
    const result = await this.#run("up", program as PlannedProgram, options, { known });
    if ((options.adopt?.size ?? 0) > 0) {
      const completed = completeAdopted((await this.exportState()).raw, known.inputs ?? new Map(), options.adopt);
      if (completed !== undefined) await this.importState(completed);
    }
    return result;
  }

  async insertIntoState(
    program: Program,
    adopt: ReadonlyMap<string, Adoption>,
    options: RunOptions = {},
  ): Promise<InsertResult> {
    const planned = new Map<string, StepEventMetadata>();
    const known: { inputs?: KnownInputs } = {};
    const preview = await this.#run("preview", program as PlannedProgram, options, {
      known,
      enter: new Set(adopt.keys()),
      onEvent: ({ resourcePreEvent }) => {
        const step = resourcePreEvent?.metadata;
        if (step?.op === "create" && step.new !== undefined) planned.set(step.urn, step);
      },
    });
    const entered = [...adopt]
      .flatMap(([urn, { id, secretOutputs = {}, fits = () => true }]) => {
        const step = planned.get(urn)?.new;
        const inputs = known.inputs?.get(urn) ?? {};
        return step === undefined ? [] : [{ id, planned: step, known: inputs, secretOutputs, fits }];
      })
      .filter((one) => canBeEntered(one) && one.fits(valuesOf(one.known)));
    if (entered.length > 0) await this.importState(enterIntoState((await this.exportState()).raw, entered));
    return { preview, inserted: entered.map((one) => one.planned.urn) };
  }

  refresh(program: Program | undefined, options: RunOptions = {}): Promise<RunResult> {
    return this.#run("refresh", program as PlannedProgram | undefined, options);
  }

  destroy(options: RunOptions = {}): Promise<RunResult> {
    return this.#run("destroy", undefined, options);
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    return await this.#ask(async (process) => {
      const { resources } = await this.#load(process.files);
      return resources.find((one) => one.type === "pulumi:pulumi:Stack")?.outputs ?? {};
    });
  }

  async cancel(): Promise<void> {
    await this.#ask(async ({ files }) => {
      for (const name of await files.list(this.#locks)) await files.remove(`${this.#locks}/${name}`);
    });
  }

  async exportState(): Promise<StateExport> {
    return await this.#ask(async ({ files }) => {
      const snapshot = await this.#load(files);
      return parseStateExport({ version: 3, deployment: deploymentOf(snapshot, this.#args.box) });
    });
  }

  async importState(raw: unknown): Promise<void> {
    await this.#ask(async (process) => {
      await this.#withLock(process, async () => {
        const snapshot = snapshotOf((raw as { readonly deployment: unknown }).deployment, this.#args.box);
        await this.#save(process, { ...snapshot, time: process.now().toISOString() });
      });
    });
  }

  async #ask<T>(work: (process: EngineProcess) => Promise<T>): Promise<T> {
    const end = await this.#args.spawn(work, undefined);
    if (end.kind === "ended") return end.value;
    throw this.#error(end, undefined, undefined);
  }

  async #run(
    kind: "preview" | "up" | "refresh" | "destroy",
    program: PlannedProgram | undefined,
    options: RunOptions,
    more: {
      readonly known?: { inputs?: KnownInputs };
      readonly enter?: ReadonlySet<string>;
      readonly onEvent?: (event: RawEvent) => void;
    } = {},
  ): Promise<RunResult> {
    const changes = new ResourceChanges({
      scrub: (text) => text,
      emit: (event: EngineEvent) => options.onEvent?.(event),
      findsDrift: kind === "refresh",
    });
    const differences = new RunDifferences();
    const recorded = program === undefined ? undefined : await this.#args.recorded(program);
    const declared = program === undefined || recorded === undefined ? {} : outputsOf(program, recorded);
    let outputs: Readonly<Record<string, unknown>> = {};
    const end = await this.#args.spawn(async (process) => {
      const before = await this.#load(process.files);
      const work = async () => {
        const run = new ModelRun({
          process,
          providers: this.#args.providers,
          project: this.#args.project,
          stack: this.#args.stack,
          preview: kind === "preview",
          before: kind === "preview" ? before : await this.#load(process.files),
          save: (snapshot) => this.#save(process, snapshot),
          accept: (event) => {
            changes.accept(event);
            differences.accept(event);
            more.onEvent?.(event);
          },
          parallel: options.parallel ?? parallelByDefault,
          targets: options.targets === undefined ? undefined : new Set(options.targets),
          adopt: adoptedOf(options.adopt),
          keep: options.keep ?? new Set(),
        });
        if (kind === "destroy") return await run.destroy();
        if (kind === "refresh" || options.refresh === true) await run.refresh();
        if (kind === "refresh" || recorded === undefined) return;
        const values = await run.carryOut(recorded, declared);
        if (kind === "up") outputs = values;
        if (more.known !== undefined) more.known.inputs = knownInputs(run, options.adopt, more.enter);
      };
      await (kind === "preview" ? work() : this.#withLock(process, work));
    }, options.signal);
    if (end.kind !== "ended") throw this.#error(end, changes, options.signal);
    return {
      changes: changes.changes,
      differences: differences.byUrn,
      writeOnlyValues: new Map([...(more.known?.inputs ?? [])].map(([urn, inputs]) => [urn, valuesOf(inputs)])),
      outputs,
      durationSeconds: 0,
    };
  }

  #error(end: EngineEnd<unknown>, changes: ResourceChanges | undefined, signal: AbortSignal | undefined): unknown {
    const { project, stack } = this.#args;
    if (end.kind === "failed" && !(end.error instanceof RunStopped) && !isFileError(end.error)) return end.error;
    const stderr =
      end.kind === "killed" ? `\nkilled by ${end.signal}` : end.kind === "failed" ? String(textOf(end.error)) : "";
    return engineError({
      projectName: project,
      stackName: stack,
      stderr,
      diagnostics: changes?.diagnostics ?? [],
      failed: changes?.failed ?? [],
      aborted: signal?.aborted === true,
    });
  }

  get #locks(): string {
    return `.pulumi/locks/organization/${this.#args.project}/${this.#args.stack}`;
  }

  get #file(): string {
    return `.pulumi/stacks/${this.#args.project}/${this.#args.stack}.json`;
  }

  /** A lock is a file of its own beside those of others; whoever sees another one withdraws. */
  async #withLock<T>(process: EngineProcess, work: () => Promise<T>): Promise<T> {
    const { files } = process;
    const own = `${process.newId()}.json`;
    await this.#refuseLocked(files, own);
    const lock = {
      pid: process.pid,
      username: process.user,
      hostname: process.host,
      timestamp: process.now().toISOString(),
    };
    await files.write(`${this.#locks}/${own}`, JSON.stringify(lock));
    try {
      await this.#refuseLocked(files, own);
      return await work();
    } finally {
      await files.remove(`${this.#locks}/${own}`);
    }
  }

  async #refuseLocked(files: EngineFiles, own: string): Promise<void> {
    const others = (await files.list(this.#locks)).filter((name) => name !== own);
    if (others.length === 0) return;
    const lines = await Promise.all(
      others.map(async (name) => {
        const { pid, username, hostname, timestamp } = JSON.parse((await files.read(`${this.#locks}/${name}`)) ?? "{}");
        return `  ${name}: created by ${username}@${hostname} (pid ${pid}) at ${timestamp}`;
      }),
    );
    throw new RunStopped(
      `error: the stack is currently locked by ${others.length} lock(s). Either wait for the other process(es) to end or delete the lock file with \`pulumi cancel\`.\n${lines.join("\n")}`,
    );
  }

  async #load(files: EngineFiles): Promise<Snapshot> {
    const found = await files.readValue(this.#file);
    if (found === undefined) return { time: "", resources: [], pending: [] };
    if (found.value !== undefined) return found.value as Snapshot;
    const { checkpoint } = JSON.parse(found.text()) as { readonly checkpoint: { readonly latest?: unknown } };
    return snapshotOf(checkpoint.latest ?? {}, this.#args.box);
  }

  async #save(process: EngineProcess, snapshot: Snapshot): Promise<void> {
    const { project, stack } = this.#args;
    await process.files.writeValue(this.#file, snapshot, () => {
      const checkpoint = { stack: `organization/${project}/${stack}`, latest: deploymentOf(snapshot, this.#args.box) };
      return `${JSON.stringify({ version: 3, checkpoint })}\n`;
    });
  }
}

/** Outputs of the stack: those of the program, with the fleet and profile that the caller says. */
function outputsOf({ choice }: PlannedProgram, { outputs }: RecordedProgram): Readonly<Record<string, unknown>> {
  const { says } = choice;
  return says === undefined ? outputs : { ...outputs, fleet: says.fleet ?? null, profile: says.profile ?? null };
}

function adoptedOf(adopt: RunOptions["adopt"] = new Map()): ReadonlyMap<string, AdoptedResource> {
  return new Map(
    [...adopt].map(([urn, { id, writeOnlyInputs, importOnlyInputs = [] }]) => [
      urn,
      { id, ignored: [...writeOnlyInputs, ...importOnlyInputs] },
    ]),
  );
}

function knownInputs(
  run: ModelRun,
  adopt: RunOptions["adopt"] = new Map(),
  enter: ReadonlySet<string> = new Set(),
): KnownInputs {
  const wanted = new Map([
    ...[...adopt].map(([urn, { writeOnlyInputs }]) => [urn, writeOnlyInputs] as const),
    ...[...enter].map((urn) => [urn, undefined] as const),
  ]);
  return new Map(
    [...wanted].flatMap(([urn, names]) => {
      const found = run.resolved.get(urn);
      if (found === undefined) return [];
      const chosen = Object.entries(found.values).filter(
        ([name, value]) => value !== undefined && names?.includes(name) !== false,
      );
      const inputs = chosen.map(([name, value]): readonly [string, KnownInput] => {
        const known = !isUnknown(value);
        return [name, { known, value: known ? value : undefined, secret: found.secret.includes(name) }];
      });
      return [[urn, Object.fromEntries(inputs)] as const];
    }),
  );
}

function valuesOf(inputs: Readonly<Record<string, KnownInput>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(inputs).map(([key, { value }]) => [key, value]));
}

function isFileError(error: unknown): boolean {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}

function textOf(error: unknown): string {
  if (error instanceof RunStopped) return error.message;
  const { code } = error as { readonly code: string };
  const words: Readonly<Record<string, string>> = { ENOSPC: "no space left on device", EROFS: "read-only file system" };
  return `error: saving the snapshot: write .pulumi/stacks: ${words[code] ?? code}`;
}
