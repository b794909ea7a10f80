import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { ServerView } from "../../../src/clouds/clients.ts";
import { projectId } from "../../../src/local-cloud/openstack/keystone/keystone.ts";
import { selfSignedPkcs12 } from "../../../src/os/pkcs12.ts";
import { isAlive, processesWith } from "../../../src/os/process-identity.ts";
import { openContext } from "../../../src/stack/open-context.ts";
import type { StackContext } from "../../../src/stack/stack-context.ts";
import { runVariable } from "../../../src/state/orphan-engine.ts";
import { stackFolder } from "../../../src/state/stack-folder.ts";
import { readLock } from "../../../src/state/stack-lock.ts";
import { stateInFolder } from "../../../src/state/stack-state.ts";
import { loadProject } from "../../../src/systems/load-project.ts";
import type { LorPlan } from "../../../src/systems/lor/plan-model.ts";
import { ended, launcher, type Run } from "../../e2e/project.ts";
import { Cloud } from "../cloud.ts";
import { computeRegion, offerAsOvhcloud } from "./offers.ts";
import { OvhHalf } from "./ovh-half.ts";
import { timings } from "./timings.ts";

const program = join(import.meta.dirname, "lor-infra.ts");
const byHand = join(import.meta.dirname, "by-hand.sh");

/** Fronts of normal: so many serve at every moment. */
export const normalFronts = 2;

/** Milliseconds. */
export const minute = 60_000;

export type ShopServer = Pick<ServerView, "id" | "state" | "flavor" | "address">;

/**
 * A project of a user, as `lor-infra init` makes it, in a shell that has read the openrc file of a real OpenStack: `--cloud ovh`, with the real
 * OpenStack provider. OVHcloud's own half is the local cloud's.
 */
export class Shop {
  readonly cloud: Cloud;
  readonly folder: string;
  /** PKCS#12 file of the shop's certificate. */
  readonly certificate: string;
  readonly #half: OvhHalf;
  /** Of the shell that the commands are typed in. */
  readonly env: Readonly<Record<string, string | undefined>>;

  private constructor(cloud: Cloud, half: OvhHalf, folder: string, env: Readonly<Record<string, string | undefined>>) {
    this.cloud = cloud;
    this.folder = folder;
    this.certificate = join(folder, ".shop.p12");
    this.#half = half;
    this.env = env;
  }

  static async open(purpose: string): Promise<Shop> {
    const cloud = await Cloud.enter(purpose);
    const folder = mkdtempSync(join(tmpdir(), "lor-infra-shop-"));
    const plugins = join(folder, ".plugins");
    const half = await OvhHalf.start(plugins, await offerAsOvhcloud(cloud.admin));
    const shop = new Shop(cloud, half, folder, {
      ...process.env,
      ...cloud.variables,
      ...half.variables,
      OS_REGION_NAME: computeRegion,
      LOR_TLS_PKCS12_FILE: join(folder, ".shop.p12"),
      PATH: [plugins, cloud.pluginFolder, process.env.PATH].join(delimiter),
      // What is not on PATH is to fail at once, not to be downloaded.
      PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
      PULUMI_HOME: join(folder, ".pulumi-home"),
      // As the launcher of the command does it.
      NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE ?? join(tmpdir(), "node-compile-cache"),
      NO_COLOR: "1",
    });
    writeFileSync(shop.certificate, selfSignedPkcs12(["www.shop.example"], new Date()), { mode: 0o600 });
    const made = await ended(spawn(process.execPath, [launcher, "init", shop.project], { env: process.env }));
    if (made.code !== 0) throw new Error(`lor-infra init failed: ${made.stderr}`);
    // Plain OpenStack has no load balancer whose size changes.
    shop.edit("Pulumi.yaml", (text) => text.replace("driver: ovh", "driver: openstack"));
    shop.edit("Pulumi.rush.yaml", (text) => text.replace("bandwidth: 2000", "bandwidth: 500"));
    return shop;
  }

  /** Folder of the settings. */
  get project(): string {
    return join(this.folder, "shop");
  }

  edit(file: string, change: (text: string) => string): void {
    const path = join(this.project, file);
    const before = readFileSync(path, "utf8");
    const after = change(before);
    if (after === before) throw new Error(`the edit of ${file} changed nothing`);
    writeFileSync(path, after);
  }

