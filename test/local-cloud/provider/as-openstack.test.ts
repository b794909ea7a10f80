import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { latencies } from "../../../src/local-cloud/kernel/latency.ts";
import { type QuotaName, setQuota } from "../../../src/local-cloud/openstack/quotas.ts";
import type { Failure, Properties } from "./provider-client.ts";
import { TestCloud } from "./start-test-cloud.ts";

/** The smallest operations in which a real OpenStack once answered otherwise than the local cloud did. */
const types = {
  container: "openstack:objectstorage/container:Container",
  floatingIpAssociate: "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  instance: "openstack:compute/instance:Instance",
  keypair: "openstack:compute/keypair:Keypair",
  member: "openstack:loadbalancer/member:Member",
  monitor: "openstack:loadbalancer/monitor:Monitor",
  network: "openstack:networking/network:Network",
  pool: "openstack:loadbalancer/pool:Pool",
  object: "openstack:objectstorage/containerObject:ContainerObject",
  port: "openstack:networking/port:Port",
  router: "openstack:networking/router:Router",
  subnet: "openstack:networking/subnet:Subnet",
  volume: "openstack:blockstorage/volume:Volume",
  volumeAttach: "openstack:compute/volumeAttach:VolumeAttach",
};
const region = "GRA11";
/** An id that nothing has. */
const nobody = "0b0b0b0b-0000-4000-8000-000000000000";
const tooLong = "t".repeat(256);

let cloud: TestCloud;
beforeEach(async () => {
  cloud = await TestCloud.start();
});
afterEach(() => cloud.close());

interface Made {
  readonly type: string;
  readonly id: string;
  readonly inputs: Properties;
  readonly properties: Properties;
}

async function make(type: string, inputs: Properties, timeout?: number): Promise<Made> {
  const client = cloud.clientOf(type);
  const checked = await client.check(type, inputs);
  expect(checked.failures).toEqual([]);
  const { id, properties } = await client.create(type, checked.inputs, timeout === undefined ? {} : { timeout });
  return { type, id, inputs: checked.inputs, properties };
}

function update({ type, id, properties }: Made, wanted: Properties): Promise<Properties> {
  return cloud.clientOf(type).update(type, id, properties, wanted);
}

function refused(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => "accepted",
    (error: Failure) => error.message,
  );
}

function limit(name: QuotaName, value: number): void {
  setQuota(cloud.cloud, region, name, value);
}

async function network(more: Properties = {}): Promise<{ readonly networkId: string; readonly subnetId: string }> {
  const { id: networkId } = await make(types.network, { name: "net", ...more });
  const { id: subnetId } = await make(types.subnet, { name: "sub", networkId, cidr: "10.9.0.0/24" });
  return { networkId, subnetId };
}

