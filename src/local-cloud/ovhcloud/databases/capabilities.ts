import { filtered, type Json } from "../../http/route.ts";
import { databaseRegions } from "../../kernel/regions.ts";
import type { DatabaseCapabilities } from "./types.ts";

/** Plans, flavors, versions; sources and what is estimated in BEHAVIOUR.md. */
export const capabilities: DatabaseCapabilities = {
  engines: [
    { name: "mysql", versions: ["8"], defaultVersion: "8" },
    { name: "postgresql", versions: ["14", "15", "16", "17"], defaultVersion: "17" },
  ],
  plans: [
    { name: "essential", nodes: 1, backupRetentionDays: 2 },
    { name: "business", nodes: 2, backupRetentionDays: 14 },
    { name: "enterprise", nodes: 3, backupRetentionDays: 30 },
    { name: "production", nodes: 2, backupRetentionDays: 14 },
    { name: "advanced", nodes: 3, backupRetentionDays: 30 },
  ],
  flavors: [
    { name: "db1-4", core: 2, memory: 4, minDiskSize: 80, maxDiskSize: 240 },
    { name: "db1-7", core: 2, memory: 7, minDiskSize: 160, maxDiskSize: 480 },
    { name: "db1-15", core: 4, memory: 15, minDiskSize: 320, maxDiskSize: 960 },
    { name: "db1-30", core: 8, memory: 30, minDiskSize: 640, maxDiskSize: 1920 },
    { name: "db1-60", core: 16, memory: 60, minDiskSize: 1280, maxDiskSize: 3840 },
    { name: "b3-8", core: 2, memory: 8, minDiskSize: 160, maxDiskSize: 480 },
    { name: "b3-16", core: 4, memory: 16, minDiskSize: 320, maxDiskSize: 960 },
    { name: "b3-32", core: 8, memory: 32, minDiskSize: 640, maxDiskSize: 1920 },
    { name: "b3-64", core: 16, memory: 64, minDiskSize: 1280, maxDiskSize: 3840 },
  ],
  regions: databaseRegions,
};

/** Plans of the second generation; the others are the third's, with its own flavors. */
const secondGeneration: ReadonlySet<string> = new Set(["essential", "business", "enterprise"]);

/** Whether a plan is sold with a flavor. */
export function isSold(plan: string, flavor: string): boolean {
  return secondGeneration.has(plan) === flavor.startsWith("db1-");
}

/** Words about an engine that nothing is decided by. Descriptions are ours. */
const engineWords: Readonly<Record<string, { readonly description: string; readonly sslModes: readonly string[] }>> = {
  mysql: { description: "MySQL", sslModes: ["REQUIRED"] },
  postgresql: { description: "PostgreSQL", sslModes: ["require"] },
};

export const engineOffers = capabilities.engines.map(({ name, versions, defaultVersion }) => ({
  name,
  versions,
  defaultVersion,
  description: engineWords[name]?.description ?? name,
  sslModes: engineWords[name]?.sslModes ?? [],
}));

/** Every combination that may be ordered, one entry each, filtered by the fields of the query. */
export function availability(query: Readonly<Record<string, string>>): readonly Json[] {
  const combinations = capabilities.engines.flatMap(({ name: engine, versions, defaultVersion }) =>
    versions.flatMap((version) =>
      capabilities.plans.flatMap((plan) =>
        capabilities.flavors
          .filter((flavor) => isSold(plan.name, flavor.name))
          .flatMap((flavor) =>
            capabilities.regions.map((region) => ({
              engine,
              version,
              plan: plan.name,
              flavor: flavor.name,
              region,
              network: "public",
              backupRetentionDays: plan.backupRetentionDays,
              minNodeNumber: plan.nodes,
              maxNodeNumber: plan.nodes,
              minDiskSize: flavor.minDiskSize,
              maxDiskSize: flavor.maxDiskSize,
              status: "STABLE",
              default: version === defaultVersion,
            })),
          ),
      ),
    ),
  );
  return filtered(combinations, query);
}
