import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { computeRegions, requireRegion } from "../../kernel/regions.ts";
import type { Neutron } from "../../openstack/neutron/neutron.ts";
import type { Octavia } from "../../openstack/octavia/octavia.ts";
import type { LoadBalancerView } from "../../openstack/octavia/types.ts";
import { Operations } from "./operations.ts";
import type { CreateOvhLoadBalancerArgs, OperationView, OvhLoadBalancersApi, OvhLoadBalancerView } from "./types.ts";

/** OVHcloud's load balancers; see BEHAVIOUR.md. */
export class OvhLoadBalancers implements OvhLoadBalancersApi {
  readonly #context: CloudContext;
  readonly #neutron: Neutron;
  readonly #octavia: Octavia;
  readonly #operations: Operations;

  constructor(context: CloudContext, neutron: Neutron, octavia: Octavia) {
    this.#context = context;
    this.#neutron = neutron;
    this.#octavia = octavia;
    this.#operations = new Operations(context, octavia);
  }

  create(args: CreateOvhLoadBalancerArgs): OvhLoadBalancerView & { readonly operation: OperationView } {
    const region = requireRegion(args.region, computeRegions);
    return this.#context.write(() => {
      const subnet = this.#neutron.subnets.get(args.subnetId);
      if (subnet.networkId !== args.networkId || subnet.region !== region) {
        throw badRequest(`The subnet ${args.subnetId} is not in the network ${args.networkId} of the region ${region}`);
      }
      const router = this.#neutron.routers.routerOf(subnet.id);
      if (args.gatewayId !== undefined && router?.id !== args.gatewayId) {
        throw badRequest(`The gateway ${args.gatewayId} has no interface in the subnet ${subnet.id}`);
      }
      const { id } = this.#octavia.loadBalancers.create({
        region,
        name: args.name ?? "",
        description: args.description,
        flavorId: args.flavorId,
        vipSubnetId: subnet.id,
      });
      const balancer = this.#octavia.loadBalancers.get(id);
      if (args.floatingIpId !== undefined) {
        if (this.#neutron.floatingIps.get(args.floatingIpId).portId !== undefined) {
          throw badRequest(`The floating IP ${args.floatingIpId} is already associated`);
        }
        this.#neutron.floatingIps.update(args.floatingIpId, { portId: balancer.vipPortId });
      }
      const operation = this.#operations.begin("loadbalancer#create", { id, region }, args.listeners ?? []);
      return { ...this.#view(balancer), operation };
    });
  }

  get(id: string, region?: string): OvhLoadBalancerView {
    const balancer = this.#octavia.loadBalancers.get(id);
    const elsewhere = region !== undefined && balancer.region !== region.toUpperCase();
    return this.#view(elsewhere ? this.#octavia.loadBalancers.get(`${id} in ${region}`) : balancer);
  }

  operation(id: string): OperationView {
    return this.#operations.get(id);
  }

  operations(): OperationView[] {
    return this.#operations.list();
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): OvhLoadBalancerView[] {
    return this.#octavia.loadBalancers.list(filter).map((balancer) => this.#view(balancer));
  }

  update(
    id: string,
    args: { name?: string | undefined; description?: string | undefined; flavorId?: string | undefined },
  ): OvhLoadBalancerView {
    return this.#context.write(() => {
      const { flavorId } = this.#octavia.loadBalancers.get(id);
      if (args.flavorId === undefined || args.flavorId === flavorId) {
        return this.#view(this.#octavia.loadBalancers.update(id, { name: args.name, description: args.description }));
      }
      return this.#view(
        this.#octavia.loadBalancers.resize(id, args.flavorId, {
          ...(args.name === undefined ? {} : { name: args.name }),
          ...(args.description === undefined ? {} : { description: args.description }),
        }),
      );
    });
  }

  delete(id: string): void {
    this.#octavia.loadBalancers.delete(id, true);
  }

  #view(balancer: LoadBalancerView): OvhLoadBalancerView {
    const floating = this.#neutron.records.floatingIps.list({ parent: balancer.vipPortId })[0];
    return { ...balancer, floatingIp: floating === undefined ? undefined : { id: floating.id, ip: floating.name } };
  }
}

function badRequest(message: string): CloudError {
  return new CloudError(400, "Client::BadRequest", message);
}
