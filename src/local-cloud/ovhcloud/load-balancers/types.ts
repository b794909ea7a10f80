import type {
  CreateListenerArgs,
  CreateMemberArgs,
  CreateMonitorArgs,
  CreatePoolArgs,
  LoadBalancerView,
} from "../../openstack/octavia/types.ts";

export interface OvhLoadBalancerView extends LoadBalancerView {
  readonly floatingIp: { readonly id: string; readonly ip: string } | undefined;
}

/** What goes on after a call was answered. */
export interface OperationView {
  readonly id: string;
  /** Such as `loadbalancer#create`. */
  readonly action: string;
  readonly status: "in-progress" | "completed" | "in-error";
  readonly region: string;
  /** Id of what is made. */
  readonly resourceId: string;
  readonly createdAt: string;
  readonly completedAt: string | undefined;
}

/** A listener that is made together with its load balancer. */
export interface ListenerOrder extends Omit<CreateListenerArgs, "loadBalancerId"> {
  readonly pool?:
    | (Omit<CreatePoolArgs, "loadBalancerId" | "listenerId"> & {
        readonly members: readonly Omit<CreateMemberArgs, "poolId">[];
        readonly monitor?: Omit<CreateMonitorArgs, "poolId"> | undefined;
      })
    | undefined;
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
  /** Default: none. */
  readonly listeners?: readonly ListenerOrder[] | undefined;
}

/** OVHcloud's shell around an Octavia load balancer: same id in both, the size changes in place, the private address cannot be chosen. */
export interface OvhLoadBalancersApi {
  create(args: CreateOvhLoadBalancerArgs): OvhLoadBalancerView & { readonly operation: OperationView };
  /** In another region there is none of that id. */
  get(id: string, region?: string): OvhLoadBalancerView;
  list(filter?: { region?: string | undefined; name?: string | undefined }): OvhLoadBalancerView[];
  /** A new flavor shows in `flavorId` before the load balancer is ACTIVE again, which is all the provider waits for. */
  update(
    id: string,
    args: { name?: string | undefined; description?: string | undefined; flavorId?: string | undefined },
  ): OvhLoadBalancerView;
  delete(id: string): void;
  /** @throws CloudError 404 when there is none */
  operation(id: string): OperationView;
  operations(): OperationView[];
}
