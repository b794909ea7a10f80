import type { OfferedFlavor, Quota, QuotaResource } from "../../clouds/clients.ts";
import type { Profile } from "../../domain/profile.ts";
import type { LiveFleet, SwitchStep } from "../../rolling/model.ts";
import type { Answer } from "../../rolling/preflight/answer.ts";
import { needsOf } from "../../rolling/preflight/needs.ts";
import type { SupplyFacts } from "../../rolling/preflight/supply.ts";
import { askCloud } from "../../stack/query-cloud.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { cloudOf, profileFleet, rollingOf } from "../../systems/project-plan.ts";

/** Service that reports the quota of a resource. */
const quotaServices = {
  instances: "Nova",
  cores: "Nova",
  memory: "Nova",
  volumes: "Cinder",
  "volume-space": "Cinder",
  ports: "Neutron",
  members: "Octavia",
} as const satisfies Record<QuotaResource, string>;

export interface SupplyRequest {
  readonly live: LiveFleet;
  readonly steps: readonly { readonly step: SwitchStep }[];
  readonly target: Profile;
}

/** Sizes that the region offers, and the remaining quota of the resources that the steps need. */
export async function readSupply(
  context: StackContext,
  { live, steps, target }: SupplyRequest,
): Promise<SupplyFacts & { readonly flavorsOffered: Answer<readonly OfferedFlavor[]> }> {
  const { normal } = context.project.settings;
  const { supply } = context.clients;
  const planned = steps.map(({ step }) => step);
  const rolling = rollingOf(context.project);
  const flavorOf = (size: string) => rolling.flavorOf(normal, size);
  const bandwidths = {
    normal: profileFleet(context.project, "normal").loadBalancerBandwidth,
    rush: profileFleet(context.project, "rush").loadBalancerBandwidth,
  };
  const bandwidthName = (bandwidth: number) => rolling.loadBalancerFlavor(bandwidth) ?? `${bandwidth} Mbit/s`;
  const needs = needsOf(live, planned, {
    sizeOf: rolling.capacityOf,
    volumeGigabytes: rolling.volumeGigabytes(normal),
  });
  const back = target === "rush" && planned.length > 0;
  const [flavorsOffered, loadBalancerFlavors, quotas] = await Promise.all([
    askCloud(() => supply.flavors()),
    askCloud(() => supply.loadBalancerFlavors()),
    readQuotas(
      context,
      needs.map(({ resource }) => resource as QuotaResource),
    ),
  ]);
  return {
    region: context.project.system.region(normal),
    quotaRequest: cloudOf(context.project).quotaRequest,
    flavors: {
      ahead: distinct(planned.flatMap(sizesOf).map(flavorOf)),
      back: back ? [flavorOf(rolling.defaultSize(normal))] : [],
    },
    loadBalancerFlavors: {
      ahead: distinct(
        planned.flatMap((step) => (step.kind === "resize-load-balancer" ? [bandwidthName(step.to)] : [])),
      ),
      back: back && bandwidths.normal !== bandwidths.rush ? [bandwidthName(bandwidths.normal)] : [],
    },
    offered: {
      flavors: "known" in flavorsOffered ? { known: flavorsOffered.known.map(({ name }) => name) } : flavorsOffered,
      loadBalancerFlavors,
    },
    needs,
    quotas,
    flavorsOffered,
  };
}

/** Each service is asked once, and only for what is needed. */
async function readQuotas(
  { clients: { supply } }: StackContext,
  resources: readonly QuotaResource[],
): Promise<SupplyFacts["quotas"]> {
  const services = distinct(resources.map((resource) => quotaServices[resource]));
  const answers = new Map<string, Answer<readonly Quota[]>>(
    await Promise.all(services.map(async (service) => [service, await askCloud(supply.quotas[service])] as const)),
  );
  return new Map(
    resources.map((resource): [string, Answer<Quota>] => {
      const service = quotaServices[resource];
      const answer = answers.get(service) ?? { why: `${service} was not asked` };
      if ("why" in answer) return [resource, answer];
      const told = answer.known.find((quota) => quota.resource === resource);
      return [resource, told === undefined ? { why: `${service} does not tell` } : { known: told }];
    }),
  );
}

function sizesOf(step: SwitchStep): readonly string[] {
  switch (step.kind) {
    case "add-front":
      return step.members.map(({ size }) => size);
    case "resize-front":
      return step.members.map(({ to }) => to);
    default:
      return [];
  }
}

function distinct<T>(values: readonly T[]): readonly T[] {
  return [...new Set(values)];
}
