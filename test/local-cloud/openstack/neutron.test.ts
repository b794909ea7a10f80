import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cidr, IpAddress } from "../../../src/core/cidr.ts";
import { CloudError } from "../../../src/local-cloud/kernel/cloud-error.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { setQuota } from "../../../src/local-cloud/openstack/quotas.ts";
import { createPart, openCloud, refusal } from "../test-cloud.ts";

function externalId(cloud: LocalCloud): string {
  return cloud.neutron.networks.list({ region: "GRA11", name: "Ext-Net" })[0]?.id ?? "";
}

describe("addresses", () => {
  it("two DHCP addresses come from the pool, fixed ones below it stay free", () => {
    const cloud = openCloud();
    const part = createPart(cloud, 1);
    expect(cloud.neutron.subnets.addresses(part.subnetId).map(({ ipAddress }) => ipAddress)).toEqual([
      "10.10.1.100",
      "10.10.1.101",
    ]);
    const port = cloud.neutron.ports.create({ name: "a", networkId: part.networkId });
    expect(port.fixedIps).toEqual([{ subnetId: part.subnetId, ipAddress: "10.10.1.102" }]);
  });

  it("a fixed address is given once, and only inside its subnet", () => {
    const cloud = openCloud();
    const { networkId, subnetId } = createPart(cloud, 1);
    const ask = (ipAddress: string, subnet?: string) =>
      cloud.neutron.ports.create({ name: ipAddress, networkId, fixedIps: [{ subnetId: subnet, ipAddress }] });
    const first = ask("10.10.1.10", subnetId);
    expect(refusal(() => ask("10.10.1.10", subnetId))).toEqual({
      status: 409,
      code: "IpAddressAlreadyAllocated",
      message: `IP address 10.10.1.10 already allocated in subnet ${subnetId}`,
    });
    expect(refusal(() => ask("10.10.2.10", subnetId)).message).toBe(
      "IP address 10.10.2.10 is not a valid IP for the specified subnet.",
    );
    expect(refusal(() => ask("10.10.2.10")).code).toBe("InvalidIpForNetwork");
    expect(refusal(() => ask("10.10.1.255", subnetId)).code).toBe("InvalidIpForSubnet");
    cloud.neutron.ports.delete(first.id);
    expect(ask("10.10.1.10", subnetId).id).not.toBe(first.id);
  });

  it("a small pool runs out", () => {
    const cloud = openCloud();
    const network = cloud.neutron.networks.create({ name: "n" });
    cloud.neutron.subnets.create({ name: "s", networkId: network.id, cidr: "10.0.0.0/29" });
    // Of six host addresses the gateway holds one and DHCP two.
    for (let index = 0; index < 3; index += 1) {
      cloud.neutron.ports.create({ name: `p-${index}`, networkId: network.id });
    }
    expect(refusal(() => cloud.neutron.ports.create({ name: "p", networkId: network.id }))).toEqual({
      status: 409,
      code: "IpAddressGenerationFailure",
      message: `No more IP addresses available on network ${network.id}.`,
    });
  });

  it("whatever is asked for and given back, no address has two owners and none is outside its subnet", () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant("automatic" as const) }),
      fc.record({ kind: fc.constant("fixed" as const), offset: fc.integer({ min: 0, max: 16 }) }),
      fc.record({ kind: fc.constant("delete" as const), index: fc.nat(20) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const cloud = openCloud();
        const network = cloud.neutron.networks.create({ name: "n" });
        const cidr = Cidr.parse("10.0.0.0/28");
        const subnet = cloud.neutron.subnets.create({
          name: "s",
          networkId: network.id,
          cidr: cidr.toString(),
          enableDhcp: false,
        });
        const held = new Map<string, string>();
        for (const [number, action] of steps.entries()) {
          if (action.kind === "delete") {
            const id = [...held.keys()][action.index % Math.max(held.size, 1)];
            if (id !== undefined) {
              cloud.neutron.ports.delete(id);
              held.delete(id);
            }
            continue;
          }
          const wanted =
            action.kind === "fixed" ? IpAddress.ofNumber(cidr.first.toNumber() + action.offset).toString() : undefined;
          try {
            const port = cloud.neutron.ports.create({
              name: `p-${number}`,
              networkId: network.id,
              fixedIps: [{ subnetId: subnet.id, ipAddress: wanted }],
            });
            const address = port.fixedIps[0]?.ipAddress ?? "";
            expect(wanted ?? address).toBe(address);
            expect([...held.values()]).not.toContain(address);
            expect(cidr.contains(IpAddress.parse(address))).toBe(true);
            held.set(port.id, address);
          } catch (error) {
            // A refusal is right only when the address is taken or outside, or the pool is used up.
            expect(error).toBeInstanceOf(CloudError);
            const free = 13 - [...held.values()].filter((address) => address !== "10.0.0.1").length;
            const taken = wanted !== undefined && [...held.values()].includes(wanted);
            expect(
              taken ||
                (wanted !== undefined && (action.kind !== "fixed" || [0, 15, 16].includes(action.offset))) ||
                free === 0,
            ).toBe(true);
          }
        }
        expect(
          cloud.neutron.subnets
            .addresses(subnet.id)
            .map(({ ipAddress, portId }) => [portId, ipAddress])
            .sort(),
        ).toEqual([...held].sort());
        cloud.close();
      }),
      { numRuns: 60 },
    );
  });

  it("pools stay inside their subnet and beside its gateway; subnets of a network do not overlap", () => {
    const cloud = openCloud();
    const { id: networkId } = cloud.neutron.networks.create({ name: "n" });
    const ask = (cidr: string, start: string, end: string) =>
      cloud.neutron.subnets.create({
        name: cidr,
        networkId,
        cidr,
        gatewayIp: "10.0.0.254",
        allocationPools: [{ start, end }],
      });
    expect(refusal(() => ask("10.0.0.0/24", "10.0.0.100", "10.0.1.5")).code).toBe("OutOfBoundsAllocationPool");
    expect(refusal(() => ask("10.0.0.0/24", "10.0.0.100", "10.0.0.254")).code).toBe(
      "GatewayConflictWithAllocationPools",
    );
    ask("10.0.0.0/24", "10.0.0.100", "10.0.0.250");
    expect(refusal(() => ask("10.0.0.0/23", "10.0.0.100", "10.0.0.250")).message).toContain(
      "overlaps with another subnet",
    );
  });
});

