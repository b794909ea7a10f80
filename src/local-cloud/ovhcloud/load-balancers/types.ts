import type { LoadBalancerView } from "../../openstack/octavia/types.ts";

export interface OvhLoadBalancerView extends LoadBalancerView {
  readonly floatingIp: { readonly id: string; readonly ip: string } | undefined;
}

export interface CreateOvhLoadBalancerArgs {
  readonly region: string;
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly flavorId: string;
  readonly networkId: string;
  readonly subnetId: string;
  readonly gatewayId?: string | undefined;
  readonly floatingIpId?: string | undefined;
}

/** OVHcloud's shell around an Octavia load balancer: same id in both, the size changes in place, the private address cannot be chosen. */
export interface OvhLoadBalancersApi {
  create(args: CreateOvhLoadBalancerArgs): OvhLoadBalancerView;
  get(id: string): OvhLoadBalancerView;
  list(filter?: { region?: string | undefined; name?: string | undefined }): OvhLoadBalancerView[];
  /** A new flavor shows in `flavorId` before the load balancer is ACTIVE again, which is all the provider waits for. */
  update(
    id: string,
    args: { name?: string | undefined; description?: string | undefined; flavorId?: string | undefined },
  ): OvhLoadBalancerView;
  delete(id: string): void;
}
