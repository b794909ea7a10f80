import type { SharedFiles } from "./shared-files.ts";

/** The part of a stack's shared state that the engine keeps. */
interface Engines {
  readonly backend: SharedFiles;
  readonly project: string;
  readonly stack: string;
}

/** Text of the engine's own file of a stack; undefined when there is none, or only a compressed one. */
export async function readCheckpoint({ backend, project, stack }: Engines): Promise<string | undefined> {
  return await backend.read(`.pulumi/stacks/${project}/${stack}.json`);
}

/** A state in the form of the engine's export. */
export interface StateForm {
  readonly version: 3;
  readonly deployment: Readonly<Record<string, unknown>> & { readonly resources?: readonly unknown[] };
}

/**
 * The state of a stack straight from the engine's backend, in the form of an export; undefined when there is none or its form is another
 * one, so that the engine has to be asked. Spares an engine process where only names and outputs are wanted.
 */
export async function readStateFile(state: Engines): Promise<StateForm | undefined> {
  const text = await readCheckpoint(state);
  return text === undefined ? undefined : exportOf(text);
}

/** An export, or a backend's own file, in the form of an export; undefined for anything else. */
export function exportOf(text: string): StateForm | undefined {
  const { version, checkpoint, deployment } = parse(text) as {
    readonly version?: unknown;
    readonly checkpoint?: { readonly latest?: unknown };
    readonly deployment?: unknown;
  };
  const latest = checkpoint?.latest ?? deployment;
  return version === 3 && typeof latest === "object" && latest !== null
    ? { version: 3, deployment: latest as StateForm["deployment"] }
    : undefined;
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

/** Whether the engine has a state of the stack, full or empty. */
export async function hasState({ backend, project, stack }: Engines): Promise<boolean> {
  const names = await backend.list(`.pulumi/stacks/${project}`);
  return names.includes(`${stack}.json`) || names.includes(`${stack}.json.gz`);
}
