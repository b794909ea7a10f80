import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EngineEvent as RawEvent, Stack, type StepEventStateMetadata } from "@pulumi/pulumi/automation/index.js";
import { LorError } from "../core/errors.ts";
import { host } from "../os/host.ts";
import { completeAdopted, type KnownInput, type KnownInputs } from "./adopted-inputs.ts";
import { EngineCommand, EngineCommandError } from "./engine-command.ts";
import { engineEnvironment } from "./engine-environment.ts";
import { engineError } from "./engine-errors.ts";
import { prepareEngineHome } from "./engine-home.ts";
import { canBeEntered, enterIntoState } from "./insert-into-state.ts";
import { useOwnConnections } from "./own-connections.ts";
import type {
  Adoption,
  EngineEvent,
  EngineStack,
  InsertResult,
  Program,
  RunOptions,
  RunResult,
  StateExport,
} from "./port.ts";
import { inTurn } from "./program-turn.ts";
import { watchProgram } from "./program-watch.ts";
import { leaveOutPromiseTraces } from "./promise-traces.ts";
import { ResourceChanges } from "./resource-changes.ts";
import { RunDifferences } from "./run-differences.ts";
import { openScratchWorkspace } from "./scratch-workspace.ts";
import { SecretScrubber } from "./secret-scrubber.ts";
import { parseStateExport } from "./state-export.ts";

export interface OpenStackArgs {
  readonly projectName: string;
  readonly stackName: string;
  /** Backend URL, such as `file:///home/a/shop/.lor-infra/local/backend`; a local folder is created when absent. */
  readonly backendUrl: string;
  /** Whether the stack exists in the backend; looked up when absent. */
  readonly exists?: boolean;
  readonly passphrase: string;
  /** Salt of the user's profile files, so that plain `pulumi` can decrypt the same state. */
  readonly encryptionSalt: string;
  /** Scratch folder for generated files, created when absent; never the user's project. */
  readonly workFolder: string;
  /** Result of `locateEngine` or `installEngine`. */
  readonly engine: { readonly path: string; readonly version: string };
  /** The caller's environment: PATH, HOME, proxies, credentials of the providers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Prefixes of the variables that the providers read, such as `OS_`. Default: none. */
  readonly providerVariables?: readonly string[];
  /** Port of each provider server that already runs, by provider name; no plugin is then looked up. */
  readonly providers?: Readonly<Record<string, number>>;
  /** Folder of the engine's plugins. Default: the environment's `PULUMI_HOME`, or `~/.pulumi`. */
  readonly pulumiHome?: string;
}

/** Opens a stack, and creates it when it does not exist. */
export async function openStack(args: OpenStackArgs): Promise<EngineStack> {
  useOwnConnections();
  leaveOutPromiseTraces();
  const folder = join(args.workFolder, args.stackName);
  const scrubber = new SecretScrubber([args.passphrase, ...secretsOf(args.env)]);
  const environment = engineEnvironment({
    env: args.env,
    backendUrl: args.backendUrl,
    providerVariables: args.providerVariables ?? [],
    passphrase: args.passphrase,
    providers: args.providers,
    pulumiHome: await prepareEngineHome({
      workFolder: args.workFolder,
      env: args.env,
      pulumiHome: args.pulumiHome,
      needsPlugins: args.providers === undefined,
    }),
  });
  const command = new EngineCommand(args.engine.path, args.engine.version, environment);
  const place = { projectName: args.projectName, stackName: args.stackName, folder };
  return coded({ place, scrubber }, async () => {
    const workspace = await openScratchWorkspace({ ...args, folder, command });
    const stack = await Stack.select(args.stackName, workspace);
    return new AutomationStack(place, command, stack, scrubber);
  });
}

/** Credentials of a backend in a bucket. */
function secretsOf(env: OpenStackArgs["env"]): readonly string[] {
  return [env.AWS_SECRET_ACCESS_KEY, env.AWS_SESSION_TOKEN].filter((value) => value !== undefined);
}

interface Place {
  readonly projectName: string;
  readonly stackName: string;
  readonly folder: string;
}

class AutomationStack implements EngineStack {
  readonly #place: Place;
  readonly #command: EngineCommand;
  readonly #stack: Stack;
  readonly #scrubber: SecretScrubber;

