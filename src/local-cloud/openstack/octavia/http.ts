import type { ErrorFormat } from "../../http/error-format.ts";
import {
  type Call,
  filtered,
  type HttpApi,
  type Json,
  jsonObject,
  listRoute,
  param,
  type Reply,
  type Route,
} from "../../http/route.ts";
import type {
  ListenerView,
  LoadBalancerFlavorView,
  LoadBalancerView,
  MemberView,
  MonitorView,
  PoolView,
  UpdateMemberArgs,
} from "./types.ts";

/** Octavia answers under both spellings of its version. */
const roots = ["/load-balancer/:region/v2/lbaas", "/load-balancer/:region/v2.0/lbaas"];

const octaviaErrors: ErrorFormat = {
  body: ({ status, message }) => ({
    faultcode: status >= 500 ? "Server" : "Client",
    faultstring: message,
    debuginfo: null,
  }),
};

/** Octavia: the tree, its states, and the weight of members. */
export const octavia: HttpApi = {
  name: "octavia",
  errors: octaviaErrors,
  access: "keystone",
  journaled: true,
  routes: roots.flatMap((root): Route[] => [
    listRoute(root, "loadbalancers", (call, region) =>
      call.cloud.octavia.loadBalancers.list({ region }).map(balancerBody),
    ),
    {
      method: "GET",
      path: `${root}/loadbalancers/:id`,
      handle: (call) => ({
        body: { loadbalancer: balancerBody(call.cloud.octavia.loadBalancers.get(param(call, "id"))) },
      }),
    },
    { method: "GET", path: `${root}/loadbalancers/:id/status`, handle: statusTree },
    { method: "GET", path: `${root}/loadbalancers/:id/stats`, handle: statistics },
    listRoute(root, "listeners", (call, region) => call.cloud.octavia.listeners.list({ region }).map(listenerBody)),
    listRoute(root, "pools", (call, region) => call.cloud.octavia.pools.list({ region }).map(poolBody)),
    {
      method: "GET",
      path: `${root}/pools/:id`,
      handle: (call) => ({ body: { pool: poolBody(call.cloud.octavia.pools.get(param(call, "id"))) } }),
    },
    {
      method: "GET",
      path: `${root}/pools/:pool/members`,
      handle: (call) => ({ body: { members: filtered(members(call, param(call, "pool")), call.query) } }),
    },
    {
      method: "GET",
      path: `${root}/pools/:pool/members/:id`,
      handle: (call) => ({
        body: { member: memberBody(call, call.cloud.octavia.members.get(param(call, "pool"), param(call, "id"))) },
      }),
    },
    {
      method: "PUT",
      path: `${root}/pools/:pool/members/:id`,
      handle: updateMember,
      // In or out of service: what every story of a switch turns on.
      asked: ({ body }) => `weight ${jsonObject(body.member).weight ?? "unchanged"}`,
    },
    listRoute(root, "flavors", (call, region) => call.cloud.octavia.flavors.list(region).map(flavorBody)),
    { method: "GET", path: `${root}/quotas/:project`, handle: quota },
    listRoute(root, "healthmonitors", (call, region) => call.cloud.octavia.monitors.list({ region }).map(monitorBody)),
  ]),
};

function members(call: Call, poolId: string): Json[] {
  return call.cloud.octavia.members.list(poolId).map((member) => memberBody(call, member));
}

function updateMember(call: Call): Reply {
  const wanted = jsonObject(call.body.member);
  const args: UpdateMemberArgs = {
    ...(typeof wanted.weight === "number" ? { weight: wanted.weight } : {}),
    ...(typeof wanted.admin_state_up === "boolean" ? { adminStateUp: wanted.admin_state_up } : {}),
    ...(typeof wanted.name === "string" ? { name: wanted.name } : {}),
  };
  const member = call.cloud.octavia.members.update(param(call, "pool"), param(call, "id"), args);
  return { body: { member: memberBody(call, member) } };
}

function statusTree(call: Call): Reply {
  const { octavia: api } = call.cloud;
  const balancer = api.loadBalancers.get(param(call, "id"));
  const states = (entry: { id: string; name: string; provisioningStatus: string; operatingStatus: string }): Json => ({
    id: entry.id,
    name: entry.name,
    provisioning_status: entry.provisioningStatus,
    operating_status: entry.operatingStatus,
  });
  const pool = (id: string): Json => {
    const view = api.pools.get(id);
    return { ...states(view), members: members(call, id) };
  };
  return {
    body: {
      statuses: {
        loadbalancer: {
          ...states(balancer),
          listeners: balancer.listenerIds.map((id) => {
            const listener = api.listeners.get(id);
            return {
              ...states(listener),
              pools: listener.defaultPoolId === undefined ? [] : [pool(listener.defaultPoolId)],
            };
          }),
          pools: balancer.poolIds.map(pool),
        },
      },
    },
  };
}

