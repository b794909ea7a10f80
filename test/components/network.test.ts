import { expect, test } from "vitest";
import { VRack } from "../../components/ovh/v-rack.ts";
import { find, recordLor, resourcesOf } from "./lor-build.ts";
import { profilePlan } from "./lor-plans.ts";
import { record } from "./recording-cloud.ts";

test("only the load balancer and Odoo are reachable from outside", async () => {
  const cloud = await recordLor(profilePlan("rush"));
  const rules = resourcesOf(cloud, "openstack:networking/secGroupRule:SecGroupRule").map(({ inputs }) => ({
    group: inputs.securityGroupId,
    direction: inputs.direction,
    port: [inputs.protocol, inputs.portRangeMin, inputs.portRangeMax],
    from: inputs.remoteIpPrefix,
  }));
  const rule = (part: string, port: number, from: string) => ({
    group: `openstack:networking/secGroup:SecGroup/${part}`,
    direction: "ingress",
    port: ["tcp", port, port],
    from,
  });
  expect(rules).toEqual([
    rule("prestashop", 80, "10.10.0.0/24"),
    rule("prestashop", 80, "10.10.1.0/24"),
    rule("odoo", 80, "0.0.0.0/0"),
    rule("odoo", 443, "0.0.0.0/0"),
  ]);
  const floating = resourcesOf(cloud, "openstack:networking/floatingIp:FloatingIp");
  expect(floating.map((each) => each.name).sort()).toEqual(["lb", "odoo"]);
});

test("every port has its part's own group and its fixed address, never the cloud's default group", async () => {
  const cloud = await recordLor(profilePlan("rush"));
  const ports = resourcesOf(cloud, "openstack:networking/port:Port").map(({ name, inputs }) => [
    name,
    inputs.securityGroupIds,
    inputs.fixedIps,
  ]);
  const port = (name: string, part: string, ipAddress: string) => [
    name,
    [`openstack:networking/secGroup:SecGroup/${part}`],
    [{ subnetId: `openstack:networking/subnet:Subnet/${part}`, ipAddress }],
  ];
  expect(ports.sort()).toEqual([
    port("odoo", "odoo", "10.10.3.10"),
    port("ps-0", "prestashop", "10.10.1.10"),
    port("ps-1", "prestashop", "10.10.1.11"),
    port("ps-2", "prestashop", "10.10.1.12"),
  ]);
});

test("each database admits the subnet of the servers that use it and waits for its own router interface", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  for (const [engine, from] of [
    ["mysql", "10.10.1.0/24"],
    ["postgresql", "10.10.3.0/24"],
  ] as const) {
    const database = find(cloud, "ovh:CloudProject/database:Database", engine);
    expect(database.inputs.ipRestrictions).toEqual([{ ip: from, description: `lor-prod-${engine}` }]);
    expect(database.dependencies).toContain(
      find(cloud, "openstack:networking/routerInterface:RouterInterface", engine).urn,
    );
  }
});

test("automatic addresses start above the fixed ones, and the networks are the vRack's", async () => {
  const cloud = await recordLor(profilePlan("normal"));
  const subnet = find(cloud, "openstack:networking/subnet:Subnet", "prestashop").inputs;
  expect(subnet).toMatchObject({
    cidr: "10.10.1.0/24",
    gatewayIp: "10.10.1.254",
    allocationPools: [{ start: "10.10.1.100", end: "10.10.1.250" }],
  });
  const network = find(cloud, "openstack:networking/network:Network", "prestashop");
  expect(network.inputs.valueSpecs).toEqual({
    "provider:network_type": "vrack",
    "provider:segmentation_id": "101",
  });
  expect(network.inputs.portSecurityEnabled).toBe(true);
  expect(network.dependencies).toContain(find(cloud, "ovh:Vrack/cloudProject:CloudProject", "vrack").urn);
});

test("every name in the cloud is the deterministic one", async () => {
  const cloud = await recordLor(profilePlan("rush"));
  // Types whose resources have neither name nor description in the cloud, or belong to a named one.
  const nameless = [
    "openstack:networking/routerInterface:RouterInterface",
    "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
    "openstack:networking/secGroupRule:SecGroupRule",
    "openstack:compute/volumeAttach:VolumeAttach",
    "openstack:objectstorage/containerObject:ContainerObject",
    "ovh:Vrack/cloudProject:CloudProject",
    "ovh:CloudProject/s3Credential:S3Credential",
    "ovh:CloudProject/s3Policy:S3Policy",
    "ovh:CloudProjectDatabase/user:User",
    "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser",
    "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance",
    "random:index/randomPassword:RandomPassword",
  ];
  const named = resourcesOf(cloud).filter((each) => !nameless.includes(each.type));
  const names = named.map(({ type, inputs }) => `${type} ${inputs.name ?? inputs.description}`);
  expect(names.filter((name) => !/ lor-prod-[a-z0-9-]+$/.test(name))).toEqual([]);
  expect(new Set(names).size).toBe(names.length);
});

test("without a vRack the networks are plain ones, and nothing is attached", async () => {
  const cloud = await record(async () => {
    new VRack("network", {
      region: "RegionOne",
      routerName: "router",
      externalNetwork: "public",
      subnets: [
        {
          part: "prestashop",
          cloudName: "fronts",
          cidr: "10.10.1.0/24",
          vlan: 101,
          gateway: "10.10.1.254",
          pool: { start: "10.10.1.100", end: "10.10.1.250" },
        },
      ],
      firewalls: [],
      resolvers: ["192.0.2.53"],
    });
    return {};
  });
  expect(resourcesOf(cloud, "ovh:Vrack/cloudProject:CloudProject")).toEqual([]);
  expect(find(cloud, "openstack:networking/network:Network", "prestashop").inputs).not.toHaveProperty("valueSpecs");
  expect(find(cloud, "openstack:networking/subnet:Subnet", "prestashop").inputs.dnsNameservers).toEqual(["192.0.2.53"]);
});
