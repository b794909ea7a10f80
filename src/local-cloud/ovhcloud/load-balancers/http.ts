import { type Call, type Json, jsonObject, param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { given, listIn, needNumberIn, needTextIn, numberIn, objectIn, textIn, textsIn } from "../body-values.ts";
import { get, post, project, put, remove } from "../ovh-route.ts";
import { statusWord } from "./status-word.ts";
import type { CreateOvhLoadBalancerArgs, ListenerOrder, OperationView, OvhLoadBalancerView } from "./types.ts";

const balancers = `${project}/region/:region/loadbalancing/loadbalancer`;

/** Load balancers of a region, their flavors, and the operations that make them. */
export const loadBalancerRoutes: readonly Route[] = [
  get(balancers, (call) => call.cloud.ovhLoadBalancers.list({ region: param(call, "region") }).map(balancerBody)),
  post(balancers, (call) => operationBody(call.cloud.ovhLoadBalancers.create(orderIn(call)).operation)),
  get(`${balancers}/:id`, (call) => balancerBody(balancerOf(call))),
  put(`${balancers}/:id`, (call) =>
    call.cloud.ovhLoadBalancers.update(balancerOf(call).id, {
      name: textIn(call.body, "name"),
      description: textIn(call.body, "description"),
      flavorId: textIn(call.body, "flavorId"),
    }),
  ),
  remove(`${balancers}/:id`, deleteBalancer),
  get(`${project}/region/:region/loadbalancing/flavor`, (call) =>
    call.cloud.octavia.flavors.list(param(call, "region")).map(({ id, name, region }) => ({ id, name, region })),
  ),
  get(`${project}/operation`, ({ cloud }) => cloud.ovhLoadBalancers.operations().map(operationBody)),
  get(`${project}/operation/:id`, (call) => operationBody(call.cloud.ovhLoadBalancers.operation(param(call, "id")))),
];

/** Answers when it is gone. Source: BEHAVIOUR.md, deletion. */
async function deleteBalancer(call: Call): Promise<void> {
  const { cloud } = call;
  const { id } = balancerOf(call);
  cloud.ovhLoadBalancers.delete(id);
  await cloud.waitUntil(() => cloud.ovhLoadBalancers.list().every((balancer) => balancer.id !== id));
}

function balancerOf(call: Call): OvhLoadBalancerView {
  return call.cloud.ovhLoadBalancers.get(param(call, "id"), param(call, "region"));
}

function orderIn(call: Call): CreateOvhLoadBalancerArgs {
  const { body } = call;
  const inside = objectIn(objectIn(body, "network"), "private");
  for (const name of ["floatingIpCreate", "gatewayCreate"]) {
    if (given(inside, name) === undefined) continue;
    throw new CloudError(501, "Server::NotImplemented", `The local cloud does not model ${name} of a load balancer`);
  }
  const network = objectIn(inside, "network");
  return {
    region: param(call, "region"),
    name: textIn(body, "name"),
    description: textIn(body, "description"),
    flavorId: needTextIn(body, "flavorId"),
    networkId: needTextIn(network, "id"),
    subnetId: needTextIn(network, "subnetId"),
    gatewayId: textIn(objectIn(inside, "gateway"), "id"),
    floatingIpId: textIn(objectIn(inside, "floatingIp"), "id"),
    listeners: listIn(body, "listeners")?.map((listener) => listenerIn(jsonObject(listener))),
  };
}

function listenerIn(listener: Json): ListenerOrder {
  const pool = given(listener, "pool") === undefined ? undefined : objectIn(listener, "pool");
  return {
    name: textIn(listener, "name"),
    description: textIn(listener, "description"),
    protocol: upperCase(needTextIn(listener, "protocol")),
    protocolPort: needNumberIn(listener, "port"),
    defaultTlsContainerRef: textIn(listener, "secretId"),
    allowedCidrs: textsIn(listener, "allowedCidrs"),
    timeoutClientData: numberIn(listener, "timeoutClientData"),
    timeoutMemberData: numberIn(listener, "timeoutMemberData"),
    ...(pool === undefined ? {} : { pool: poolIn(pool) }),
  };
}

function poolIn(pool: Json): NonNullable<ListenerOrder["pool"]> {
  const monitor = given(pool, "healthMonitor") === undefined ? undefined : objectIn(pool, "healthMonitor");
  const persistence = objectIn(pool, "sessionPersistence");
  const persistenceType = textIn(persistence, "type");
  return {
    name: textIn(pool, "name"),
    protocol: upperCase(needTextIn(pool, "protocol")),
    lbMethod: upperCase(needTextIn(pool, "algorithm")),
    ...(persistenceType === undefined
      ? {}
      : { persistence: { type: upperCase(persistenceType), cookieName: textIn(persistence, "cookieName") } }),
    members: (listIn(pool, "members") ?? []).map(jsonObject).map((member) => ({
      name: textIn(member, "name"),
      address: needTextIn(member, "address"),
      protocolPort: needNumberIn(member, "protocolPort"),
      weight: numberIn(member, "weight"),
    })),
    ...(monitor === undefined ? {} : { monitor: monitorIn(monitor) }),
  };
}

function monitorIn(monitor: Json): NonNullable<NonNullable<ListenerOrder["pool"]>["monitor"]> {
  const http = objectIn(monitor, "httpConfiguration");
  return {
    name: textIn(monitor, "name"),
    type: upperCase(needTextIn(monitor, "monitorType")),
    delay: needNumberIn(monitor, "delay"),
    timeout: needNumberIn(monitor, "timeout"),
    maxRetries: needNumberIn(monitor, "maxRetries"),
    maxRetriesDown: numberIn(monitor, "maxRetriesDown"),
    httpMethod: textIn(http, "httpMethod"),
    urlPath: textIn(http, "urlPath"),
    expectedCodes: textIn(http, "expectedCodes"),
  };
}

function balancerBody(balancer: OvhLoadBalancerView): Json {
  return {
    id: balancer.id,
    name: balancer.name,
    description: balancer.description,
    region: balancer.region,
    flavorId: balancer.flavorId,
    vipAddress: balancer.vipAddress,
    vipNetworkId: balancer.vipNetworkId,
    vipSubnetId: balancer.vipSubnetId,
    floatingIp: balancer.floatingIp ?? null,
    provisioningStatus: statusWord(balancer.provisioningStatus),
    operatingStatus: statusWord(balancer.operatingStatus),
    createdAt: balancer.createdAt,
    updatedAt: balancer.updatedAt,
  };
}

function operationBody(operation: OperationView): Json {
  return {
    id: operation.id,
    action: operation.action,
    status: operation.status,
    progress: operation.status === "in-progress" ? 0 : 100,
    regions: [operation.region],
    resourceId: operation.status === "completed" ? operation.resourceId : null,
    createdAt: operation.createdAt,
    startedAt: operation.createdAt,
    completedAt: operation.completedAt ?? null,
    subOperations: [],
  };
}

/** Octavia's word: `roundRobin` is `ROUND_ROBIN`, `terminatedHTTPS` is `TERMINATED_HTTPS`. */
function upperCase(word: string): string {
  return word.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();
}
