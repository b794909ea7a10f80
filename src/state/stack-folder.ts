import { mkdirSync } from "node:fs";
import { isAbsolute, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { withoutAttributes } from "./backend-attributes.ts";

/** `local`, or the id of a cloud definition. Each has a state of its own. */
export type CloudKind = string;

/** Folders of one stack's state on this machine. */
export interface StackFolder {
  /** `.lor-infra` of the project, or LOR_INFRA_HOME. */
  readonly home: string;
  readonly cloud: CloudKind;
  readonly stack: string;
  /** The engine's file backend; shared by the stacks of one cloud. */
  readonly backend: string;
  /** URL of `backend` for the engine. */
  readonly backendUrl: string;
  /** Lock, journals and backups of this stack. */
  readonly folder: string;
  /** Logs of the hooks' output, on this machine. */
  readonly logs: string;
  /** Reviews of seasons, on this machine; they can be generated again from the journal. */
  readonly reviews: string;
  /** Scratch files on this machine. */
  readonly work: string;
}

/** The state folder of a project: LOR_INFRA_HOME, or `.lor-infra` beside its settings. */
export function stateHome(projectDir: string, env: Readonly<Record<string, string | undefined>>): string {
  const chosen = env.LOR_INFRA_HOME;
  if (chosen === undefined || chosen === "") {
    return join(resolve(projectDir), ".lor-infra");
  }
  return isAbsolute(chosen) ? chosen : resolve(projectDir, chosen);
}

export function stackFolder(home: string, cloud: CloudKind, stack: string): StackFolder {
  const backend = join(home, cloud, "backend");
  const folder = join(home, cloud, "stacks", stack);
  return {
    home,
    cloud,
    stack,
    backend,
    backendUrl: `${pathToFileURL(backend).href}${withoutAttributes}`,
    folder,
    logs: join(folder, "logs"),
    reviews: join(folder, "reviews"),
    work: join(home, cloud, "work"),
  };
}

/** Creates the folders that must exist before anything is written; readable by this user only. */
export function prepareStackFolder({ home, folder, backend, work }: StackFolder): void {
  for (const path of [home, folder, backend, work]) {
    mkdirSync(path, { recursive: true, mode: 0o700 });
  }
}
