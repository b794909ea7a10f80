import {
  findCloudFlavor,
  findInstance,
  findLoadBalancerFlavor,
  ovhcloudOffer,
  systemDiskGigabytes,
} from "../../clouds/ovh/offers.ts";
import type { Issue } from "../../core/result.ts";
import type { ImpliedSetting, ProfilePair, RecordedResources, RollingCapability } from "../contract.ts";
import { freeAddresses } from "./free-addresses.ts";
import { servingCapacity } from "./front-capacity.ts";
import type { LorPlan } from "./plan-model.ts";
import { frontsAtOnce } from "./rules/pair-rules.ts";
import type { LorSettings } from "./settings.ts";
import { switchGoal, undisturbed } from "./switch-goal.ts";

/** The shop's fronts behind the load balancer, in two sizes. */
export const rolling: RollingCapability<LorSettings, LorPlan> = {
  goal: switchGoal,
  undisturbed,
  cloudNames: (prefix) => ({ loadBalancer: `${prefix}-lb`, pool: `${prefix}-lb-pool`, members: `${prefix}-ps-` }),
  memberOf: (resourceName) => /^ps-\d+(?=-|$)/.exec(resourceName)?.[0],
  defaultSize: ({ prestashop }) => prestashop.frontsFlavor,
  sizeOf: (flavor) =>
    ovhcloudOffer.instances.find((offer) => offer.flex === flavor || offer.size === flavor)?.size ?? flavor,
  flavorOf: ({ prestashop }, size) => findCloudFlavor(size, prestashop.flavorFamily) ?? size,
  loadBalancerFlavor: findLoadBalancerFlavor,
  capacityOf: findInstance,
  servingCapacity,
  sizes: ovhcloudOffer.instances.map((offer) => offer.size),
  systemDiskGigabytes: ({ prestashop }, size) => systemDiskGigabytes(size, prestashop.flavorFamily),
  volumeGigabytes: ({ prestashop }) => prestashop.disk.in("GB"),
  reversibility: {
    members: {
      path: "prestashop.flavorFamily",
      accepted: "flex, whose sizes all have the same system disk, or the same size in both profiles",
    },
    loadBalancer: { path: "loadBalancer.driver", accepted: "ovh, or the same bandwidth in both profiles" },
  },
  resizesLoadBalancer: ({ loadBalancer }) => loadBalancer.driver === "ovh",
  stateful: ({ mysql, postgresql }) => ({ mysql: JSON.stringify(mysql), postgresql: JSON.stringify(postgresql) }),
  domain: ({ prestashop }) => prestashop.domain,
  backupBucket: ({ storage: { copies } }) => ({ region: copies.region, name: copies.cloudName }),
  hookVariables,
  impliedSettings,
};

/** Names and addresses of the stack. No password: none is known here. */
function hookVariables(plan: LorPlan, recorded: RecordedResources): Readonly<Record<string, string>> {
  const { fronts } = plan.shop;
  return {
    LOR_FRONT: fronts[0]?.address ?? "",
    LOR_FRONTS: fronts.map((front) => front.address).join(" "),
    LOR_ODOO: plan.odoo.server.address,
    ...databaseVariables("LOR_MYSQL", plan.mysql, recorded),
    ...databaseVariables("LOR_POSTGRESQL", plan.postgresql, recorded),
  };
}

function databaseVariables(
  prefix: string,
  { engine, database: name, user }: LorPlan["mysql"],
  { resources, outputs }: RecordedResources,
): Readonly<Record<string, string>> {
  const service = resources.find((one) => one.type === "ovh:CloudProject/database:Database" && one.name === engine);
  const endpoints: unknown = service?.outputs.endpoints;
  const [endpoint] = Array.isArray(endpoints) ? (endpoints as { readonly port?: unknown }[]) : [];
  const host = (outputs.addresses as Readonly<Record<string, unknown>> | undefined)?.[engine];
  return {
    [`${prefix}_HOST`]: typeof host === "string" ? host : "",
    [`${prefix}_PORT`]: typeof endpoint?.port === "number" ? String(endpoint.port) : "",
    [`${prefix}_DATABASE`]: name,
    [`${prefix}_USER`]: user,
  };
}

/** More fronts need more addresses. Any free addresses of the subnet will do, because the choice does not affect the price. */
function impliedSettings(
  { normal, rush }: ProfilePair<Partial<LorSettings>>,
  issues: readonly Issue[],
): readonly ImpliedSetting[] {
  if (issues.every(({ code }) => code !== "addresses-too-few")) return [];
  if (normal.prestashop === undefined || rush.prestashop === undefined || normal.network === undefined) return [];
  if (normal.rolling === undefined) return [];
  const { addresses } = normal.prestashop;
  const needed = frontsAtOnce({
    normal: { prestashop: normal.prestashop, rolling: normal.rolling },
    rush: { prestashop: rush.prestashop, rolling: normal.rolling },
  });
  const free = freeAddresses(normal.network.subnets.prestashop.cidr, addresses, needed.fronts - addresses.length);
  return [
    {
      path: "prestashop.addresses",
      value: [...addresses, ...free].map(String),
      why: "every front needs an address of its own; these are free in its subnet",
    },
  ];
}