describe("a load balancer", () => {
  const type = "openstack:loadbalancer/loadBalancer:LoadBalancer";

  test("is judged by the place of its address, its quota and the address, in this order", async () => {
    const { networkId, subnetId } = await network();
    const ask = (inputs: Properties) => refused(make(type, { name: "lb", ...inputs }));
    limit("loadBalancers", 0);
    expect(await ask({ vipSubnetId: nobody })).toContain(`Subnet ${nobody} not found`);
    expect(await ask({ vipNetworkId: nobody })).toContain(`Network ${nobody} not found`);
    expect(await ask({ vipPortId: nobody })).toContain(`Port ${nobody} not found`);
    expect(await ask({ vipSubnetId: subnetId, vipNetworkId: nobody })).toContain(`Network ${nobody} not found`);
    expect(await ask({ vipNetworkId: networkId, vipAddress: "10.99.0.1" })).toContain(
      "does not contain a subnet for VIP",
    );
    expect(await ask({ vipSubnetId: subnetId, vipAddress: "10.99.0.1" })).toContain("Quota has been met");
    limit("loadBalancers", 5);
    expect(await ask({ vipSubnetId: subnetId, vipAddress: "10.99.0.1" })).toMatch(/Provider 'amphora'.*HTTP 500/);
  });

  test("takes a port that nothing uses, with its only address", async () => {
    const { networkId, subnetId } = await network();
    const fixedIps = [{ subnetId, ipAddress: "10.9.0.77" }];
    const free = await make(types.port, { name: "p", networkId, fixedIps });
    const two = await make(types.port, { name: "q", networkId, fixedIps: [{ subnetId }, { subnetId }] });
    const used = await make(types.port, { name: "u", networkId, deviceId: "front-0" });
    const balancer = await make(type, { name: "lb", vipPortId: free.id });
    expect(balancer.properties).toMatchObject({ vipAddress: "10.9.0.77", vipSubnetId: subnetId });
    expect(await refused(make(type, { name: "lb", vipPortId: two.id }))).toContain("could not be determined");
    expect(await refused(make(type, { name: "lb", vipPortId: used.id }))).toContain("already used by device front-0");
  });

  test("a member is judged by its subnet, its quota and its neighbours, in this order", async () => {
    const { id: poolId } = await pool();
    await make(types.member, { ...front, poolId });
    limit("members", 1);
    expect(await refused(make(types.member, { ...front, poolId, subnetId: nobody }, 1))).toContain("not found");
    expect(await refused(make(types.member, { ...front, poolId }, 1))).toContain("Quota has been met");
  });

  test("a number of a monitor that becomes 0 stays as it was", async () => {
    const { id: poolId } = await pool();
    const inputs = { name: "m", poolId, type: "TCP", delay: 5, timeout: 4, maxRetries: 3 };
    const monitor = await make(types.monitor, { ...inputs, maxRetriesDown: 2 });
    expect((await update(monitor, { ...inputs, maxRetriesDown: 0 })).maxRetriesDown).toBe(2);
  });

  test("a default that somebody else changed is kept once it was refreshed, where no other default is", async () => {
    const client = cloud.clientOf(types.pool);
    const parts = { protocol: "HTTP", lbMethod: "ROUND_ROBIN" };
    const { id: loadbalancerId } = await make(type, { name: "lb", vipSubnetId: (await network()).subnetId });
    const program = { ...parts, loadbalancerId, name: "p" };
    const made = await make(types.pool, program);
    expect(made.inputs).toMatchObject({ adminStateUp: true, __defaults: ["adminStateUp"] });
    cloud.cloud.octavia.pools.update(made.id, { adminStateUp: false });
    const read = await client.read(types.pool, made.id, made);
    expect(read.inputs.adminStateUp).toBe(false);
    const again = await client.check(types.pool, program, read.inputs);
    expect(again.inputs.adminStateUp).toBe(false);
    // Beside another default, the change is put right.
    const named = { ...read.inputs, __defaults: ["name"] };
    expect((await client.check(types.pool, program, named)).inputs.adminStateUp).toBe(true);
  });

  test("numbers of a monitor or a listener that are 0 are never sent", async () => {
    const { id: poolId, properties } = await pool();
    const monitor = { name: "m", poolId, type: "TCP", delay: 5, timeout: 4, maxRetries: 3 };
    for (const name of ["delay", "timeout", "maxRetries"]) {
      expect(await refused(make(types.monitor, { ...monitor, [name]: 0 }, 1))).toContain("Missing input for argument");
    }
    const listener = { name: "l", loadbalancerId: properties.loadbalancerId, protocol: "HTTP", protocolPort: 0 };
    const listenerType = "openstack:loadbalancer/listener:Listener";
    expect(await refused(make(listenerType, listener, 1))).toContain("Missing input for argument");
  });

  async function pool(): Promise<Made> {
    const { subnetId } = await network();
    const balancer = await make("openstack:loadbalancer/loadBalancer:LoadBalancer", {
      name: "lb",
      vipSubnetId: subnetId,
    });
    return make(types.pool, { name: "p", loadbalancerId: balancer.id, protocol: "HTTP", lbMethod: "ROUND_ROBIN" });
  }
  const front = { name: "front", address: "10.9.0.10", protocolPort: 80 };

  test("a member's own port for checks cannot be taken away: the provider sends 0", async () => {
    const { id: poolId } = await pool();
    const member = await make(types.member, { ...front, poolId, monitorPort: 8080 });
    expect(await refused(update(member, { ...front, poolId }))).toMatch(/monitor_port.*\(HTTP 400/);
    expect(await refused(update(member, { ...front, poolId, monitorPort: 8081 }))).toBe("accepted");
  });

  test("a member and a monitor whose pool is gone cannot be deleted, only found to be gone", async () => {
    const made = await pool();
    const member = await make(types.member, { ...front, poolId: made.id });
    const monitor = await make(types.monitor, {
      name: "m",
      poolId: made.id,
      type: "TCP",
      delay: 5,
      timeout: 4,
      maxRetries: 3,
    });
    await cloud.clientOf(types.pool).delete(types.pool, made.id, made.properties);
    for (const { type, id, properties } of [member, monitor]) {
      expect(await refused(cloud.clientOf(type).delete(type, id, properties))).toContain(
        "Unable to retrieve parent pool",
      );
      expect((await cloud.clientOf(type).read(type, id, { inputs: {}, properties })).id).toBe("");
    }
  });

  test("what is tried again until the time is over tells the refusal, not the time", async () => {
    const { id: poolId } = await pool();
    await make(types.member, { ...front, poolId });
    expect(await refused(make(types.member, { ...front, poolId }, 1))).toContain("(HTTP 409 DuplicateMemberEntry)");
  });
});

describe("a port", () => {
  test("with groups and without any is refused by the provider, new and changed", async () => {
    const { networkId } = await network();
    const both = { name: "p", networkId, noSecurityGroups: true, securityGroupIds: [nobody] };
    expect(await refused(make(types.port, both))).toContain("Cannot have both no_security_groups");
    const port = await make(types.port, { name: "p", networkId });
    expect(await refused(update(port, both))).toContain("Cannot have both no_security_groups");
  });

  test("is judged by its network, its quota, its subnet, its security and its groups, in this order", async () => {
    const { networkId } = await network({ portSecurityEnabled: false });
    const wrong = { networkId, securityGroupIds: [nobody], fixedIps: [{ subnetId: nobody }] };
    limit("ports", 0);
    expect(await refused(make(types.port, { name: "p", ...wrong, networkId: nobody }))).toContain("NetworkNotFound");
    expect(await refused(make(types.port, { name: "p", ...wrong }))).toContain("OverQuota");
    limit("ports", 100);
    expect(await refused(make(types.port, { name: "p", ...wrong }))).toContain("404 SubnetNotFound");
    const { fixedIps: _, ...anywhere } = wrong;
    expect(await refused(make(types.port, { name: "p", ...anywhere }))).toContain(
      "400 PortSecurityAndIPRequiredForSecurityGroups",
    );
    const secured = { ...anywhere, portSecurityEnabled: true };
    expect(await refused(make(types.port, { name: "p", ...secured }))).toContain("404 SecurityGroupNotFound");
  });

  test("gives back its groups and its addresses when the program says so", async () => {
    const { networkId } = await network();
    const port = await make(types.port, { name: "p", networkId });
    const { neutron } = cloud.cloud;
    await update(port, { name: "p", networkId, noSecurityGroups: true, noFixedIp: true });
    expect(neutron.ports.get(port.id)).toMatchObject({ securityGroupIds: [], fixedIps: [] });
  });

  test("keeps the address that it has in a subnet of which any is wanted", async () => {
    const { networkId, subnetId } = await network();
    const port = await make(types.port, { name: "p", networkId, fixedIps: [{ subnetId, ipAddress: "10.9.0.77" }] });
    await update(port, { name: "p", networkId, fixedIps: [{ subnetId }] });
    expect(cloud.cloud.neutron.ports.get(port.id).fixedIps).toEqual([{ subnetId, ipAddress: "10.9.0.77" }]);
  });

  test("of a router needs no quota", async () => {
    limit("ports", 0);
    const outside = cloud.cloud.neutron.networks.list({ region }).find((one) => one.external)?.id;
    const router = await make("openstack:networking/router:Router", { name: "r", externalNetworkId: outside });
    const { subnetId } = await network();
    const way = { routerId: router.id, subnetId };
    expect(await refused(make("openstack:networking/routerInterface:RouterInterface", way))).toBe("accepted");
  });

  test("shows its groups after an update as they were planned, its addresses as they are", async () => {
    const { networkId, subnetId } = await network();
    const port = await make(types.port, { name: "p", networkId });
    const fixedIps = [{ subnetId, ipAddress: "10.9.0.77" }];
    const shown = await update(port, { name: "p", networkId, noSecurityGroups: true, fixedIps });
    expect(shown.allSecurityGroupIds).toEqual(port.properties.allSecurityGroupIds);
    expect(shown.allFixedIps).toEqual(["10.9.0.77"]);
  });
});

describe("a subnet", () => {
  test("is judged by its network, its quota, its pools and its neighbours, in this order", async () => {
    const { networkId } = await network();
    const ask = (inputs: Properties) => refused(make(types.subnet, { name: "s", cidr: "10.9.0.128/25", ...inputs }));
    const backwards = [{ start: "10.9.0.150", end: "10.9.0.140" }];
    limit("subnets", 0);
    expect(await ask({ networkId: "nowhere" })).toContain("NetworkNotFound");
    expect(await ask({ networkId })).toContain("OverQuota");
    limit("subnets", 100);
    expect(await ask({ networkId, allocationPools: backwards })).toContain("400 InvalidAllocationPool");
    const twice = [
      { start: "10.9.0.140", end: "10.9.0.150" },
      { start: "10.9.0.145", end: "10.9.0.160" },
    ];
    expect(await ask({ networkId, allocationPools: twice })).toContain("409 OverlappingAllocationPools");
    expect(await ask({ networkId, gatewayIp: "10.9.0.255" })).toContain("Gateway is not valid on subnet");
    expect(await ask({ networkId })).toContain("overlaps with another subnet");
  });

  test("is refused by the provider itself before Neutron is asked", async () => {
    const ask = (inputs: Properties) => refused(make(types.subnet, { name: "s", networkId: "nowhere", ...inputs }));
    expect(await ask({ cidr: "10.9.0.0/33" })).toContain("Invalid CIDR");
    expect(await ask({ cidr: "10.9.0.1/24" })).toContain("Invalid CIDR");
    expect(await ask({ cidr: "10.9.0.0/24", dnsNameservers: ["1.1.1.1", "1.1.1.1"] })).toContain(
      "duplicate nameserver",
    );
  });
});

describe("tags that are too long", () => {
  test("are refused once the resource is there, and it stays", async () => {
    const { networkId } = await network();
    const kinds: readonly (readonly [type: string, inputs: Properties])[] = [
      [types.network, {}],
      [types.subnet, { networkId, cidr: "10.10.0.0/24" }],
      [types.port, { networkId }],
      [types.router, {}],
      ["openstack:networking/secGroup:SecGroup", {}],
    ];
    for (const [type, inputs] of [...kinds.map(([type, more]) => [type, { name: "x", ...more }] as const)]) {
      const failure = await make(type, { ...inputs, tags: [tooLong] }).catch((error: Failure) => error);
      expect(failure).toMatchObject({ message: expect.stringContaining("400 InvalidInput"), left: expect.anything() });
    }
    const failure = await make(types.floatingIp, { pool: "Ext-Net", tags: [tooLong] }).catch((error: Failure) => error);
    expect(failure).toMatchObject({ left: expect.anything() });
  });

  test("are refused after the rest of a change", async () => {
    const made = await make(types.network, { name: "net" });
    expect(await refused(update(made, { name: "renamed", tags: [tooLong] }))).toContain("400 InvalidInput");
    expect(cloud.cloud.neutron.networks.get(made.id)).toMatchObject({ name: "renamed", tags: [] });
  });
});

describe("a router", () => {
  test("that is to be down is up at first: the provider does not send it", async () => {
    const router = await make(types.router, { name: "r", adminStateUp: false });
    expect(router.properties.adminStateUp).toBe(true);
    expect((await update(router, { name: "r", adminStateUp: false })).adminStateUp).toBe(false);
  });

  test("with a choice of SNAT needs a gateway, and then an administrator, before any quota", async () => {
    limit("routers", 0);
    const outside = cloud.cloud.neutron.networks.list({ region }).find((one) => one.external)?.id;
    const ask = (inputs: Properties) => refused(make(types.router, { name: "r", ...inputs }));
    expect(await ask({ enableSnat: false })).toContain("requires external_network_id");
    expect(await ask({ enableSnat: true, externalNetworkId: outside })).toContain("403 PolicyNotAuthorized");
    limit("routers", 5);
    const router = await make(types.router, { name: "r", externalNetworkId: outside });
    const snat = { name: "r", externalNetworkId: outside, enableSnat: false };
    expect(await refused(update(router, snat))).toContain("403 PolicyNotAuthorized");
  });
});

describe("a floating address", () => {
  async function behindRouter(): Promise<{ readonly networkId: string; readonly subnetId: string }> {
    const outside = cloud.cloud.neutron.networks.list({ region }).find((one) => one.external)?.id;
    const router = await make(types.router, { name: "r", externalNetworkId: outside });
    const place = await network();
    const way = { routerId: router.id, subnetId: place.subnetId };
    await make("openstack:networking/routerInterface:RouterInterface", way);
    return place;
  }

  test("needs to know which of several addresses it leads to", async () => {
    const { networkId, subnetId } = await behindRouter();
    const fixedIps = ["10.9.0.77", "10.9.0.78"].map((ipAddress) => ({ subnetId, ipAddress }));
    const { id: portId } = await make(types.port, { name: "p", networkId, fixedIps });
    const ask = (inputs: Properties) => refused(make(types.floatingIp, { pool: "Ext-Net", ...inputs }));
    expect(await ask({ portId })).toContain("has multiple fixed IPv4 addresses");
    expect(await ask({ portId, fixedIp: "10.9.0.79" })).toContain("does not have fixed ip 10.9.0.79");
    expect(await ask({ fixedIp: "10.9.0.77" })).toContain("cannot be specified without a port_id");
    expect(await ask({ portId, fixedIp: "next door" })).toContain("400 HTTPBadRequest");
    const made = await make(types.floatingIp, { pool: "Ext-Net", portId, fixedIp: "10.9.0.78" });
    expect(made.properties.fixedIp).toBe("10.9.0.78");
    // Any change is judged again, without the address that was chosen.
    expect(await refused(update(made, { ...made.inputs, description: "changed" }))).toContain("has multiple fixed");
  });

  test("keeps its association when the port is gone, and shows that it leads nowhere", async () => {
    const { networkId, subnetId } = await behindRouter();
    const port = await make(types.port, { name: "p", networkId, fixedIps: [{ subnetId }] });
    const { properties: address } = await make(types.floatingIp, { pool: "Ext-Net" });
    const made = await make(types.floatingIpAssociate, { floatingIp: address.address, portId: port.id });
    cloud.cloud.neutron.ports.delete(port.id);
    const read = await cloud.clientOf(made.type).read(made.type, made.id, made);
    expect(read).toMatchObject({ id: made.id, properties: { portId: "", fixedIp: "" } });
  });

  test("is led elsewhere without the address that the program named before", async () => {
    const { networkId, subnetId } = await behindRouter();
    const ports = await Promise.all(
      ["10.9.0.77", "10.9.0.78"].map((ipAddress) =>
        make(types.port, { name: ipAddress, networkId, fixedIps: [{ subnetId, ipAddress }] }),
      ),
    );
    const { properties } = await make(types.floatingIp, { pool: "Ext-Net" });
    const way = { floatingIp: properties.address, portId: ports[0]?.id };
    const association = await make(types.floatingIpAssociate, way);
    const moved = await update(association, { ...way, portId: ports[1]?.id });
    expect(moved.fixedIp).toBe("10.9.0.78");
  });
});

describe("an object", () => {
  test("without content is refused by the provider", async () => {
    await make(types.container, { name: "c" });
    expect(await refused(make(types.object, { containerName: "c", name: "o" }))).toContain("Must specify");
  });

  test("is emptied by a change of its metadata alone", async () => {
    await make(types.container, { name: "c" });
    const inputs = { containerName: "c", name: "o", content: "abc" };
    const object = await make(types.object, inputs);
    const changed = await update(object, { ...inputs, metadata: { use: "rush" } });
    expect(changed.contentLength).toBe(0);
    expect(cloud.cloud.swift.objects.content("c", "o", region)).toBe("");
  });
});

test("a container that keeps versions is not empty when its objects are gone", async () => {
  const { swift } = cloud.cloud;
  const container = await make(types.container, { name: "c", versioning: true });
  const remove = (properties: Properties) =>
    refused(cloud.clientOf(types.container).delete(types.container, "c", properties));
  swift.objects.put({ container: "c", name: "o", content: "a", region });
  swift.objects.delete("c", "o", region);
  expect(await remove(container.properties)).toContain("HTTP 409");
  expect(await remove({ ...container.properties, forceDestroy: true })).toBe("accepted");
});

test("a container keeps its name, although its change is accepted", async () => {
  const container = await make(types.container, { name: "c" });
  expect((await update(container, { name: "d" })).name).toBe("c");
});

test("a container whose name is too long is an error of Swift's own where it keeps versions", async () => {
  const name = "n".repeat(257);
  expect(await refused(make(types.container, { name }))).toContain("(HTTP 400");
  expect(await refused(make(types.container, { name, versioning: true }))).toContain("(HTTP 500");
});

test("who may read and write a container is taken away with the input", async () => {
  const container = await make(types.container, { name: "c", containerRead: ".r:*", containerWrite: "*:*" });
  expect(await update(container, { name: "c" })).toMatchObject({ containerRead: "", containerWrite: "" });
});

test("a secret whose payload is refused stays without one", async () => {
  const ask = (more: Properties) =>
    make("openstack:keymanager/secretV1:SecretV1", { name: "s", payload: "no base64!", ...more }).catch(
      (error: Failure) => error,
    );
  expect(await ask({})).toMatchObject({ message: expect.stringContaining("HTTP 415"), left: expect.anything() });
  const encoded = { payloadContentType: "application/octet-stream", payloadContentEncoding: "base64" };
  expect(await ask(encoded)).toMatchObject({ message: expect.stringContaining("HTTP 400"), left: expect.anything() });
});

test("a rule of a protocol that the provider does not know is refused before Neutron is asked", async () => {
  const { id: securityGroupId } = await make("openstack:networking/secGroup:SecGroup", { name: "g" });
  const rule = { securityGroupId, direction: "ingress", ethertype: "IPv4" };
  const ask = (protocol: string) =>
    refused(make("openstack:networking/secGroupRule:SecGroupRule", { ...rule, protocol }));
  expect(await ask("pigeon")).toContain("unknown protocol");
  expect(await ask("udplite")).toBe("accepted");
});

test("a secret is refused that is over already, or of no bits", async () => {
  const type = "openstack:keymanager/secretV1:SecretV1";
  const ask = (more: Properties) =>
    refused(make(type, { name: "s", payload: "x", payloadContentType: "text/plain", ...more }));
  expect(await ask({ expiration: "2001-01-01T00:00:00Z" })).toContain("HTTP 400");
  expect(await ask({ bitLength: -1 })).toContain("HTTP 400");
  expect(await ask({ expiration: "2099-01-01T00:00:00Z", bitLength: 256 })).toBe("accepted");
});

test("a floating address of no pool is refused by the provider, whatever the quota", async () => {
  limit("floatingIps", 0);
  expect(await refused(make(types.floatingIp, { pool: "no-such-pool" }))).toContain("pool name no-such-pool");
});

test("a volume that cannot become larger keeps its old name too", async () => {
  const volume = await make(types.volume, { name: "v", size: 2 });
  expect(await refused(update(volume, { name: "w", size: 0 }))).toContain("Missing input for argument");
  expect(await refused(update(volume, { name: "w", size: 1 }))).toContain("(HTTP 400");
  expect(cloud.cloud.cinder.volumes.get(volume.id).name).toBe("v");
});

test("a volume's description is as long as its name at most, new and changed", async () => {
  expect(await refused(make(types.volume, { name: "v", size: 1, description: tooLong }))).toContain("(HTTP 400");
  const volume = await make(types.volume, { name: "v", size: 1 });
  expect(await refused(update(volume, { name: "v", size: 1, description: tooLong }))).toContain("(HTTP 400");
});

test("a volume is deleted although its server has gone while it was being detached", async () => {
  const { networkId } = await network();
  const image = cloud.cloud.glance.images.list({ region, name: "Debian 12" })[0]?.id;
  const server = await make(types.instance, {
    name: "s",
    flavorName: "b2-7",
    imageId: image,
    networks: [{ uuid: networkId }],
  });
  const volume = await make(types.volume, { name: "v", size: 1 });
  await make(types.volumeAttach, { instanceId: server.id, volumeId: volume.id });
  const { clock, nova, scale } = cloud.cloud;
  clock.setMode("stepped");
  nova.servers.delete(server.id);
  clock.step((latencies.serverDelete - 1) / scale);
  nova.volumeAttachments.delete(server.id, volume.id);
  clock.step(1 / scale);
  expect(nova.servers.list({ name: "s" })).toEqual([]);
  const deleted = cloud.clientOf(types.volume).delete(types.volume, volume.id, volume.properties);
  await cloud.cloud.journal.wait({ type: types.volume, operation: "delete" });
  clock.setMode("real");
  await deleted;
  expect(cloud.cloud.cinder.volumes.list({ name: "v" })).toEqual([]);
});

test("a volume of no zone is refused before its quota is asked", async () => {
  limit("volumes", 0);
  expect(await refused(make(types.volume, { name: "v", size: 1, availabilityZone: "no-such-zone" }))).toContain(
    "(HTTP 400",
  );
});

test("a server of no zone is refused before its quota is asked", async () => {
  limit("instances", 0);
  const { networkId } = await network();
  const image = cloud.cloud.glance.images.list({ region, name: "Debian 12" })[0]?.id;
  const server = { name: "s", flavorName: "b2-7", imageId: image, networks: [{ uuid: networkId }] };
  expect(await refused(make(types.instance, { ...server, availabilityZone: "no-such-zone" }))).toContain(
    "The requested availability zone is not available",
  );
});

test("an import of a key pair tells neither its owner nor a private key", async () => {
  const publicKey =
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBkaWZmZXJlbnRpYWwgdGVzdCAwMDAx administrator@lor.example";
  const { id } = await make(types.keypair, { name: "k", publicKey });
  const { properties } = await cloud.clientOf(types.keypair).read(types.keypair, id);
  expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(["userId"]));
  expect(Object.keys(properties)).not.toEqual(expect.arrayContaining(["privateKey"]));
});

