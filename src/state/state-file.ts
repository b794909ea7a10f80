import { join } from "node:path";
import { readIfThere } from "./atomic-file.ts";
import type { StackFolder } from "./stack-folder.ts";

/**
 * The state of a stack straight from the engine's file backend, in the form of an export; undefined when there is none or its form is another
 * one, so that the engine has to be asked. Spares an engine process where only names and outputs are wanted.
 */
export function readStateFile(folder: StackFolder, project: string): unknown {
  const text = readIfThere(join(folder.backend, ".pulumi", "stacks", project, `${folder.stack}.json`));
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
