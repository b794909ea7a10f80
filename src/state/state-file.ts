import type { StackState } from "./stack-state.ts";

type Engines = Pick<StackState, "backend" | "project" | "stack">;

/** Text of the engine's own file of a stack; undefined when there is none, or only a compressed one. */
export async function readCheckpoint({ backend, project, stack }: Engines): Promise<string | undefined> {
  return await backend.read(`.pulumi/stacks/${project}/${stack}.json`);
}

/**
 * The state of a stack straight from the engine's backend, in the form of an export; undefined when there is none or its form is another
 * one, so that the engine has to be asked. Spares an engine process where only names and outputs are wanted.
 */
export async function readStateFile(state: Engines): Promise<unknown> {
  const text = await readCheckpoint(state);
  if (text === undefined) {
    return undefined;
  }
  const file = JSON.parse(text) as {
    readonly version?: unknown;
    readonly checkpoint?: { readonly latest?: unknown };
  };
  const latest = file.checkpoint?.latest;
  return file.version === 3 && typeof latest === "object" && latest !== null
    ? { version: 3, deployment: latest }
    : undefined;
}

/** Whether the engine has a state of the stack, full or empty. */
export async function hasState({ backend, project, stack }: Engines): Promise<boolean> {
  const names = await backend.list(`.pulumi/stacks/${project}`);
  return names.includes(`${stack}.json`) || names.includes(`${stack}.json.gz`);
}
