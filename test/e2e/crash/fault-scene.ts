import { expect } from "vitest";
import { type SwitchResult, switchProfile } from "../../../src/actions/rush/switch-profile.ts";
import { LorError } from "../../../src/core/errors.ts";
import type { Profile } from "../../../src/domain/profile.ts";
import type { FaultEffect, FaultMatch } from "../../../src/local-cloud/kernel/faults.ts";
import { describeStep } from "../../../src/rolling/model.ts";
import type { ActionEvent } from "../../../src/stack/action-event.ts";
import { openContext } from "../../../src/stack/open-context.ts";
import { localTimings, type SwitchTimings } from "../../../src/stack/stack-context.ts";
import { loadProject, type Project } from "../../../src/systems/load-project.ts";
import { createdProject } from "../created-stack.ts";
import type { TestProject } from "../project.ts";
import { CrashScene } from "./crash-scene.ts";
import { fewestInService } from "./serving-journal.ts";
import { ServingWatch } from "./serving-watch.ts";

export type OnFailure = "stop" | "revert";

/** One thing that goes wrong in one step of a switch. */
export interface Trouble {
  readonly what: string;
  /** The step that it makes fail, such as `resize-front ps-0`. */
  readonly step: string;
  readonly code: string;
  /** The call of the step that changes something. */
  readonly call: FaultMatch;
  /** What the cloud does to it. */
  readonly effect?: FaultEffect;
  /** A front that does not become healthy in the step, until it is taken back or the run has ended. */
  readonly unwell?: string;
}

/** A created stack whose switches run in this process, on the real engine and the local cloud: a failing one costs seconds instead of ten. */
export class FaultScene {
  readonly crash: CrashScene;
  readonly watch: ServingWatch;
  readonly #project: Project;
  #created = 0;

  private constructor(crash: CrashScene) {
    this.crash = crash;
    const loaded = loadProject(crash.project.folder, "prod");
    if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
    this.#project = loaded.value;
    this.watch = new ServingWatch(crash.home);
  }

  static async start(): Promise<FaultScene> {
    const project: TestProject = await createdProject();
    const scene = new FaultScene(await CrashScene.over(project));
    scene.#created = await project.journalEnd();
    return scene;
  }

  async go(
    target: Profile,
    onFailure: OnFailure,
    emit: (event: ActionEvent) => void = () => {},
    timings: SwitchTimings = localTimings,
  ): Promise<SwitchResult> {
    const { env } = this.crash.project;
    const opening = { project: this.#project, cloud: "local", env, operation: target, emit, timings } as const;
    await using context = await openContext(opening);
    return await switchProfile(context, { target, onFailure, confirm: () => Promise.resolve(true) });
  }

  /** Runs a switch into a trouble: it must end with the trouble's error, in the trouble's step. */
  async fail(target: Profile, onFailure: OnFailure, trouble: Trouble): Promise<LorError> {
    const { call, effect, unwell } = trouble;
    const ordered = effect === undefined ? undefined : await this.crash.control.orderFault({ match: call, effect });
    const document = `guests/${unwell}.json`;
    let hidden = false;
    let step = "";
    let reverting = false;
    const emit = (event: ActionEvent) => {
      reverting ||= event.kind === "reverting";
      if (event.kind === "step-begun" && !reverting) {
        step = describeStep(event.step);
      }
      if (unwell !== undefined && step === trouble.step && !reverting && !hidden && machineBegins(event, unwell)) {
        this.crash.renameObject(document, "elsewhere");
        hidden = true;
      }
      if (event.kind === "reverting" && hidden) {
        this.crash.renameObject("elsewhere", document);
        hidden = false;
      }
    };
    try {
      const timings: SwitchTimings = {
        ...localTimings,
        // Nobody waits for a front of which the test knows that it stays unwell.
        get gateLimit() {
          return hidden ? 2_000 : localTimings.gateLimit;
        },
      };
      const ended: unknown = await this.go(target, onFailure, emit, timings).catch((error: unknown) => error);
      if (!(ended instanceof LorError)) throw new Error(`${trouble.what}: ${describe(ended)}`);
      expect(ended.code, `${trouble.what}: ${ended.message} ${ended.seen}`).toBe(trouble.code);
      expect(step, trouble.what).toBe(trouble.step);
      const left = await this.crash.control.faults();
      expect(
        left.map(({ id }) => id),
        trouble.what,
      ).not.toContain(ordered?.id);
      return ended;
    } finally {
      if (hidden) this.crash.renameObject("elsewhere", document);
    }
  }

  /** Name -> flavor and place in the pool of the fronts that are whole, as the cloud shows them. */
  async fronts(): Promise<Readonly<Record<string, string>>> {
    const { compute, loadBalancer } = await this.crash.project.clients();
    const [servers, members] = await Promise.all([
      compute.findServers("lor-prod-ps-"),
      loadBalancer.members("lor-prod-lb-pool"),
    ]);
    const weights = new Map(members.map(({ name, weight }) => [name, weight]));
    return Object.fromEntries(
      servers.map(({ name, flavor }) => [name, `${flavor} ${(weights.get(name) ?? 0) > 0 ? "serving" : "drained"}`]),
    );
  }

  async fewestInJournal(): Promise<number> {
    return fewestInService(await this.crash.control.journal(), this.#created);
  }

  async dispose(): Promise<void> {
    await this.watch.stop();
    await this.crash.dispose();
  }
}

/** The moment at which a front is out of the pool and its machine about to start: a new one has its document, an old one is drained. */
function machineBegins(event: ActionEvent, front: string): boolean {
  if (event.kind === "engine" && event.event.kind === "started") {
    const { change } = event.event;
    return change.type === "openstack:compute/instance:Instance" && change.name === front && change.change !== "same";
  }
  return false;
}

function describe(ended: unknown): string {
  return ended instanceof Error
    ? (ended.stack ?? ended.message)
    : `went well: ${JSON.stringify((ended as SwitchResult).steps)}`;
}
