import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "../../src/os/clock.ts";
import type { CommandRunner } from "../../src/os/command-runner.ts";
import type { ActionEvent } from "../../src/stack/action-event.ts";
import { CertificateStore } from "../../src/stack/certificate-store.ts";
import type { Proposal } from "../../src/stack/proposal.ts";
import { realTimings, type StackContext } from "../../src/stack/stack-context.ts";
import { type CloudKind, prepareStackFolder, stackFolder } from "../../src/state/stack-folder.ts";
import { stateInFolder } from "../../src/state/stack-state.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import { type LorProject, lorProject } from "../systems/lor/lor-project.ts";
import { FakeEngine, plannedProgram } from "./fake-engine.ts";
import { FakeWorld, type Trouble } from "./fake-world.ts";

/** Time that passes only when somebody waits. */
export function steppedClock(): Clock {
  let now = Date.parse("2026-11-23T00:00:00Z");
  return {
    now: () => new Date(now),
    sleep: async (milliseconds, signal) => {
      signal?.throwIfAborted();
      now += milliseconds;
      await new Promise((done) => setImmediate(done));
    },
  };
}

/** One Lor on the fake cloud, with real state files in a folder of its own. */
export class FakeStack {
  readonly home = mkdtempSync(join(tmpdir(), "lor-actions-"));
  readonly world = new FakeWorld();
  readonly engine = new FakeEngine(this.world);
  readonly events: ActionEvent[] = [];
  readonly proposals: Proposal[] = [];
  readonly clock = steppedClock();
  /** Environments that commands were started with, in order. */
  readonly started: Readonly<Record<string, string>>[] = [];
  /** A command of the settings leaves its object, unless it is told otherwise; `task NAME` may be ordered to go wrong. */
  readonly commands: CommandRunner = {
    run: async ({ command: [program], env, output }) => {
      this.started.push(env);
      output.write(`${program} says planted-password, and ${env.LOR_UPLOAD_URL}\n`);
      try {
        await this.world.happen(`task ${env.LOR_TASK}`, () => this.#leave(program, env.LOR_OBJECT ?? ""));
        return { kind: "ended", code: 0 };
      } catch {
        return { kind: "ended", code: 1 };
      }
    },
  };
  project: LorProject;
  /** What the stack is said to be on. */
  cloud: CloudKind = "local";

  constructor(project: LorProject = lorProject()) {
    this.project = project;
  }

  /** A fresh process's view of the stack. */
  context(differs: Partial<StackContext> = {}): StackContext {
    const folder = stackFolder(this.home, this.cloud, this.project.stack);
    prepareStackFolder(folder);
    const state = stateInFolder(folder, this.project.name);
    return {
      project: this.project,
      cloud: this.cloud,
      engine: this.engine,
      trialEngine: async () => ({ engine: this.engine, [Symbol.dispose]: () => undefined }),
      clients: this.world.clients,
      commands: {
        runner: this.commands,
        env: { PATH: "/bin", OS_PASSWORD: "planted-password", PULUMI_CONFIG_PASSPHRASE: "p" },
      },
      folder,
      state,
      certificates: new CertificateStore(state.files, "p"),
      lock: undefined,
      clock: this.#clockOfOneLife(),
      timings: realTimings,
      emit: (event) => this.events.push(event),
      signal: undefined,
      parallel: undefined,
      program: (plan, choice) => plannedProgram(plan as LorPlan, choice, this.cloud),
      ...differs,
    };
  }

  /** Of a process: when it is dead it wakes up no more. */
  #clockOfOneLife(): Clock {
    const { deaths } = this.world;
    const sleep: Clock["sleep"] = async (milliseconds, signal) => {
      await this.clock.sleep(milliseconds, signal);
      if (this.world.deaths > deaths) await new Promise(() => undefined);
    };
    return { now: this.clock.now, sleep };
  }

  readonly confirm = async (proposal: Proposal): Promise<boolean> => {
    this.proposals.push(proposal);
    return true;
  };

  order(...troubles: readonly Trouble[]): void {
    this.world.troubles.push(...troubles);
  }

  #leave(program: string, key: string): void {
    if (program === "idle") return;
    const now = this.clock.now();
    const bytes = program === "empty" ? 0 : 1000;
    const lastModified = program === "stale" ? new Date(now.getTime() - 86_400_000) : now;
    this.world.objects.set(key, { bytes, lastModified, version: this.world.newId() });
  }

  /** Runs an action until it ends or its process dies. */
  async untilEndOrDeath(action: () => Promise<unknown>): Promise<"ended" | "crashed"> {
    return await Promise.race([action().then(() => "ended" as const), this.world.untilCrash()]);
  }

  /** What happened to the fronts and the load balancer, without the single resources of a front. */
  get moments(): readonly string[] {
    return this.world.journal
      .map((event) => event.replace("openstack:compute/instance:Instance ", ""))
      .filter((event) => !event.includes(":"));
  }

  dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
