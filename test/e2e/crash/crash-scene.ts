import type { ChildProcess } from "node:child_process";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { setTimeout as pause } from "node:timers/promises";
import type { ServerView } from "../../../src/clouds/clients.ts";
import { parseStateBackend } from "../../../src/domain/state-backend.ts";
import type { StateResource } from "../../../src/engine/port.ts";
import { parseStateExport } from "../../../src/engine/state-export.ts";
import { ControlClient } from "../../../src/local-cloud/http/control-client.ts";
import type { FaultEffect, FaultMatch } from "../../../src/local-cloud/kernel/faults.ts";
import { readRuntime } from "../../../src/local-cloud/kernel/runtime-file.ts";
import { isAlive, type ProcessIdentity, processesWith, startTicksOf } from "../../../src/os/process-identity.ts";
import { cloudFolder, connectLocalCloud, requireLocalCloud } from "../../../src/stack/cloud-connection.ts";
import { startCloud } from "../../../src/stack/start-local-cloud.ts";
import { openState } from "../../../src/state/open-state.ts";
import { runVariable } from "../../../src/state/orphan-engine.ts";
import { type StackFolder, stackFolder } from "../../../src/state/stack-folder.ts";
import { readLock } from "../../../src/state/stack-lock.ts";
import { type StackState, stateInFolder } from "../../../src/state/stack-state.ts";
import { readStateFile } from "../../../src/state/state-file.ts";
import { InProcessProject } from "../in-process.ts";
import { ended, type Run, type TestProject } from "../project.ts";
import { type ResourceSet, resourcesIn } from "../resource-set.ts";

/** Who dies by kill -9. */
type Victim = "command" | "engine" | "cloud";

/** A call of the cloud that is held: after it was carried out, or before. */
interface HeldStep {
  readonly match: FaultMatch;
  readonly before?: boolean;
}

/** One point of a command at which something dies. */
export interface CrashPoint {
  readonly point: string;
  /** Every one of them is held at the moment of the kill. */
  readonly steps: readonly HeldStep[];
  readonly kill: readonly Victim[];
  /** What an earlier command's engine waits for stays held: it lives on until this command ends it. */
  readonly engineLives?: true;
  /** What else happens while the command runs. */
  readonly meanwhile?: (scene: CrashScene) => Promise<void>;
  /** What is still to happen once the calls are held. */
  readonly until?: (scene: CrashScene) => Promise<void>;
}

/** What several machines would share. */
interface SharedPlace {
  /** Value of `state.backend`. */
  readonly url: string;
  /** The variables that open it. */
  readonly env: Readonly<Record<string, string>>;
}

/** A test project whose commands, engines and cloud are killed at chosen steps. */
export class CrashScene {
  readonly project: TestProject;
  #running: { readonly child: ChildProcess; over: Run | undefined } | undefined;
  readonly #home: string;

  #shared: StackState | undefined;

  private constructor(project: TestProject) {
    this.project = project;
    this.#home = project.home;
  }

  /** A new project, whose cloud then runs. @param place where the state lies; by default in the project's own folder */
  static async start(place?: SharedPlace): Promise<CrashScene> {
    const scene = await CrashScene.over(new InProcessProject());
    if (place !== undefined) await scene.#share(place);
    return scene;
  }

  /** A project that is there, whose cloud then runs. */
  static async over(project: TestProject): Promise<CrashScene> {
    await startCloud({ home: project.home, env: project.env });
    return new CrashScene(project);
  }

  get folder(): StackFolder {
    return stackFolder(this.#home, "local", "prod");
  }

  /** What the commands share. */
  get state(): StackState {
    return this.#shared ?? stateInFolder(this.folder, "lor");
  }

  async #share({ url, env }: SharedPlace): Promise<void> {
    const section = `  state:\n    value: { backend: "${url}", localCloudToo: true }\n`;
    this.project.edit("Pulumi.yaml", (text) => text.replace("config:\n", `config:\n${section}`));
    Object.assign(this.project.env, env);
    const settings = { backend: parseStateBackend(url), localCloudToo: true };
    this.#shared = await openState({ settings, folder: this.folder, project: "lor", env });
  }