  constructor(place: Place, command: EngineCommand, stack: Stack, scrubber: SecretScrubber) {
    this.#place = place;
    this.#command = command;
    this.#stack = stack;
    this.#scrubber = scrubber;
  }

  preview(program: Program, options: RunOptions = {}): Promise<RunResult> {
    return this.#run(program, options, (run) => this.#stack.preview(run));
  }

  up(program: Program, options: RunOptions = {}): Promise<RunResult> {
    return this.#run(program, options, (run) => this.#stack.up(run), { completesState: true });
  }

  async insertIntoState(
    program: Program,
    adopt: ReadonlyMap<string, Adoption>,
    options: RunOptions = {},
  ): Promise<InsertResult> {
    const planned = new Map<string, StepEventStateMetadata>();
    let known: KnownInputs = new Map();
    const preview = await this.#run(program, options, (run) => this.#stack.preview(run), {
      enter: new Set(adopt.keys()),
      onPlanned: (step) => planned.set(step.urn, step),
      onKnown: (inputs) => {
        known = inputs;
      },
    });
    const entered = [...adopt]
      .flatMap(([urn, { id, secretOutputs = {}, fits = () => true }]) => {
        const step = planned.get(urn);
        const inputs = known.get(urn) ?? {};
        return step === undefined ? [] : [{ id, planned: step, known: inputs, secretOutputs, fits }];
      })
      .filter((one) => canBeEntered(one) && one.fits(valuesOf(one.known)));
    if (entered.length > 0) {
      await this.importState(enterIntoState((await this.exportState()).raw, entered));
    }
    return { preview, inserted: entered.map((one) => one.planned.urn) };
  }

  refresh(program: Program | undefined, options: RunOptions = {}): Promise<RunResult> {
    return this.#run(
      program,
      options,
      (run) => {
        const { workspace } = this.#stack;
        if (run.program !== undefined) {
          // A refresh receives a program only through this workspace.
          workspace.program = run.program;
        }
        return this.#stack.refresh(run).finally(() => {
          delete workspace.program;
        });
      },
      { findsDrift: true },
    );
  }

  destroy(options: RunOptions = {}): Promise<RunResult> {
    return this.#run(undefined, options, (run) => this.#stack.destroy(run));
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    return this.#coded(async () => {
      const answer = await this.#ask(["stack", "output", "--json", "--show-secrets"]);
      return JSON.parse(answer) as Record<string, unknown>;
    });
  }

  async cancel(): Promise<void> {
    await this.#coded(() => this.#ask(["cancel", "--yes"]));
  }

  async exportState(): Promise<StateExport> {
    return this.#coded(async () => parseStateExport(JSON.parse(await this.#ask(["stack", "export"]))));
  }

  async importState(raw: unknown): Promise<void> {
    const file = join(this.#place.folder, "state-to-import.json");
    await writeFile(file, JSON.stringify(raw), { mode: 0o600 });
    try {
      await this.#coded(() => this.#ask(["stack", "import", "--file", file]));
    } finally {
      await rm(file, { force: true });
    }
  }

  #coded<T>(work: () => Promise<T>): Promise<T> {
    return coded({ place: this.#place, scrubber: this.#scrubber }, work);
  }

  #ask(args: readonly string[]): Promise<string> {
    return this.#command.ask([...args, "--stack", this.#place.stackName], this.#place.folder);
  }

  async #completeAdopted(inputs: KnownInputs, adopted: RunOptions["adopt"] = new Map()): Promise<void> {
    if (adopted.size === 0) {
      return;
    }
    const completed = completeAdopted((await this.exportState()).raw, inputs, adopted);
    if (completed !== undefined) {
      await this.importState(completed);
    }
  }

  async #run(
    program: Program | undefined,
    options: RunOptions,
    start: (run: AutomationRun) => Promise<unknown>,
    kind: RunKind = {},
  ): Promise<RunResult> {
    const began = host().monotonic();
    const listener = new Listener(options.onEvent);
    const changes = new ResourceChanges({
      scrub: (text) => this.#scrubber.scrub(text),
      emit: (event) => listener.tell(event),
      findsDrift: kind.findsDrift === true,
    });
    const differences = new RunDifferences();
    const watched =
      program === undefined
        ? undefined
        : watchProgram({
            program,
            projectName: this.#place.projectName,
            stackName: this.#place.stackName,
            adopt: options.adopt,
            keep: options.keep,
            without: options.without,
            recordedOrder: options.recordedOrder,
            enter: kind.enter,
            scrubber: this.#scrubber,
            tell: (event) => listener.tell(event),
          });
    const thrown = () => watched?.thrown();
    const context = { place: this.#place, scrubber: this.#scrubber, changes, signal: options.signal, thrown };
    const run = () =>
      start({
        onEvent: (raw) => {
          changes.accept(raw);
          differences.accept(raw);
          const step = raw.resourcePreEvent?.metadata;
          if (step?.op === "create" && step.new !== undefined) kind.onPlanned?.(step.new);
        },
        color: "never",
        suppressOutputs: true,
        suppressProgress: true,
        ...(watched === undefined ? {} : { program: watched.program, runProgram: true }),
        ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
        ...(options.refresh === true ? { refresh: true } : {}),
        ...(options.targets === undefined ? {} : { target: [...options.targets] }),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      });
    await coded(context, watched === undefined ? run : () => inTurn(run));
    const known: KnownInputs = (await watched?.knownInputs()) ?? new Map();
    kind.onKnown?.(known);
    if (kind.completesState === true) {
      await this.#completeAdopted(known, options.adopt);
    }
    listener.check();
    return {
      changes: changes.changes,
      differences: differences.byUrn,
      writeOnlyValues: new Map([...known].map(([urn, inputs]) => [urn, valuesOf(inputs)])),
      outputs: watched?.outputs() ?? {},
      durationSeconds: (host().monotonic() - began) / 1000,
    };
  }
}

