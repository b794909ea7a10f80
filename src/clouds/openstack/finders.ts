import { byName, type Find, isMeant, matches, single, unlessMissing } from "../finder-query.ts";
import { type JsonObject, object, objects, text } from "../http/json-answer.ts";

/** Nova's name filter is a regular expression: only the exact comparison in `byName` decides. */
const instance: Find = byName({
  service: "compute",
  path: "/servers/detail",
  key: "servers",
  what: "servers",
});

const serverGroup: Find = async ({ openstack }, inputs, chosen) => {
  const name = text(inputs.name);
  const groups = await openstack.list("compute", "/os-server-groups", "server_groups");
  const found = groups.filter((group) => isMeant(group, name, chosen));
  return single("server groups", chosen ?? name, found);
};

/** A key pair's id is its name. */
const keypair: Find = async ({ openstack }, inputs, chosen) => {
  const name = chosen ?? text(inputs.name);
  const pairs = await openstack.list("compute", "/os-keypairs", "keypairs");
  const found = pairs.map((entry) => object(entry.keypair)).filter((pair) => pair.name === name);
  return single("key pairs", name, found, (pair) => text(pair.name));
};

const volumeAttach: Find = async ({ openstack }, inputs) => {
  const server = text(inputs.instanceId);
  const volume = text(inputs.volumeId);
  const path = `/servers/${encodeURIComponent(server)}/os-volume_attachments`;
  const attachments = await unlessMissing(() => openstack.list("compute", path, "volumeAttachments"));
  const found = (attachments ?? []).filter((attachment) => attachment.volumeId === volume);
  return single("attachments of volume", volume, found, () => `${server}/${volume}`);
};

/** A router interface is the port that the router has in the subnet. */
const routerInterface: Find = async ({ openstack }, inputs) => {
  const router = text(inputs.routerId);
  const subnet = text(inputs.subnetId);
  const path = `/ports?${new URLSearchParams({ device_id: router })}`;
  const ports = await openstack.list("network", path, "ports");
  const found = ports.filter(
    (port) =>
      text(port.device_owner).includes("router_interface") &&
      (port.id === inputs.portId || objects(port.fixed_ips).some((address) => address.subnet_id === subnet)),
  );
  return single("interfaces of router", router, found);
};

/** The association has the floating IP's id, and exists when the floating IP points at the wanted port. */
const floatingIpAssociate: Find = async ({ openstack }, inputs) => {
  const address = text(inputs.floatingIp);
  const path = `/floatingips?${new URLSearchParams({ floating_ip_address: address })}`;
  const found = (await openstack.list("network", path, "floatingips")).filter(
    (entry) => entry.floating_ip_address === address && entry.port_id === inputs.portId,
  );
  return single("floating addresses", address, found);
};

/** Neutron refuses a second rule with the same properties, so the properties identify it. */
const secGroupRule: Find = async ({ openstack }, inputs) => {
  const group = text(inputs.securityGroupId);
  const path = `/security-group-rules?${new URLSearchParams({ security_group_id: group })}`;
  const rules = await openstack.list("network", path, "security_group_rules");
  const found = rules.filter(
    (rule) =>
      matches(rule, inputs, { securityGroupId: "security_group_id", direction: "direction", ethertype: "ethertype" }) &&
      text(rule.protocol) === text(inputs.protocol) &&
      text(rule.port_range_min) === positive(inputs.portRangeMin) &&
      text(rule.port_range_max) === positive(inputs.portRangeMax) &&
      cidr(rule.remote_ip_prefix) === cidr(inputs.remoteIpPrefix) &&
      text(rule.remote_group_id) === text(inputs.remoteGroupId),
  );
  return single("rules of security group", group, found);
};

/** The provider's schema uses 0 for "no port". */
function positive(port: unknown): string {
  return port === 0 ? "" : text(port);
}

/** No prefix and "everywhere" are the same rule. */
function cidr(prefix: unknown): string {
  const value = text(prefix);
  return value === "0.0.0.0/0" || value === "::/0" ? "" : value;
}

/** A member is imported as `pool/member`. */
const member: Find = async ({ openstack }, inputs, chosen) => {
  const pool = text(inputs.poolId);
  const path = `/lbaas/pools/${encodeURIComponent(pool)}/members`;
  const members = await unlessMissing(() => openstack.list("load-balancer", path, "members"));
  const found = (members ?? []).filter((entry) =>
    chosen === undefined
      ? matches(entry, inputs, { name: "name", address: "address", protocolPort: "protocol_port" })
      : isMeant(entry, "", chosen),
  );
  return single("members of pool", pool, found, (entry) => `${pool}/${text(entry.id)}`);
};

