import { isMapping, readYamlFile } from "../config/yaml-file.ts";
import type { SystemDefinition } from "./contract.ts";
import { findSystem } from "./registry.ts";

/** Id of the system that a project's folder names; undefined when there is no readable project. */
export function systemInFolder(folder: string): SystemDefinition | undefined {
  const file = readYamlFile(folder, "Pulumi.yaml");
  const config = file.ok ? file.value.config : undefined;
  if (!isMapping(config)) return undefined;
  const [, value] = Object.entries(config).find(([key]) => key === "system" || key.endsWith(":system")) ?? [];
  return findSystem(String(isMapping(value) ? value.value : value));
}
