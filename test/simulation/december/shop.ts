import { LorError } from "../../../src/core/errors.ts";
import type { Simulator } from "../../../src/local-cloud/simulator.ts";
import { loadSimulators } from "../../../src/local-cloud/simulators.ts";
import { runOn } from "../../../src/os/host.ts";
import { asSystemError } from "../../../src/os/system-error.ts";
import { assembleContext } from "../../../src/stack/assemble-context.ts";
import { realTimings, type StackContext } from "../../../src/stack/stack-context.ts";
import { runVariable } from "../../../src/state/orphan-engine.ts";
import { stackFolder } from "../../../src/state/stack-folder.ts";
import { readLock } from "../../../src/state/stack-lock.ts";
import { StackState } from "../../../src/state/stack-state.ts";
import { readStateFile, type StateForm } from "../../../src/state/state-file.ts";
import type { Project } from "../../../src/systems/load-project.ts";
import { ModelEngine, type PlannedProgram } from "../engine/model-engine.ts";
import { SecretBox } from "../engine/model-state.ts";
import { RecordedPrograms } from "../engine/recorded-program.ts";
import { Random } from "../kernel/random.ts";
import { Scheduler } from "../kernel/scheduler.ts";
import { Disk, ModelFiles } from "../world/model-files.ts";
import { SimCloud } from "../world/sim-cloud.ts";
import { hostOf, simMachine } from "../world/sim-machine.ts";
import { type Machine, SimProcess, type Weather, type World } from "../world/sim-process.ts";
import { spawnEngine } from "../world/spawn-engine.ts";
import { describeEvent } from "./describe-event.ts";

const programs = new RecordedPrograms();

/** Where the shop's machines are. */
export const region = "GRA11";

/** Loaded once for all seeds. */
let simulators: Promise<readonly Simulator[]> | undefined;

/** How a command ended. */
export type CommandEnd =
  | { readonly kind: "done"; readonly value: unknown }
  | { readonly kind: "failed"; readonly error: LorError }
  | { readonly kind: "killed" };

export interface RunCommand {
  /** Operation, as the lock tells it to others. */
  readonly operation: string;
  readonly takeOver?: boolean;
  readonly signal?: AbortSignal;
  action(context: StackContext): Promise<unknown>;
}

/** One simulated company: its cloud, the state of its stack, the machines of its people. */
export class SimShop implements World {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly cloud: SimCloud;
  readonly disk = new Disk();
  readonly notes: string[] = [];
  readonly #box = new SecretBox();
  readonly #began: number;
  weather: Weather = { strike: () => undefined };
  project: Project;

