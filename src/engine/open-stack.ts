import { rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type EngineEvent as RawEvent, Stack } from "@pulumi/pulumi/automation/index.js";
import { LorError } from "../core/errors.ts";
import { EngineCommand, EngineCommandError } from "./engine-command.ts";
import { engineEnvironment } from "./engine-environment.ts";
import { engineError } from "./engine-errors.ts";
import type { EngineStack, Program, RunOptions, RunResult, StateExport } from "./port.ts";
import { watchProgram } from "./program-watch.ts";
import { ResourceChanges } from "./resource-changes.ts";
import { openScratchWorkspace } from "./scratch-workspace.ts";
import { SecretScrubber } from "./secret-scrubber.ts";
import { parseStateExport } from "./state-export.ts";

export interface OpenStackArgs {
  readonly projectName: string;
  readonly stackName: string;
  /** Where the state lies, such as `file:///home/a/shop/.lor-infra/local/backend`; a local folder is made when absent. */
  readonly backendUrl: string;
  readonly passphrase: string;
  /** The same salt as the user's profile files carry, so that plain `pulumi` reads the same state. */
  readonly encryptionSalt: string;
  /** Scratch folder for generated files, made when absent; never the user's project. */
  readonly workFolder: string;
  /** The engine, as `locateEngine` or `installEngine` gave it. */
  readonly engine: { readonly path: string; readonly version: string };
  /** The caller's environment: PATH, HOME, proxies, credentials of the providers. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Provider servers that already run, name -> port; no plugin is then looked for. */
  readonly providers?: Readonly<Record<string, number>>;
  /** Folder of the engine's own plugins and settings; the engine's default (`~/.pulumi`) when absent. */
  readonly pulumiHome?: string;
}

/** Opens a stack, and makes it when it is not there yet. */
export async function openStack(args: OpenStackArgs): Promise<EngineStack> {
  const folder = join(args.workFolder, args.stackName);
  const scrubber = new SecretScrubber([args.passphrase]);
  const environment = engineEnvironment({
    env: args.env,
    backendUrl: args.backendUrl,
    passphrase: args.passphrase,
    providers: args.providers,
    pulumiHome: args.pulumiHome,
  });
  const command = new EngineCommand(args.engine.path, args.engine.version, environment);
  return coded(scrubber, async () => {
    const workspace = await openScratchWorkspace({ ...args, folder, command });
    const stack = await Stack.select(args.stackName, workspace);
    return new AutomationStack(
      { stackName: args.stackName, projectName: args.projectName, folder },
      command,
      stack,
      scrubber,
    );
  });
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
    return this.#run(program, options, (run) => this.#stack.up(run));
  }

  refresh(program: Program, options: RunOptions = {}): Promise<RunResult> {
    return this.#run(program, options, (run) => this.#stack.refresh(run));
  }

  destroy(options: RunOptions = {}): Promise<RunResult> {
    return this.#run(undefined, options, (run) => this.#stack.destroy(run));
  }

  async outputs(): Promise<Readonly<Record<string, unknown>>> {
    return coded(this.#scrubber, async () => {
      const answer = await this.#ask(["stack", "output", "--json", "--show-secrets"]);
      return JSON.parse(answer) as Record<string, unknown>;
    });
  }

  async cancel(): Promise<void> {
    await coded(this.#scrubber, () => this.#ask(["cancel", "--yes"]));
  }

  async exportState(): Promise<StateExport> {
    return coded(this.#scrubber, async () => parseStateExport(JSON.parse(await this.#ask(["stack", "export"]))));
  }

  async importState(raw: unknown): Promise<void> {
    const file = join(this.#place.folder, "state-to-import.json");
    await writeFile(file, JSON.stringify(raw), { mode: 0o600 });
    try {
      await coded(this.#scrubber, () => this.#ask(["stack", "import", "--file", file]));
    } finally {
      await rm(file, { force: true });
    }
  }

  #ask(args: readonly string[]): Promise<string> {
    return this.#command.ask([...args, "--stack", this.#place.stackName], this.#place.folder);
  }

  async #run(
    program: Program | undefined,
    options: RunOptions,
    start: (run: AutomationRun) => Promise<unknown>,
  ): Promise<RunResult> {
    const began = performance.now();
    const changes = new ResourceChanges(
      (text) => this.#scrubber.scrub(text),
      (event) => options.onEvent?.(event),
    );
    const watched =
      program === undefined
        ? undefined
        : watchProgram({
            program,
            projectName: this.#place.projectName,
            stackName: this.#place.stackName,
            adopt: options.adopt,
            scrubber: this.#scrubber,
          });
    await coded(this.#scrubber, () =>
      start({
        onEvent: (raw) => changes.accept(raw),
        color: "never",
        suppressOutputs: true,
        suppressProgress: true,
        ...(watched === undefined ? {} : { program: watched.program, runProgram: true }),
        ...(options.parallel === undefined ? {} : { parallel: options.parallel }),
        ...(options.refresh === true ? { refresh: true } : {}),
        ...(options.signal === undefined ? {} : { signal: options.signal }),
      }),
    );
    return {
      changes: changes.changes,
      outputs: watched?.outputs() ?? {},
      durationSeconds: (performance.now() - began) / 1000,
    };
  }
}

/** The options that every kind of run shares. */
interface AutomationRun {
  onEvent: (event: RawEvent) => void;
  color: "never";
  suppressOutputs: boolean;
  suppressProgress: boolean;
  program?: () => Promise<Record<string, unknown>>;
  runProgram?: boolean;
  parallel?: number;
  refresh?: boolean;
  signal?: AbortSignal;
}

async function coded<T>(scrubber: SecretScrubber, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LorError) {
      throw error;
    }
    const text =
      error instanceof EngineCommandError ? `${error.outcome.stderr}\n${error.outcome.stdout}` : String(error);
    throw engineError({ text: scrubber.scrub(text) });
  }
}
