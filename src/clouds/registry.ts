import { extensionsVariable, loadModules } from "../os/extensions.ts";
import type { CloudDefinition } from "./contract.ts";

/** All clouds: the folders beside this file and those of the extension roots. */
const clouds = await loadModules(
  { builtIn: import.meta.dirname, kind: "clouds", extensions: process.env[extensionsVariable] },
  ({ cloud }) => cloud as CloudDefinition | undefined,
);

/** Ids in alphabetical order. */
export const cloudIds: readonly string[] = [...clouds.keys()].sort();

/** @throws Error for an unknown id (a programming error: a system names its own cloud) */
export function requireCloud(id: string): CloudDefinition {
  const cloud = clouds.get(id);
  if (cloud === undefined) throw new Error(`there is no cloud "${id}"; known: ${[...clouds.keys()].join(", ")}`);
  return cloud;
}
