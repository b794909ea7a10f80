import type { OfferedFlavor, Quota, QuotaClient, QuotaResource } from "../clients.ts";
import { type JsonObject, number, object, objects, text } from "../http/json-answer.ts";
import type { OpenStack, OpenStackService } from "./openstack-api.ts";

/** Flavors and quotas of one project in one region, from each service's own call. */
export class OpenStackSupply implements QuotaClient {
  readonly #openstack: OpenStack;
  readonly #projectId: string;

  constructor(openstack: OpenStack, projectId: string) {
    this.#openstack = openstack;
    this.#projectId = projectId;
  }

  async flavors(): Promise<readonly OfferedFlavor[]> {
    const flavors = await this.#openstack.list("compute", "/flavors/detail", "flavors");
    return flavors
      .filter((flavor) => flavor["OS-FLV-DISABLED:disabled"] !== true)
      .map((flavor) => ({
        name: text(flavor.name),
        cores: number(flavor.vcpus) ?? 0,
        memoryMegabytes: number(flavor.ram) ?? 0,
        diskGigabytes: number(flavor.disk) ?? 0,
      }));
  }

  async loadBalancerFlavors(): Promise<readonly string[]> {
    const flavors = await this.#openstack.list("load-balancer", "/lbaas/flavors", "flavors");
    return flavors.filter((flavor) => flavor.enabled !== false).map((flavor) => text(flavor.name));
  }

  readonly quotas = {
    /** Nova, "Show Rate And Absolute Limits". */
    Nova: async (): Promise<readonly Quota[]> => {
      const absolute = await this.#absoluteLimits("compute");
      return known([
        quota("instances", absolute.maxTotalInstances, absolute.totalInstancesUsed),
        quota("cores", absolute.maxTotalCores, absolute.totalCoresUsed),
        quota("memory", absolute.maxTotalRAMSize, absolute.totalRAMUsed),
      ]);
    },
    /** Cinder, "Show absolute limits for project". */
    Cinder: async (): Promise<readonly Quota[]> => {
      const absolute = await this.#absoluteLimits("block-storage");
      return known([
        quota("volumes", absolute.maxTotalVolumes, absolute.totalVolumesUsed),
        quota("volume-space", absolute.maxTotalVolumeGigabytes, absolute.totalGigabytesUsed),
      ]);
    },
    /** Neutron, "Show quota details for a tenant". */
    Neutron: async (): Promise<readonly Quota[]> => {
      const answer = await this.#openstack.read({
        service: "network",
        method: "GET",
        path: `/quotas/${encodeURIComponent(this.#projectId)}/details`,
      });
      const port = object(object(answer.quota).port);
      const reserved = number(port.reserved) ?? 0;
      return known([quota("ports", port.limit, (number(port.used) ?? 0) + reserved)]);
    },
    /** Octavia, "Show Project Quota": returns limits only, so the existing resources are counted. */
    Octavia: async (): Promise<readonly Quota[]> => {
      const answer = await this.#openstack.read({
        service: "load-balancer",
        method: "GET",
        path: `/lbaas/quotas/${encodeURIComponent(this.#projectId)}`,
      });
      const pools = await this.#openstack.list("load-balancer", "/lbaas/pools", "pools");
      const members = pools.reduce((sum, pool) => sum + objects(pool.members).length, 0);
      return known([quota("members", object(answer.quota).member, members)]);
    },
  };

  async #absoluteLimits(service: OpenStackService): Promise<JsonObject> {
    const answer = await this.#openstack.read({ service, method: "GET", path: "/limits" });
    return object(object(answer.limits).absolute);
  }
}

/** OpenStack writes "no limit" as -1. A figure that is missing in the response is unknown, never zero. */
function quota(resource: QuotaResource, limit: unknown, used: unknown): Quota | undefined {
  const [most, taken] = [number(limit), number(used)];
  if (most === undefined || taken === undefined) return undefined;
  return { resource, limit: most < 0 ? undefined : most, used: taken };
}

function known(quotas: readonly (Quota | undefined)[]): readonly Quota[] {
  return quotas.filter((one) => one !== undefined);
}
