import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { needText, objectOf, sentText, textOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import { importParts } from "../import-id.ts";
import { statusWord } from "./status-word.ts";
import type { OvhLoadBalancerView } from "./types.ts";

/**
 * ovh:CloudProject/loadBalancer:LoadBalancer without listeners of its own; imported by `service/region/id`. As the real provider: listeners and
 * network are never read back, a read keeps every value that the state has, a deleted one makes the read fail, an update waits for the flavor only;
 * a deletion is answered when it is done.
 */
export class OvhLoadBalancerAdapter implements ResourceAdapter {
  readonly service = "ovh-load-balancers";
  readonly inputs = ["serviceName", "regionName", "name", "description", "flavorId", "network"];
  readonly library = "framework";
  readonly missingFails = true;
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { ovhLoadBalancers } = this.#cloud;
    const inside = objectOf(objectOf(inputs, "network") ?? {}, "private") ?? {};
    if (inside.floatingIpCreate !== undefined || inside.gatewayCreate !== undefined) {
      throw new Error(
        "the local cloud models floatingIp and gateway by id only, not floatingIpCreate and gatewayCreate",
      );
    }
    const network = objectOf(inside, "network") ?? {};
    const { id } = ovhLoadBalancers.create({
      region: needText(inputs, "regionName"),
      name: textOf(inputs, "name"),
      description: textOf(inputs, "description"),
      flavorId: needText(inputs, "flavorId"),
      networkId: needText(network, "id"),
      subnetId: needText(network, "subnetId"),
      gatewayId: textOf(objectOf(inside, "gateway") ?? {}, "id"),
      floatingIpId: textOf(objectOf(inside, "floatingIp") ?? {}, "id"),
    });
    await call.accepted(id);
    await waitFor(this.#cloud, call, () => ovhLoadBalancers.get(id), {
      what: "load balancer",
      id,
      statusOf: (balancer) => balancer.provisioningStatus,
      pending: ["PENDING_CREATE", "PENDING_UPDATE"],
      target: ["ACTIVE"],
      timeoutSeconds: 1200,
    });
    // The provider sends the same once more, and reads what is then in the middle of a change.
    return this.#observe(
      ovhLoadBalancers.update(id, { name: textOf(inputs, "name"), description: textOf(inputs, "description") }),
    );
  }

  async read(id: string, known: Values): Promise<Observed> {
    if (Object.keys(known).length === 0) {
      return this.#observe(this.#cloud.ovhLoadBalancers.get(importParts(id, ["service", "region", "id"]).id ?? id));
    }
    const seen = this.#observe(this.#cloud.ovhLoadBalancers.get(id));
    const recorded = Object.entries(known).filter(([, value]) => value !== undefined && value !== null);
    return { ...seen, state: { ...seen.state, ...Object.fromEntries(recorded) } };
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { ovhLoadBalancers } = this.#cloud;
    const flavorId = needText(wanted, "flavorId");
    ovhLoadBalancers.update(id, {
      name: textOf(wanted, "name"),
      description: sentText(wanted, "description"),
      flavorId: sameValue(flavorId, known.flavorId) ? undefined : flavorId,
    });
    await call.accepted(id);
    const changed = await waitFor(this.#cloud, call, () => ovhLoadBalancers.get(id), {
      what: "load balancer",
      id,
      statusOf: (balancer) => (balancer.flavorId === flavorId ? flavorId : balancer.provisioningStatus),
      pending: ["ACTIVE", "PENDING_UPDATE"],
      target: [flavorId],
      timeoutSeconds: 1200,
    });
    return this.#observe(changed);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.ovhLoadBalancers.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.ovhLoadBalancers.get(id));
  }

  #observe(balancer: OvhLoadBalancerView): Observed {
    return {
      id: balancer.id,
      state: {
        serviceName: this.#cloud.keystone.projectId,
        regionName: balancer.region,
        region: balancer.region,
        name: balancer.name,
        description: balancer.description,
        flavorId: balancer.flavorId ?? "",
        floatingIp: balancer.floatingIp,
        operatingStatus: statusWord(balancer.operatingStatus),
        provisioningStatus: statusWord(balancer.provisioningStatus),
        vipAddress: balancer.vipAddress,
        vipNetworkId: balancer.vipNetworkId,
        vipSubnetId: balancer.vipSubnetId,
        createdAt: balancer.createdAt,
        updatedAt: balancer.updatedAt,
      },
    };
  }
}