/** Limits only: Octavia does not tell what is used of them. Of what has no limit here, -1. */
function quota(call: Call): Reply {
  const region = param(call, "region");
  const body = {
    load_balancer: call.cloud.quota(region, "loadBalancers"),
    listener: -1,
    pool: -1,
    member: call.cloud.quota(region, "members"),
    health_monitor: -1,
  };
  return { body: { quota: body } };
}

function flavorBody({ id, name, bandwidth }: LoadBalancerFlavorView): Json {
  return { id, name, description: `${bandwidth} Mbit/s`, enabled: true };
}

/** Counted by the balancer's own proxy. */
function statistics(call: Call): Reply {
  const { id } = call.cloud.octavia.loadBalancers.get(param(call, "id"));
  const figures = call.traffic.balancerFigures(id);
  return {
    body: {
      stats: {
        bytes_in: figures.bytesIn,
        bytes_out: figures.bytesOut,
        total_connections: figures.totalConnections,
        active_connections: figures.activeConnections,
        request_errors: figures.requestErrors,
      },
    },
  };
}

function balancerBody(balancer: LoadBalancerView): Json {
  return {
    id: balancer.id,
    name: balancer.name,
    description: balancer.description,
    admin_state_up: balancer.adminStateUp,
    provider: balancer.provider,
    flavor_id: balancer.flavorId ?? "",
    vip_address: balancer.vipAddress,
    vip_port_id: balancer.vipPortId,
    vip_subnet_id: balancer.vipSubnetId,
    vip_network_id: balancer.vipNetworkId,
    provisioning_status: balancer.provisioningStatus,
    operating_status: balancer.operatingStatus,
    listeners: balancer.listenerIds.map((id) => ({ id })),
    pools: balancer.poolIds.map((id) => ({ id })),
    created_at: balancer.createdAt,
    updated_at: balancer.updatedAt,
    tags: balancer.tags,
  };
}

function listenerBody(listener: ListenerView): Json {
  return {
    id: listener.id,
    name: listener.name,
    description: listener.description,
    protocol: listener.protocol,
    protocol_port: listener.protocolPort,
    default_pool_id: listener.defaultPoolId ?? null,
    default_tls_container_ref: listener.defaultTlsContainerRef ?? null,
    insert_headers: listener.insertHeaders,
    admin_state_up: listener.adminStateUp,
    connection_limit: listener.connectionLimit,
    provisioning_status: listener.provisioningStatus,
    operating_status: listener.operatingStatus,
    loadbalancers: [{ id: listener.loadBalancerId }],
    tags: listener.tags,
  };
}

function poolBody(pool: PoolView): Json {
  return {
    id: pool.id,
    name: pool.name,
    description: pool.description,
    protocol: pool.protocol,
    lb_algorithm: pool.lbMethod,
    admin_state_up: pool.adminStateUp,
    provisioning_status: pool.provisioningStatus,
    operating_status: pool.operatingStatus,
    loadbalancers: [{ id: pool.loadBalancerId }],
    listeners: pool.listenerIds.map((id) => ({ id })),
    members: pool.memberIds.map((id) => ({ id })),
    healthmonitor_id: pool.monitorId ?? null,
  };
}

/**
 * The operating status is what the monitor has found by its own requests, as in Octavia. `active_connections` is the local
 * cloud's own: Octavia has no figure per member.
 */
function memberBody(call: Call, member: MemberView): Json {
  return {
    id: member.id,
    name: member.name,
    address: member.address,
    protocol_port: member.protocolPort,
    subnet_id: member.subnetId ?? null,
    weight: member.weight,
    backup: member.backup,
    admin_state_up: member.adminStateUp,
    monitor_address: member.monitorAddress ?? null,
    monitor_port: member.monitorPort ?? null,
    provisioning_status: member.provisioningStatus,
    operating_status: call.traffic.memberStatus(member.poolId, member) ?? member.operatingStatus,
    active_connections: call.traffic.activeConnections(member.id),
  };
}

function monitorBody(monitor: MonitorView): Json {
  return {
    id: monitor.id,
    name: monitor.name,
    type: monitor.type,
    delay: monitor.delay,
    timeout: monitor.timeout,
    max_retries: monitor.maxRetries,
    max_retries_down: monitor.maxRetriesDown,
    http_method: monitor.httpMethod ?? null,
    url_path: monitor.urlPath ?? null,
    expected_codes: monitor.expectedCodes ?? null,
    admin_state_up: monitor.adminStateUp,
    provisioning_status: monitor.provisioningStatus,
    pools: [{ id: monitor.poolId }],
  };
}
