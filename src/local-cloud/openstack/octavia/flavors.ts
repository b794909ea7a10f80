import { CloudError } from "../../kernel/cloud-error.ts";
import { type CloudContext, fixedUuid } from "../../kernel/context.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import { isWithdrawn } from "../restrictions.ts";
import type { LoadBalancerFlavorsApi, LoadBalancerFlavorView } from "./types.ts";

/** Mbit/s of each size; source in BEHAVIOUR.md. */
const sizes = { small: 200, medium: 500, large: 2000, xl: 4000 } as const;

/** Ids of OVHcloud that are public. Source: ovh/terraform-provider-ovh, resource_cloud_project_loadbalancer_test.go; its size is assumed. */
const knownIds: Readonly<Record<string, string>> = { "GRA9 small": "2d4bc92c-38fc-4b50-9484-8351ab0c4e69" };

export class LoadBalancerFlavors implements LoadBalancerFlavorsApi {
  readonly #context: CloudContext;
  readonly #byId: ReadonlyMap<string, LoadBalancerFlavorView>;

  constructor(context: CloudContext) {
    this.#context = context;
    const flavors = computeRegions.flatMap((region) =>
      Object.entries(sizes).map(([name, bandwidth]) => ({
        id: knownIds[`${region} ${name}`] ?? fixedUuid("load-balancer-flavor", region, name),
        name,
        region,
        bandwidth,
      })),
    );
    this.#byId = new Map(flavors.map((flavor) => [flavor.id, flavor]));
  }

  get(id: string): LoadBalancerFlavorView {
    const flavor = this.#byId.get(id);
    if (flavor === undefined) {
      throw new CloudError(404, "NotFound", `Flavor ${id} not found.`);
    }
    return flavor;
  }

  list(region: string = defaultComputeRegion): LoadBalancerFlavorView[] {
    const known = requireRegion(region, computeRegions);
    this.#context.requireRegion(known);
    return [...this.#byId.values()].filter(
      (flavor) => flavor.region === known && !isWithdrawn(this.#context, known, flavor.name),
    );
  }

  choose(region: string, id: string): LoadBalancerFlavorView {
    const flavor = this.list(region).find((one) => one.id === id);
    if (flavor === undefined) {
      throw new CloudError(400, "ValidationException", `Validation failure: Invalid flavor_id ${id}.`);
    }
    return flavor;
  }
}
