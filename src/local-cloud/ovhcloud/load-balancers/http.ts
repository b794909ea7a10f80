import { param, type Route } from "../../http/route.ts";
import { get, project } from "../ovh-route.ts";

/** Load balancers of a region. */
export const loadBalancerRoutes: readonly Route[] = [
  get(`${project}/region/:region/loadbalancing/loadbalancer`, (call) =>
    call.cloud.ovhLoadBalancers.list({ region: param(call, "region") }).map((balancer) => ({
      id: balancer.id,
      name: balancer.name,
      region: balancer.region,
      flavorId: balancer.flavorId,
      vipAddress: balancer.vipAddress,
      vipNetworkId: balancer.vipNetworkId,
      vipSubnetId: balancer.vipSubnetId,
      floatingIp: balancer.floatingIp ?? null,
      provisioningStatus: lowerCase(balancer.provisioningStatus),
      operatingStatus: lowerCase(balancer.operatingStatus),
      createdAt: balancer.createdAt,
      updatedAt: balancer.updatedAt,
    })),
  ),
];

/** OVHcloud writes Octavia's states in its own way: `PENDING_UPDATE` is `pendingUpdate`. Source: the schema of its API, LoadbalancerProvisioningStatusEnum. */
function lowerCase(status: string): string {
  return status.toLowerCase().replaceAll(/_(.)/g, (_, letter: string) => letter.toUpperCase());
}