describe("deletions", () => {
  it("a network with a port, a subnet with an address, a router with an interface are refused; free ones go", () => {
    const cloud = openCloud();
    const { networkId, subnetId } = createPart(cloud, 1);
    const router = cloud.neutron.routers.create({ name: "r", externalNetworkId: externalId(cloud) }).id;
    const { portId } = cloud.neutron.routers.addInterface(router, { subnetId });
    expect(refusal(() => cloud.neutron.networks.delete(networkId))).toMatchObject({
      status: 409,
      code: "NetworkInUse",
    });
    expect(refusal(() => cloud.neutron.subnets.delete(subnetId)).message).toContain(
      "One or more ports have an IP allocation from this subnet.",
    );
    expect(refusal(() => cloud.neutron.routers.delete(router)).message).toBe(`Router ${router} still has ports`);
    expect(refusal(() => cloud.neutron.ports.delete(portId)).code).toBe("ServicePortInUse");
    cloud.neutron.routers.removeInterface(router, { subnetId });
    cloud.neutron.routers.delete(router);
    cloud.neutron.networks.delete(networkId);
    expect(refusal(() => cloud.neutron.subnets.get(subnetId)).status).toBe(404);
  });

  it("a security group in use and the default one are refused", () => {
    const cloud = openCloud();
    const { networkId } = createPart(cloud, 1);
    const group = cloud.neutron.securityGroups.create({ name: "g" }).id;
    const port = cloud.neutron.ports.create({ name: "p", networkId, securityGroupIds: [group] });
    expect(refusal(() => cloud.neutron.securityGroups.delete(group))).toEqual({
      status: 409,
      code: "SecurityGroupInUse",
      message: `Security Group ${group} in use.`,
    });
    cloud.neutron.ports.delete(port.id);
    cloud.neutron.securityGroups.delete(group);
    const fallback = cloud.neutron.securityGroups.list({ region: "GRA11", name: "default" })[0]?.id ?? "";
    expect(refusal(() => cloud.neutron.securityGroups.delete(fallback)).status).toBe(409);
  });
});

