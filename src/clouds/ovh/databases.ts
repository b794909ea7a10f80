import type { DatabaseSummary, ExportedResource } from "../contract.ts";

/** Managed databases among the resources of a state, sorted by name. */
export function databasesIn(resources: readonly ExportedResource[]): readonly DatabaseSummary[] {
  const text = (value: unknown) => (typeof value === "string" ? value : undefined);
  return resources
    .filter((one) => one.type === "ovh:CloudProject/database:Database")
    .map(({ name, outputs }) => ({
      name,
      engine: text(outputs.engine) ?? name,
      plan: text(outputs.plan) ?? "",
      version: text(outputs.version) ?? "",
      status: text(outputs.status),
    }))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}
