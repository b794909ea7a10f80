import { cpSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { ActionEvent } from "../../src/actions/action-event.ts";
import { cloudFolder, requireLocalCloud } from "../../src/actions/cloud-connection.ts";
import { startCloud } from "../../src/actions/cloud-start.ts";
import { stopCloud } from "../../src/actions/cloud-stop.ts";
import { type OpenedContext, openContext } from "../../src/actions/open-context.ts";
import { loadProject, type Project } from "../../src/config/project.ts";
import { installEngine } from "../../src/engine/install-engine.ts";

const repository = resolve(import.meta.dirname, "..", "..");

/** Lor's settings in a folder of their own, with a local cloud on ports of its own and the real engine. */
export class RealStack {
  readonly project: Project;
  readonly home: string;
  readonly portOffset = 20_000 + (process.pid % 20_000);
  readonly events: ActionEvent[] = [];

  private constructor(project: Project) {
    this.project = project;
    this.home = join(project.dir, ".lor-infra");
  }

  static async start(): Promise<RealStack> {
    await installEngine({ env: process.env });
    const dir = mkdtempSync(join(tmpdir(), "lor-real-"));
    for (const file of readdirSync(repository).filter((name) => /^Pulumi.*\.yaml$/.test(name))) {
      cpSync(join(repository, file), join(dir, file));
    }
    const stack = new RealStack(projectIn(dir));
    await startCloud({ home: stack.home, env: process.env, portOffset: stack.portOffset });
    return stack;
  }

  get cloud() {
    return requireLocalCloud(cloudFolder(this.home)).control;
  }

  /** Runs one action as one command would. */
  async run<T>(operation: string, action: (context: OpenedContext) => Promise<T>): Promise<T> {
    await using context = await openContext({
      project: this.project,
      cloud: "local",
      env: process.env,
      operation,
      emit: (event) => this.events.push(event),
    });
    return await action(context);
  }

  async dispose(): Promise<void> {
    await stopCloud(this.home);
    rmSync(this.project.dir, { recursive: true, force: true });
  }
}

export function projectIn(dir: string): Project {
  const loaded = loadProject(dir, "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.value;
}

export const approve = async (): Promise<boolean> => true;