  get control(): ControlClient {
    return requireLocalCloud(cloudFolder(this.#home)).control;
  }

  get home(): string {
    return this.#home;
  }

  /** Runs a command that must end well. */
  async succeed(args: readonly string[]): Promise<Run> {
    await releaseAll(this.#home);
    const run = await this.project.run(args);
    if (run.code !== 0) {
      throw new Error(`lor-infra ${args.join(" ")} ended with ${run.code}:\n${run.stdout}\n${run.stderr}`);
    }
    return run;
  }

  /** Waits until the state has a resource, with inputs such as those. */
  async recorded(type: string, name: string, such: (inputs: StateResource["inputs"]) => boolean): Promise<void> {
    const there = async () =>
      (await this.#resources()).some((one) => one.type === type && one.name === name && such(one.inputs));
    for (const end = Date.now() + longestWait; !(await there()); await pause(5)) {
      if (Date.now() > end) throw new Error(`no such ${type} ${name} in the state`);
    }
  }

  async #resources(): Promise<readonly StateResource[]> {
    return parseStateExport(await readStateFile(this.state)).resources;
  }

  /** Waits until the cloud shows a server in a state. */
  async server(name: string, state: ServerView["state"]): Promise<void> {
    const { clients } = await connectLocalCloud(cloudFolder(this.#home), { cloud: "ovh", region: "GRA11" });
    while ((await clients.compute.findServers(name))[0]?.state !== state) await pause(20);
  }

  order(match: FaultMatch, effect: FaultEffect, times = 1): Promise<unknown> {
    return this.control.orderFault({ match, effect, times });
  }

  /** Runs a command up to a point, kills, and lets what is left of it end. @returns how the command ended */
  async crash(args: readonly string[], { steps, kill, engineLives, meanwhile, until }: CrashPoint): Promise<Run> {
    await startCloud({ home: this.#home, env: this.project.env });
    // What a failed test before this one left.
    if (this.#running !== undefined && this.#running.over === undefined) this.#running.child.kill("SIGKILL");
    await this.control.clearFaults();
    if (engineLives !== true) await this.control.release();
    const ordered = new Set<number>();
    for (const { match, before } of steps) {
      const effect = { kind: before === true ? "hold-before" : "hold" } as const;
      ordered.add((await this.control.orderFault({ match, effect })).id);
    }
    const child = this.project.start(args);
    const end = ended(child);
    const current: { readonly child: ChildProcess; over: Run | undefined } = { child, over: undefined };
    this.#running = current;
    void end.then((run) => {
      current.over = run;
    });
    const running = (what: string) => {
      const { over } = current;
      if (over !== undefined) {
        throw new Error(`the command ended (${over.code}) before ${what}:\n${over.stdout}\n${over.stderr}`);
      }
    };
    await meanwhile?.(this);
    const held = async () => (await this.control.held()).filter((one) => ordered.has(one.faultId)).length;
    for (const end = Date.now() + longestWait; (await held()) < steps.length; await pause(25)) {
      running(`it met all of ${JSON.stringify(steps)}`);
      if (Date.now() > end) throw new Error(`not met: ${JSON.stringify(await this.control.faults())}`);
    }
    await until?.(this);
    running("the kill");
    const victims = [
      ...(kill.includes("command") ? [identityOf(child.pid)] : []),
      ...(kill.includes("engine") ? await this.engines() : []),
      ...(kill.includes("cloud") ? [this.#cloud()] : []),
    ];
    for (const victim of victims) process.kill(victim.pid, "SIGKILL");
    while (victims.some(isAlive)) await pause(5);
    // A cloud that has not yet seen its caller die would go on for it: then the next run comes first.
    if (!kill.includes("cloud") && !kill.includes("engine")) await this.control.release();
    return await end;
  }

  /** The engines that the holder of the lock has started. */
  async engines(): Promise<readonly ProcessIdentity[]> {
    const lock = await readLock(this.state.files);
    const engines = lock === undefined ? [] : processesWith(runVariable, lock.holder.id);
    if (engines.length === 0) throw new Error("no engine runs");
    return engines;
  }

  #cloud(): ProcessIdentity {
    return identityOf(requireLocalCloud(cloudFolder(this.#home)).runtime.pid);
  }

  resources(): Promise<ResourceSet> {
    return resourcesIn(this.#home);
  }

  /** Lets an object of the cloud's storage be found under another name, behind everybody's back. */
  renameObject(from: string, to: string): void {
    using database = new DatabaseSync(join(cloudFolder(this.#home), "cloud.sqlite"));
    database.exec("PRAGMA busy_timeout = 5000");
    const { changes } = database
      .prepare("UPDATE record SET name = ?, id = replace(id, ?, ?) WHERE kind = 'object' AND name = ?")
      .run(to, from, to, from);
    if (changes !== 1) throw new Error(`no object ${from}`);
  }

  /** Every resource that the cloud created more than once without having been told to delete the one before. */
  async createdTwice(): Promise<readonly string[]> {
    const alive = new Map<string, ReadonlySet<string>>();
    const twice: string[] = [];
    for (const { operation, outcome, type = "", name = "", id } of await this.control.journal()) {
      if (operation === "http" && name.startsWith("DELETE ") && outcome === "ok") {
        // A password told once and lost: what it belonged to is discarded, and made again.
        for (const [key, ids] of alive) alive.set(key, ids.difference(new Set([lastPart(name)])));
      }
      if (id === undefined || repeatable.test(type)) continue;
      const key = `${type} ${name}`;
      const ids = alive.get(key) ?? new Set();
      if (operation === "delete" && outcome === "ok") alive.set(key, ids.difference(new Set([lastPart(id)])));
      if (operation === "create") {
        if (ids.size > 0) twice.push(`${key}: ${[...ids, id].join(", ")}`);
        alive.set(key, ids.union(new Set([lastPart(id)])));
      }
    }
    return twice;
  }

  /** Also ends the command of a test that gave up waiting for it. */
  async dispose(): Promise<void> {
    if (this.#running !== undefined && this.#running.over === undefined) this.#running.child.kill("SIGKILL");
    await this.project.dispose();
  }
}

/** Longest time in which a command gets to its point, milliseconds, on a busy machine. */
const longestWait = 600_000;

/** Nothing is held where no cloud runs. */
async function releaseAll(home: string): Promise<void> {
  const runtime = readRuntime(cloudFolder(home));
  if (runtime !== undefined) await new ControlClient(runtime).release().catch(() => 0);
}

/** Made again instead of looked up: it replaces itself, or costs and means nothing before something uses it. */
const repeatable = /containerObject:|s3Policy:|^random:/;

/** A resource's own id, without those of its parents. */
function lastPart(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function identityOf(pid: number | undefined): ProcessIdentity {
  const startTicks = startTicksOf(pid ?? 0);
  if (pid === undefined || startTicks === undefined) throw new Error(`no process ${pid}`);
  return { pid, startTicks };
}