  /** Runs `lor-infra COMMAND … --cloud ovh` to its end. */
  run(command: string, ...more: readonly string[]): Promise<Run> {
    return ended(this.#start(command, more));
  }

  #start(command: string, more: readonly string[]): ChildProcess {
    return spawn(process.execPath, [program, command, ...more, "--cloud", "ovh"], {
      cwd: this.project,
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  /** Opens the stack in this process, as a command does. */
  async inStack<T>(operation: string, work: (context: StackContext) => Promise<T>): Promise<T> {
    const loaded = loadProject(this.project, "prod");
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
    await using context = await openContext({
      project: loaded.value,
      cloud: "ovh",
      env: this.env,
      operation,
      timings,
    });
    return await work(context);
  }

  /** The same for a Plan such as no setting asks for. */
  withPlan<T>(
    operation: string,
    change: (plan: LorPlan) => LorPlan,
    work: (context: StackContext) => Promise<T>,
  ): Promise<T> {
    return this.inStack(operation, (context) =>
      work({ ...context, program: (plan, choice) => context.program(change(plan as LorPlan), choice) }),
    );
  }

  /**
   * Runs a command until OpenStack shows a moment, then ends by kill -9 its engine with the providers, or all of it as a power cut would.
   * @throws Error when the command ends before
   */
  async kill(
    victim: "engine" | "everything",
    [command, ...more]: readonly [string, ...string[]],
    moment: () => Promise<boolean>,
  ): Promise<Run> {
    const child = this.#start(command, more);
    let over: Run | undefined;
    const end = ended(child).then((run) => {
      over = run;
      return run;
    });
    while (!(await moment())) {
      if (over !== undefined)
        throw new Error(
          `lor-infra ${command} ended with ${over.code} before the kill:\n${over.stdout}\n${over.stderr}`,
        );
      await pause(100);
    }
    const lock = await readLock(stateInFolder(stackFolder(this.#home, "ovh", "prod"), "shop").files);
    const engines = lock === undefined ? [] : processesWith(runVariable, lock.holder.id);
    if (engines.length === 0 && victim === "engine") throw new Error("no engine runs");
    if (victim === "everything") child.kill("SIGKILL");
    for (const one of engines.filter(isAlive)) process.kill(one.pid, "SIGKILL");
    return await end;
  }

  /** The same with `--json`: its document. */
  async json<T>(command: string, ...more: readonly string[]): Promise<T> {
    const run = await this.run(command, ...more, "--json");
    if (run.code !== 0) throw new Error(`lor-infra ${command} ended with ${run.code}:\n${run.stdout}\n${run.stderr}`);
    return JSON.parse(run.stdout) as T;
  }

  /** What a person does with the `openstack` client, see by-hand.sh; returns what it prints. */
  async byHand(...args: readonly string[]): Promise<string> {
    const env = { ...this.env, ...this.cloud.variables };
    const run = await ended(spawn("bash", [byHand, ...args], { env, stdio: ["ignore", "pipe", "pipe"] }));
    if (run.code !== 0) throw new Error(`by-hand.sh ${args[0]} ended with ${run.code}:\n${run.stderr}`);
    return run.stdout;
  }

  /** Attaches the project to a vRack, as a person does in OVHcloud's console. */
  async joinVrack(name: string): Promise<void> {
    const { ovhVrack, waitUntil } = this.#half.cloud;
    ovhVrack.attach(name, projectId);
    await waitUntil(() => ovhVrack.get(name, projectId).status === "ATTACHED");
  }

  /** What Nova shows of each server, by its name. */
  async servers(): Promise<Readonly<Record<string, ShopServer>>> {
    const found = await this.cloud.compute.findServers("");
    return Object.fromEntries(
      found.map(({ name, id, state, flavor, address }) => [name, { id, state, flavor, address }]),
    );
  }

  get engineRuns(): number {
    return this.#half.engineRuns;
  }

  get #home(): string {
    return join(this.project, ".lor-infra");
  }

  /** Ends OVHcloud's half and forgets the state; what is in OpenStack is the test's to delete before. */
  async close(): Promise<void> {
    await this.#half.close();
    this.cloud.leave();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
