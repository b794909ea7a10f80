import { deepFreeze } from "../../core/freeze.ts";
import data from "./offers-2026-06.json" with { type: "json" };

/** Offers and regions of OVHcloud at one date (see `source` in the file). */
export const ovhcloudOffer = deepFreeze(data);

export type InstanceOffer = (typeof ovhcloudOffer.instances)[number];
export type DatabasePlanOffer = (typeof ovhcloudOffer.databasePlans)[number];
export type DatabaseFlavorOffer = (typeof ovhcloudOffer.databaseFlavors)[number];
export type RegionOffer = (typeof ovhcloudOffer.regions)[number];
export type FlavorFamily = "flex" | "classic";

export function findInstance(size: string): InstanceOffer | undefined {
  return ovhcloudOffer.instances.find((offer) => offer.size === size);
}

export function findRegion(compute: string): RegionOffer | undefined {
  return ovhcloudOffer.regions.find((offer) => offer.compute === compute);
}

export function findDatabasePlan(plan: string): DatabasePlanOffer | undefined {
  return ovhcloudOffer.databasePlans.find((offer) => offer.plan === plan);
}

export function findDatabaseFlavor(flavor: string): DatabaseFlavorOffer | undefined {
  return ovhcloudOffer.databaseFlavors.find((offer) => offer.flavor === flavor);
}

/** Operating system and management of a database's node, in gigabytes. */
const databaseOverhead = 0.35;
/** Connections that a flavor's guide names itself, where the rule gives another number. */
const namedMysqlConnections: Readonly<Record<string, number>> = { "db1-15": 1050 };

/**
 * Connections that a managed database's users may open at the same time; undefined for an unknown flavor.
 *
 * Source: ovh/docs, public_cloud_databases, read 2026-11-30. mysql_01_capabilities: 75 for each gigabyte of usable memory, which is the memory
 * minus 350 MiB, rounded to the nearest gigabyte; db1-7 has 525, db1-15 has 1050. postgresql_01_capabilities: about 100 for each 4 GB, at most
 * 1000; 7 GB have about 200, 15 GB 400. Not asked of the live service.
 */
export function databaseConnections(engine: "mysql" | "postgresql", flavor: string): number | undefined {
  const memory = findDatabaseFlavor(flavor)?.memoryGigabytes;
  if (memory === undefined) return undefined;
  return engine === "mysql"
    ? (namedMysqlConnections[flavor] ?? Math.round(memory - databaseOverhead) * 75)
    : Math.min(Math.round(memory / 4) * 100, 1000);
}

/** Cloud flavor of a size of the settings; undefined when the family has none. */
export function findCloudFlavor(size: string, family: FlavorFamily): string | undefined {
  const offer = findInstance(size);
  return family === "classic" ? offer?.size : (offer?.flex ?? undefined);
}

/** System disk of a cloud flavor, in GB: all flex flavors have the same, which makes a resize reversible. */
export function systemDiskGigabytes(size: string, family: FlavorFamily): number | undefined {
  return family === "flex" ? ovhcloudOffer.flexDiskGigabytes : findInstance(size)?.diskGigabytes;
}

/** Flavor of a load balancer; undefined when there is none of that bandwidth (Mbit/s). */
export function findLoadBalancerFlavor(bandwidth: number): string | undefined {
  return ovhcloudOffer.loadBalancers.find((offer) => offer.bandwidth === bandwidth)?.flavor;
}