describe("routers and floating addresses", () => {
  it("a router takes the subnet's gateway address, once for each subnet", () => {
    const cloud = openCloud();
    const { subnetId } = createPart(cloud, 1);
    const router = cloud.neutron.routers.create({ name: "r" }).id;
    expect(cloud.neutron.routers.addInterface(router, { subnetId }).ipAddress).toBe("10.10.1.254");
    expect(refusal(() => cloud.neutron.routers.addInterface(router, { subnetId })).message).toContain(
      "Router already has a port on subnet",
    );
    const other = cloud.neutron.routers.create({ name: "other" }).id;
    expect(refusal(() => cloud.neutron.routers.addInterface(other, { subnetId })).code).toBe(
      "IpAddressAlreadyAllocated",
    );
  });

  it("a floating address needs a router with a gateway, and keeps its interface there", () => {
    const cloud = openCloud();
    const { networkId, subnetId } = createPart(cloud, 1);
    const port = cloud.neutron.ports.create({ name: "p", networkId });
    const floating = cloud.neutron.floatingIps.create({ pool: "Ext-Net", description: "odoo" });
    expect(refusal(() => cloud.neutron.floatingIps.update(floating.id, { portId: port.id }))).toMatchObject({
      status: 404,
      code: "ExternalGatewayForFloatingIPNotFound",
    });
    const router = cloud.neutron.routers.create({ name: "r", externalNetworkId: externalId(cloud) }).id;
    cloud.neutron.routers.addInterface(router, { subnetId });
    expect(cloud.neutron.floatingIps.update(floating.id, { portId: port.id })).toMatchObject({
      status: "ACTIVE",
      routerId: router,
      fixedIp: port.fixedIps[0]?.ipAddress,
    });
    expect(refusal(() => cloud.neutron.routers.removeInterface(router, { subnetId })).code).toBe(
      "RouterInterfaceInUseByFloatingIP",
    );
    const second = cloud.neutron.floatingIps.create({ pool: "Ext-Net" });
    expect(refusal(() => cloud.neutron.floatingIps.update(second.id, { portId: port.id })).code).toBe(
      "FloatingIPPortAlreadyAssociated",
    );
    cloud.neutron.ports.delete(port.id);
    expect(cloud.neutron.floatingIps.get(floating.id)).toMatchObject({ status: "DOWN", portId: undefined });
  });

  it("an unknown pool is refused", () => {
    const cloud = openCloud();
    expect(refusal(() => cloud.neutron.floatingIps.create({ pool: "Nowhere" })).status).toBe(404);
  });
});

describe("networks", () => {
  it("a VLAN needs the project in a vRack", () => {
    const cloud = openCloud();
    const valueSpecs = { "provider:network_type": "vrack", "provider:segmentation_id": "101" };
    expect(refusal(() => cloud.neutron.networks.create({ name: "n", valueSpecs })).message).toBe(
      "Can not get vrack_id and segmentation_id",
    );
    cloud.ovhVrack.attach("pn-1000000", cloud.keystone.projectId);
    expect(refusal(() => cloud.neutron.networks.create({ name: "n", valueSpecs })).status).toBe(400);
    cloud.clock.step(15);
    expect(cloud.neutron.networks.create({ name: "n", valueSpecs })).toMatchObject({
      networkType: "vrack",
      segmentationId: 101,
    });
  });

  it("the quota ends", () => {
    const cloud = openCloud();
    cloud.neutron.networks.create({ name: "first" });
    setQuota({ store: cloud.store }, "GRA11", "networks", 1);
    expect(refusal(() => cloud.neutron.networks.create({ name: "second" }))).toMatchObject({
      status: 409,
      code: "OverQuota",
    });
  });

  it("the same names give the same ids in another cloud, in any order", () => {
    const [one, two] = [openCloud(), openCloud()];
    const ids = (cloud: LocalCloud, names: string[]) =>
      Object.fromEntries(names.map((name) => [name, cloud.neutron.networks.create({ name }).id]));
    expect(ids(one, ["a", "b"])).toEqual(ids(two, ["b", "a"]));
  });
});

describe("security rules", () => {
  it("are refused twice, and open what they say", () => {
    const cloud = openCloud();
    const group = cloud.neutron.securityGroups.create({ name: "g" }).id;
    const rule = {
      securityGroupId: group,
      direction: "ingress" as const,
      ethertype: "IPv4" as const,
      protocol: "TCP",
      portRangeMin: 80,
      portRangeMax: 80,
      remoteIpPrefix: "10.10.0.0/24",
    };
    const made = cloud.neutron.securityGroups.createRule(rule);
    expect(made.protocol).toBe("tcp");
    expect(refusal(() => cloud.neutron.securityGroups.createRule(rule)).message).toBe(
      `Security group rule already exists. Rule id is ${made.id}.`,
    );
    expect(cloud.neutron.securityGroups.get(group).rules).toHaveLength(3);
    cloud.neutron.securityGroups.deleteRule(made.id);
    expect(cloud.neutron.securityGroups.get(group).rules).toHaveLength(2);
  });
});