test("a server's networks are looked up by the provider, before Nova judges the rest", async () => {
  const { networkId } = await network();
  await make(types.network, { name: "twice" });
  await make(types.network, { name: "twice" });
  const image = cloud.cloud.glance.images.list({ region, name: "Debian 12" })[0]?.id;
  const server = { name: "s", flavorName: "b2-7", imageId: image, keyPair: "no-such-key" };
  const ask = (one: Properties) => refused(make(types.instance, { ...server, networks: [one] }));
  expect(await ask({ port: nobody })).toContain(`Could not find any matching port for port ${nobody}`);
  expect(await ask({ uuid: nobody })).toContain(`Could not find any matching network for id ${nobody}`);
  expect(await ask({ name: "nowhere" })).toContain("Could not find any matching network for name nowhere");
  expect(await ask({ name: "twice" })).toContain("More than one network found for name twice");
  expect(await ask({ uuid: networkId })).toContain("HTTP 400");
});

test("a server shows the port that the program names, and in an import none", async () => {
  const { networkId } = await network();
  const image = cloud.cloud.glance.images.list({ region, name: "Debian 12" })[0]?.id;
  const server = { name: "s", flavorName: "b2-7", imageId: image };
  const port = await make(types.port, { name: "p", networkId });
  const named = await make(types.instance, { ...server, networks: [{ port: port.id }] });
  expect(named.properties.networks).toMatchObject([{ port: port.id, uuid: networkId }]);
  const { properties, inputs } = await cloud.clientOf(types.instance).read(types.instance, named.id);
  expect(properties.networks).toMatchObject([{ port: "", uuid: networkId }]);
  expect(inputs.networks).toEqual([{ name: "net", uuid: networkId, fixedIpV4: expect.any(String) }]);
  const anywhere = await make(types.instance, { ...server, name: "t", networks: [{ uuid: networkId }] });
  expect(anywhere.properties.networks).toMatchObject([{ port: "", uuid: networkId }]);
});
