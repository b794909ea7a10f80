import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type QuotaName, setQuota } from "../../../src/local-cloud/openstack/quotas.ts";
import type { Failure, Properties } from "./provider-client.ts";
import { TestCloud } from "./start-test-cloud.ts";

/** The smallest operations in which a real OpenStack once answered otherwise than the local cloud did. */
const types = {
  container: "openstack:objectstorage/container:Container",
  floatingIp: "openstack:networking/floatingIp:FloatingIp",
  instance: "openstack:compute/instance:Instance",
  keypair: "openstack:compute/keypair:Keypair",
  member: "openstack:loadbalancer/member:Member",
  monitor: "openstack:loadbalancer/monitor:Monitor",
  network: "openstack:networking/network:Network",
  pool: "openstack:loadbalancer/pool:Pool",
  port: "openstack:networking/port:Port",
  subnet: "openstack:networking/subnet:Subnet",
  volume: "openstack:blockstorage/volume:Volume",
};
const region = "GRA11";

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
  const nobody = "0b0b0b0b-0000-4000-8000-000000000000";

  test("is judged by its quota, its subnet, its security and its groups, in this order", async () => {
    const { networkId } = await network({ portSecurityEnabled: false });
    const wrong = { networkId, securityGroupIds: [nobody], fixedIps: [{ subnetId: nobody }] };
    limit("ports", 0);
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
  test("is judged by its quota, its network, its pools and its neighbours, in this order", async () => {
    const { networkId } = await network();
    const ask = (inputs: Properties) => refused(make(types.subnet, { name: "s", cidr: "10.9.0.128/25", ...inputs }));
    const backwards = [{ start: "10.9.0.150", end: "10.9.0.140" }];
    limit("subnets", 0);
    expect(await ask({ networkId: "nowhere" })).toContain("OverQuota");
    limit("subnets", 100);
    expect(await ask({ networkId: "nowhere" })).toContain("NetworkNotFound");
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
