import type { ErrorFormat } from "../../http/error-format.ts";
import { type Call, type HttpApi, type Json, listRoute, param, type Reply } from "../../http/route.ts";
import type { QuotaName } from "../quotas.ts";
import type {
  FixedIp,
  FloatingIpView,
  NetworkView,
  PortView,
  RouterView,
  SecurityGroupRuleView,
  SecurityGroupView,
  SubnetView,
} from "./types.ts";

const root = "/network/:region/v2.0";

const neutronErrors: ErrorFormat = {
  body: ({ code, message }) => ({ NeutronError: { type: code, message, detail: "" } }),
  codes: { 400: "HTTPBadRequest", 401: "HTTPUnauthorized", 404: "HTTPNotFound", 500: "HTTPInternalServerError" },
};

/** Neutron: lists with filters on any field. */
export const neutron: HttpApi = {
  name: "neutron",
  errors: neutronErrors,
  access: "keystone",
  journaled: true,
  routes: [
    listRoute(root, "networks", (call, region) => call.cloud.neutron.networks.list({ region }).map(networkBody)),
    listRoute(root, "subnets", (call, region) => call.cloud.neutron.subnets.list({ region }).map(subnetBody)),
    listRoute(root, "ports", (call, region) => call.cloud.neutron.ports.list({ region }).map(portBody)),
    listRoute(root, "routers", (call, region) => call.cloud.neutron.routers.list({ region }).map(routerBody)),
    listRoute(root, "floatingips", (call, region) =>
      call.cloud.neutron.floatingIps.list({ region }).map(floatingIpBody),
    ),
    listRoute(root, "security-groups", (call, region) =>
      call.cloud.neutron.securityGroups.list({ region }).map(groupBody),
    ),
    listRoute(root, "security-group-rules", (call, region) =>
      call.cloud.neutron.securityGroups.list({ region }).flatMap((group) => group.rules.map(ruleBody)),
    ),
    { method: "GET", path: `${root}/quotas/:project/details`, handle: quotaDetails },
  ],
};

/** The public network, which everybody has, is nobody's. */
function quotaDetails(call: Call): Reply {
  const { cloud } = call;
  const region = param(call, "region");
  const { networks, subnets, ports, routers, floatingIps, securityGroups } = cloud.neutron;
  const groups = securityGroups.list({ region });
  const detail = (name: QuotaName, used: number) => ({ limit: cloud.quota(region, name), used, reserved: 0 });
  return {
    body: {
      quota: {
        network: detail("networks", networks.list({ region }).length - 1),
        subnet: detail("subnets", subnets.list({ region }).length - 1),
        port: detail("ports", ports.list({ region }).length),
        router: detail("routers", routers.list({ region }).length),
        floatingip: detail("floatingIps", floatingIps.list({ region }).length),
        security_group: detail("securityGroups", groups.length),
        security_group_rule: detail("securityGroupRules", groups.flatMap(({ rules }) => rules).length),
      },
    },
  };
}

function networkBody(network: NetworkView): Json {
  return {
    id: network.id,
    name: network.name,
    description: network.description,
    admin_state_up: network.adminStateUp,
    port_security_enabled: network.portSecurityEnabled,
    "router:external": network.external,
    mtu: network.mtu,
    status: "ACTIVE",
    subnets: network.subnetIds,
    tags: network.tags,
  };
}

function subnetBody(subnet: SubnetView): Json {
  return {
    id: subnet.id,
    name: subnet.name,
    description: subnet.description,
    network_id: subnet.networkId,
    cidr: subnet.cidr,
    ip_version: subnet.ipVersion,
    gateway_ip: subnet.gatewayIp ?? null,
    enable_dhcp: subnet.enableDhcp,
    allocation_pools: subnet.allocationPools,
    dns_nameservers: subnet.dnsNameservers,
    host_routes: subnet.hostRoutes.map((route) => ({ destination: route.destinationCidr, nexthop: route.nextHop })),
    tags: subnet.tags,
  };
}

function portBody(port: PortView): Json {
  return {
    id: port.id,
    name: port.name,
    description: port.description,
    network_id: port.networkId,
    admin_state_up: port.adminStateUp,
    mac_address: port.macAddress,
    fixed_ips: port.fixedIps.map(fixedIpBody),
    security_groups: port.securityGroupIds,
    port_security_enabled: port.portSecurityEnabled,
    device_id: port.deviceId,
    device_owner: port.deviceOwner,
    status: port.status,
    tags: port.tags,
  };
}

function routerBody(router: RouterView): Json {
  return {
    id: router.id,
    name: router.name,
    description: router.description,
    admin_state_up: router.adminStateUp,
    status: "ACTIVE",
    external_gateway_info:
      router.externalNetworkId === undefined
        ? null
        : {
            network_id: router.externalNetworkId,
            enable_snat: router.enableSnat,
            external_fixed_ips: router.externalFixedIps.map(fixedIpBody),
          },
    tags: router.tags,
  };
}

function floatingIpBody(address: FloatingIpView): Json {
  return {
    id: address.id,
    description: address.description,
    floating_ip_address: address.address,
    floating_network_id: address.networkId,
    fixed_ip_address: address.fixedIp ?? null,
    port_id: address.portId ?? null,
    router_id: address.routerId ?? null,
    status: address.status,
    tags: address.tags,
  };
}

function groupBody(group: SecurityGroupView): Json {
  return {
    id: group.id,
    name: group.name,
    description: group.description,
    security_group_rules: group.rules.map(ruleBody),
    tags: group.tags,
  };
}

function ruleBody(rule: SecurityGroupRuleView): Json {
  return {
    id: rule.id,
    security_group_id: rule.securityGroupId,
    description: rule.description,
    direction: rule.direction,
    ethertype: rule.ethertype,
    protocol: rule.protocol ?? null,
    port_range_min: rule.portRangeMin ?? null,
    port_range_max: rule.portRangeMax ?? null,
    remote_ip_prefix: rule.remoteIpPrefix ?? null,
    remote_group_id: rule.remoteGroupId ?? null,
  };
}

function fixedIpBody(address: FixedIp): Json {
  return { subnet_id: address.subnetId, ip_address: address.ipAddress };
}