function valuesOf(inputs: Readonly<Record<string, KnownInput>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(inputs).map(([key, { value }]) => [key, value]));
}

/** Calls the caller's listener. An exception that it throws must neither stop the engine's event log nor be lost. */
class Listener {
  readonly #onEvent: RunOptions["onEvent"];
  #failure: { readonly error: unknown } | undefined;

  constructor(onEvent: RunOptions["onEvent"]) {
    this.#onEvent = onEvent;
  }

  tell(event: EngineEvent): void {
    try {
      this.#onEvent?.(event);
    } catch (error) {
      this.#failure ??= { error };
    }
  }

  /** Rethrows an exception of the listener. */
  check(): void {
    if (this.#failure !== undefined) {
      throw this.#failure.error;
    }
  }
}

interface RunKind {
  /** The differences found in the cloud are the result. */
  readonly findsDrift?: boolean;
  /** Adopted resources are in the state afterwards, possibly without their write-only inputs. */
  readonly completesState?: boolean;
  /** URNs whose inputs, with the program's values, are requested. */
  readonly enter?: ReadonlySet<string>;
  /** Receives those inputs, or the write-only inputs of adopted resources. */
  readonly onKnown?: (inputs: KnownInputs) => void;
  /** Called for each resource to be created. */
  readonly onPlanned?: (step: StepEventStateMetadata) => void;
}

/** Options that every kind of run shares. */
interface AutomationRun {
  onEvent: (event: RawEvent) => void;
  color: "never";
  suppressOutputs: boolean;
  suppressProgress: boolean;
  program?: () => Promise<Record<string, unknown>>;
  runProgram?: boolean;
  parallel?: number;
  refresh?: boolean;
  target?: string[];
  signal?: AbortSignal;
}

/** Runs the work and turns every failure of the engine into a coded error. */
async function coded<T>(context: FailureContext, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const own = context.thrown?.();
    if (own instanceof LorError) {
      throw own;
    }
    if (error instanceof LorError) {
      throw error;
    }
    throw engineError({
      projectName: context.place.projectName,
      stackName: context.place.stackName,
      stderr: context.scrubber.scrub(error instanceof EngineCommandError ? error.outcome.stderr : String(error)),
      diagnostics: context.changes?.diagnostics ?? [],
      failed: context.changes?.failed ?? [],
      aborted: context.signal?.aborted === true,
    });
  }
}

interface FailureContext {
  readonly place: Place;
  readonly scrubber: SecretScrubber;
  readonly changes?: ResourceChanges;
  readonly signal?: AbortSignal | undefined;
  /** Exception of the program itself. */
  readonly thrown?: () => unknown;
}