/** A listener without a name is found by its balancer and port, which are unique together. */
const listener: Find = async ({ openstack }, inputs, chosen) => {
  const balancer = text(inputs.loadbalancerId);
  const listeners = await openstack.list("load-balancer", "/lbaas/listeners", "listeners");
  const found = listeners.filter(
    (entry) =>
      objects(entry.loadbalancers).some((parent) => parent.id === balancer) &&
      (chosen === undefined
        ? matches(entry, inputs, { name: "name", protocolPort: "protocol_port" })
        : isMeant(entry, "", chosen)),
  );
  return single("listeners", chosen ?? text(inputs.name), found);
};

const pool: Find = async ({ openstack }, inputs, chosen) => {
  const name = text(inputs.name);
  const query = chosen === undefined ? `?${new URLSearchParams({ name })}` : "";
  const pools = await openstack.list("load-balancer", `/lbaas/pools${query}`, "pools");
  const parent = (entries: unknown, wanted: unknown) =>
    text(wanted) === "" || objects(entries).some((entry) => entry.id === wanted);
  const found = pools.filter(
    (entry) =>
      isMeant(entry, name, chosen) &&
      parent(entry.loadbalancers, inputs.loadbalancerId) &&
      parent(entry.listeners, inputs.listenerId),
  );
  return single("pools", chosen ?? name, found);
};

/** A pool has at most one monitor. */
const monitor: Find = async ({ openstack }, inputs) => {
  const wanted = text(inputs.poolId);
  const monitors = await openstack.list("load-balancer", "/lbaas/healthmonitors", "healthmonitors");
  const found = monitors.filter((entry) => objects(entry.pools).some((parent) => parent.id === wanted));
  return single("monitors of pool", wanted, found);
};

/** Swift names a container by its id; asking for the account's list avoids an error for a missing one. */
const container: Find = async ({ openstack }, inputs, chosen) => {
  const name = chosen ?? text(inputs.name);
  const answer = await openstack.send({
    service: "object-store",
    method: "GET",
    path: `/?${new URLSearchParams({ format: "json", prefix: name })}`,
  });
  const found = objects(answer.body).filter((entry) => entry.name === name);
  return single("containers", name, found, (entry) => text(entry.name));
};

/** A Barbican secret's id is the end of its reference. */
const secret: Find = async ({ openstack }, inputs, chosen) => {
  const name = text(inputs.name);
  const answer = await openstack.read({
    service: "key-manager",
    method: "GET",
    path: `/secrets?${new URLSearchParams({ ...(chosen === undefined ? { name } : {}), limit: "100" })}`,
  });
  const idOf = (entry: JsonObject) => text(entry.secret_ref).replace(/^.*\//, "");
  const found = objects(answer.secrets).filter(
    (entry) => isMeant(entry, name, chosen, { id: idOf(entry) }) && entry.status !== "ERROR",
  );
  return single("secrets", chosen ?? name, found, idOf);
};

/** Swift overwrites an object with itself, and its provider cannot import one: creating it again is the repair. */
const containerObject: Find = async () => undefined;

const network = (path: string, what: string, same: Readonly<Record<string, string>> = {}): Find =>
  byName({ service: "network", path: `/${path}`, key: path.replaceAll("-", "_"), what, same });

export const openstackTypes: Readonly<Record<string, Find>> = {
  "openstack:compute/instance:Instance": instance,
  "openstack:compute/serverGroup:ServerGroup": serverGroup,
  "openstack:compute/keypair:Keypair": keypair,
  "openstack:compute/volumeAttach:VolumeAttach": volumeAttach,
  "openstack:blockstorage/volume:Volume": byName({
    service: "block-storage",
    path: "/volumes/detail",
    key: "volumes",
    what: "volumes",
  }),
  "openstack:networking/network:Network": network("networks", "networks"),
  "openstack:networking/subnet:Subnet": network("subnets", "subnets", { networkId: "network_id" }),
  "openstack:networking/port:Port": network("ports", "ports", { networkId: "network_id" }),
  "openstack:networking/router:Router": network("routers", "routers"),
  "openstack:networking/routerInterface:RouterInterface": routerInterface,
  "openstack:networking/floatingIp:FloatingIp": byName({
    service: "network",
    path: "/floatingips",
    key: "floatingips",
    what: "floating addresses",
    name: "description",
  }),
  "openstack:networking/floatingIpAssociate:FloatingIpAssociate": floatingIpAssociate,
  "openstack:networking/secGroup:SecGroup": network("security-groups", "security groups"),
  "openstack:networking/secGroupRule:SecGroupRule": secGroupRule,
  "openstack:loadbalancer/loadBalancer:LoadBalancer": byName({
    service: "load-balancer",
    path: "/lbaas/loadbalancers",
    key: "loadbalancers",
    what: "load balancers",
  }),
  "openstack:loadbalancer/listener:Listener": listener,
  "openstack:loadbalancer/pool:Pool": pool,
  "openstack:loadbalancer/member:Member": member,
  "openstack:loadbalancer/monitor:Monitor": monitor,
  "openstack:objectstorage/container:Container": container,
  "openstack:objectstorage/containerObject:ContainerObject": containerObject,
  "openstack:keymanager/secretV1:SecretV1": secret,
};
