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