  private constructor(seed: number, project: Project, loaded: readonly Simulator[]) {
    const random = new Random(seed);
    this.random = random.fork();
    this.#began = Date.parse("2026-11-23T08:00:00Z");
    this.scheduler = new Scheduler(random.fork(), this.#began);
    this.cloud = new SimCloud(this.scheduler, random.fork(), loaded);
    this.project = project;
  }

  static async open(seed: number, project: Project): Promise<SimShop> {
    simulators ??= loadSimulators();
    return new SimShop(seed, project, await simulators);
  }

  /** A machine of somebody who works on the stack. */
  machine(host: string, user: string): Machine {
    const id = `${host}-installation`;
    return simMachine({ host, id, boot: `${host}-boot-1`, processes: "pid:[4026531836]" }, user);
  }

  note(text: string): void {
    const seconds = ((this.scheduler.now - this.#began) / 1000).toFixed(3);
    this.notes.push(`${seconds.padStart(12)} s  ${text}`);
  }

  /** Lets a person wait, in milliseconds. */
  async wait(milliseconds: number): Promise<void> {
    await new Promise<void>((resolve) => this.scheduler.after(milliseconds, resolve));
  }

  /** The recorded state. */
  async state(): Promise<StateForm | undefined> {
    return await this.scheduler.until(readStateFile(this.#stateFor(this.#observer)));
  }

  /** Ids of all recorded resources. */
  async recordedIds(): Promise<ReadonlySet<string>> {
    const form = await readStateFile(this.#stateFor(this.#observer));
    const resources = (form?.deployment.resources ?? []) as readonly { readonly id?: string }[];
    // A member is recorded as `pool/member`.
    return new Set(resources.flatMap(({ id }) => (id === undefined ? [] : [id, ...id.split("/")])));
  }

  async isLocked(): Promise<boolean> {
    const { files } = this.#stateFor(this.#observer);
    return (await runOn(hostOf(this.#observer), () => readLock(files))) !== undefined;
  }

  get #observer(): SimProcess {
    return new SimProcess(this, this.machine("observer", "nobody"), { name: "observer" });
  }

  #stateFor(process: SimProcess): StackState {
    const { project, disk } = this;
    return new StackState({
      project: project.name,
      stack: project.stack,
      backendUrl: "file:///simulated",
      files: new ModelFiles(disk, process, "stack/"),
      backend: new ModelFiles(disk, process),
    });
  }

  close(): void {
    this.cloud.cloud.close();
  }

  /** Runs a command on a machine until it ends or is killed. */
  async run(machine: Machine, command: RunCommand): Promise<CommandEnd> {
    const process = new SimProcess(this, machine, { name: command.operation });
    this.note(`${machine.user} on ${machine.identity.host}: lor-infra ${command.operation}`);
    const end = runOn(hostOf(process), () => this.#carryOut(process, command));
    const killed = process.killed.then((): CommandEnd => ({ kind: "killed" }));
    const result = await Promise.race([end, killed]);
    process.exit();
    this.note(
      result.kind === "failed"
        ? `${command.operation} fails: ${result.error.code}: ${result.error.message} Next: ${result.error.next ?? "nothing"}`
        : `${command.operation} is ${result.kind}`,
    );
    return result;
  }

  async #carryOut(process: SimProcess, command: RunCommand): Promise<CommandEnd> {
    try {
      return { kind: "done", value: await this.#inContext(process, command) };
    } catch (error) {
      const coded = error instanceof LorError ? error : asSystemError(error);
      if (coded !== undefined) return { kind: "failed", error: coded };
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
      throw new Error(`${command.operation} fails without a code: ${message}`);
    }
  }

  async #inContext(process: SimProcess, { operation, takeOver, signal, action }: RunCommand): Promise<unknown> {
    const { project } = this;
    await using context = await assembleContext(
      {
        project,
        cloud: "local",
        operation,
        emit: (event) => {
          const told = describeEvent(event);
          if (told !== undefined) this.note(`  ${told}`);
        },
        timings: realTimings,
        takeOver: takeOver === true,
        ...(signal === undefined ? {} : { signal }),
      },
      {
        folder: stackFolder("/simulated", "local", project.stack),
        state: this.#stateFor(process),
        passphrase: "simulated",
        commands: { runner: { run: async () => ({ kind: "ended", code: 0 }) }, env: {} },
        mailPassword: () => undefined,
        machines: async () => undefined,
        program: (plan, choice): PlannedProgram => Object.assign(async () => ({}), { plan, choice }),
        connect: async () => ({
          clients: this.cloud.clients(region),
          certificate: undefined,
          timings: realTimings,
          openEngine: async ({ run }) => this.#engine(process, run),
          openTrialEngine: async () => {
            throw new Error("no trial engine yet");
          },
        }),
      },
    );
    return await action(context);
  }

  #engine(process: SimProcess, run: string | undefined): ModelEngine {
    const { project, disk } = this;
    const marks = run === undefined ? [] : [`${runVariable}=${run}`];
    return new ModelEngine({
      project: project.name,
      stack: project.stack,
      providers: this.cloud.providers,
      box: this.#box,
      spawn: (work, stop) => spawnEngine(process, disk, marks, work, stop),
      recorded: ({ plan, choice }) => this.scheduler.hold(programs.of(project, plan, choice)),
    });
  }

  async fetch(process: SimProcess, address: string, options?: RequestInit): Promise<Response> {
    return await this.cloud.fetch(process, address, options);
  }
}
