import { extensionsVariable, loadModules } from "../os/extensions.ts";
import type { SystemDefinition } from "./contract.ts";

/** All systems: the folders beside this file and those of the extension roots. */
const systems = await loadModules(
  { builtIn: import.meta.dirname, kind: "systems", extensions: process.env[extensionsVariable] },
  ({ system }) => system as SystemDefinition | undefined,
);

/** Ids in alphabetical order. */
export const systemIds: readonly string[] = [...systems.keys()].sort();

/** Undefined for an unknown id. */
export function findSystem(id: string): SystemDefinition | undefined {
  return systems.get(id);
}

/** @throws Error for an unknown id (a programming error: a Plan names its own system) */
export function requireSystem(id: string): SystemDefinition {
  const system = systems.get(id);
  if (system === undefined) throw new Error(`there is no system "${id}"; known: ${systemIds.join(", ")}`);
  return system;
}
