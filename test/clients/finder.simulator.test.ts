import { afterAll, beforeAll, expect, test } from "vitest";
import type { CloudMatch, ResourceFinder } from "../../src/clouds/clients.ts";
import { connectClients } from "../../src/clouds/ovh/connect.ts";
import { findableTypes } from "../../src/clouds/ovh/name-finder.ts";
import { databaseAdministrator } from "../../src/domain/database-administrator.ts";
import { identityOf } from "../../src/engine/resource-identity.ts";
import { supportedPackages } from "../../src/local-cloud/catalogue/supported.ts";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { type RunningHttpApi, startHttpApi } from "../../src/local-cloud/http/http-server.ts";
import type { LocalCloud } from "../../src/local-cloud/local-cloud.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import { startTraffic } from "../../src/local-cloud/traffic/start.ts";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";

/** One resource of each type, made through the services' own API, and the inputs that a stack would have recorded for it. */
interface Sample {
  readonly inputs: Readonly<Record<string, unknown>>;
  /** What the search must give; undefined for types that are never adopted. */
  readonly expected: CloudMatch | undefined;
  /** Inputs under which nothing exists. */
  readonly missing: Readonly<Record<string, unknown>>;
}

let cloud: LocalCloud;
let httpApi: RunningHttpApi;
let traffic: ReturnType<typeof startTraffic>;
let finder: ResourceFinder;
let samples: Readonly<Record<string, Sample>>;
const region = "GRA11";

beforeAll(async () => {
  cloud = createLocalCloud({ databasePath: ":memory:", scale: 10_000 });
  traffic = startTraffic(cloud, {
    portOffset: 20_000 + (process.pid % 20_000),
    scale: 10_000,
    instanceCertificate: selfSignedPkcs12(["localhost"], new Date()),
  });
  const { apis } = openSimulators(cloud, await loadSimulators());
  httpApi = await startHttpApi({ cloud, apis, traffic: traffic.traffic, token: "token" });
  const operator = cloud.keystone.operator();
  finder = connectClients(
    {
      openstack: {
        authUrl: `${httpApi.url}/identity/v3`,
        region,
        identity: {
          kind: "password",
          user: operator.userName,
          password: operator.password,
          userDomain: "Default",
          projectId: cloud.keystone.projectId,
          projectName: undefined,
          projectDomain: "Default",
        },
      },
      ovh: { kind: "address", url: `${httpApi.url}/1.0`, token: "token" },
      projectId: cloud.keystone.projectId,
    },
    { firstPauseMs: 5 },
  ).finder;
  samples = await createOneOfEach(cloud);
});

afterAll(async () => {
  await httpApi?.close();
  await traffic?.close();
  cloud?.close();
});

async function createOneOfEach(made: LocalCloud): Promise<Record<string, Sample>> {
  const {
    nova,
    neutron,
    octavia,
    cinder,
    swift,
    barbican,
    ovhDatabases,
    ovhStorage,
    ovhUsers,
    ovhVrack,
    ovhBackups,
    ovhZones,
  } = made;
  const projectId = made.keystone.projectId;
  ovhVrack.attach("pn-1000000", projectId);
  await made.waitUntil(() => ovhVrack.get("pn-1000000", projectId).status === "ATTACHED");
  const network = neutron.networks.create({
    region,
    name: "lor-net",
    valueSpecs: { "provider:network_type": "vrack", "provider:segmentation_id": "100" },
  });
  const subnet = neutron.subnets.create({
    region,
    name: "lor-subnet",
    networkId: network.id,
    cidr: "10.78.1.0/24",
    gatewayIp: "10.78.1.254",
    allocationPools: [{ start: "10.78.1.100", end: "10.78.1.200" }],
  });
  const external = neutron.networks.list({ region }).find((candidate) => candidate.external);
  if (external === undefined) throw new Error("the cloud has no external network");
  const router = neutron.routers.create({ region, name: "lor-router", externalNetworkId: external.id });
  const routerInterface = neutron.routers.addInterface(router.id, { subnetId: subnet.id });
  const group = neutron.securityGroups.create({ region, name: "lor-group" });
  const rule = neutron.securityGroups.createRule({
    region,
    securityGroupId: group.id,
    direction: "ingress",
    ethertype: "IPv4",
    protocol: "tcp",
    portRangeMin: 80,
    portRangeMax: 80,
    remoteIpPrefix: "10.78.0.0/24",
  });
  const port = neutron.ports.create({
    region,
    name: "lor-ps-0",
    networkId: network.id,
    fixedIps: [{ subnetId: subnet.id, ipAddress: "10.78.1.10" }],
    securityGroupIds: [group.id],
  });
  const floatingIp = neutron.floatingIps.create({
    region,
    pool: external.name,
    description: "lor-odoo",
    portId: port.id,
  });
  const key = nova.keypairs.create({
    region,
    name: "lor-key",
    publicKey:
      "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBwbGFjZWhvbGRlciBrZXkgMDAwMDAw administrator@lor.example",
  });
  const serverGroup = nova.serverGroups.create({ region, name: "lor-fronts", policy: "soft-anti-affinity" });
  const server = nova.servers.create({
    region,
    name: "lor-ps-0",
    flavorName: "b2-7-flex",
    imageName: "Debian 12",
    networks: [{ portId: port.id }],
  });
  await made.waitUntil(() => nova.servers.get(server.id).status === "ACTIVE");
  const volume = cinder.volumes.create({ region, name: "lor-ps-0-data", size: 100, volumeType: "high-speed" });
  await made.waitUntil(() => cinder.volumes.get(volume.id).status === "available");
  nova.volumeAttachments.create({ serverId: server.id, volumeId: volume.id });
  const balancer = octavia.loadBalancers.create({ region, name: "lor-lb", vipSubnetId: subnet.id });
  const rest = () => made.waitUntil(() => octavia.loadBalancers.get(balancer.id).provisioningStatus === "ACTIVE");
  await rest();
  const pool = octavia.pools.create({
    name: "lor-lb-pool",
    loadBalancerId: balancer.id,
    protocol: "HTTP",
    lbMethod: "ROUND_ROBIN",
  });
  await rest();
  const listener = octavia.listeners.create({
    name: "lor-lb-http",
    loadBalancerId: balancer.id,
    protocol: "HTTP",
    protocolPort: 80,
    defaultPoolId: pool.id,
  });
  await rest();
  const member = octavia.members.create({ poolId: pool.id, name: "lor-ps-0", address: "10.78.1.10", protocolPort: 80 });
  await rest();
  const monitor = octavia.monitors.create({
    poolId: pool.id,
    name: "lor-lb-monitor",
    type: "HTTP",
    delay: 5,
    timeout: 4,
    maxRetries: 2,
    urlPath: "/health",
    expectedCodes: "200",
  });
  await rest();
  const ovhFlavor = octavia.flavors.list(region)[0];
  if (ovhFlavor === undefined) throw new Error("the cloud has no load balancer flavor");
  const shell = made.ovhLoadBalancers.create({
    region,
    name: "lor-shell",
    flavorId: ovhFlavor.id,
    networkId: network.id,
    subnetId: subnet.id,
  });
  swift.containers.put({ region, name: "lor-guests" });
  const secret = barbican.secrets.create({
    region,
    name: "lor-lb-certificate",
    payload: "planted-payload",
    payloadContentType: "text/plain",
  });
  const mysql = ovhDatabases.create({
    engine: "mysql",
    description: "lor-mysql",
    version: "8",
    plan: "essential",
    flavor: "db1-4",
    nodes: [{ region: "GRA" }],
  });
  const postgresql = ovhDatabases.create({
    engine: "postgresql",
    description: "lor-postgresql",
    version: "16",
    plan: "essential",
    flavor: "db1-4",
    nodes: [{ region: "GRA" }],
  });
  await made.waitUntil(() => [mysql, postgresql].every(({ id }) => ovhDatabases.get(id).status === "READY"));
  const mysqlUser = ovhDatabases.createUser(mysql.id, { name: "prestashop" });
  const postgresqlUser = ovhDatabases.createUser(postgresql.id, { name: "odoo" });
  const logical = ovhDatabases.createLogicalDatabase(mysql.id, "prestashop");
  ovhStorage.create({ region: "GRA", name: "lor-images", versioning: "enabled" });
  const user = ovhUsers.create({ description: "lor-images", roleNames: ["objectstore_operator"] });
  const s3 = ovhUsers.createS3Credential(user.id);
  ovhUsers.setS3Policy(user.id, "{}");
  const www = { zone: "lor.example", subDomain: "www", fieldType: "A", target: "203.0.113.10", ttl: 0 };
  const record = ovhZones.create(www);
  const backup = ovhBackups.create({ region, instanceId: server.id, name: "lor-ps-0", cron: "0 4 * * *", rotation: 7 });

  const named = (id: string, inputs: Readonly<Record<string, unknown>>, key: string): Sample => ({
    inputs,
    expected: { id },
    missing: { ...inputs, [key]: `${String(inputs[key])}-elsewhere` },
  });
  const inGuests = { containerName: "lor-guests", name: "guests/ps-0.json" };
  return {
    "openstack:compute/instance:Instance": named(server.id, { name: "lor-ps-0" }, "name"),
    "openstack:compute/serverGroup:ServerGroup": named(serverGroup.id, { name: "lor-fronts" }, "name"),
    "openstack:compute/keypair:Keypair": named(key.name, { name: "lor-key" }, "name"),
    "openstack:compute/volumeAttach:VolumeAttach": named(
      `${server.id}/${volume.id}`,
      { instanceId: server.id, volumeId: volume.id },
      "volumeId",
    ),
    "openstack:blockstorage/volume:Volume": named(volume.id, { name: "lor-ps-0-data" }, "name"),
    "openstack:networking/network:Network": named(network.id, { name: "lor-net" }, "name"),
    "openstack:networking/subnet:Subnet": named(subnet.id, { name: "lor-subnet", networkId: network.id }, "networkId"),
    "openstack:networking/port:Port": named(port.id, { name: "lor-ps-0", networkId: network.id }, "name"),
    "openstack:networking/router:Router": named(router.id, { name: "lor-router" }, "name"),
    "openstack:networking/routerInterface:RouterInterface": named(
      routerInterface.portId,
      { routerId: router.id, subnetId: subnet.id },
      "subnetId",
    ),
    "openstack:networking/floatingIp:FloatingIp": named(floatingIp.id, { description: "lor-odoo" }, "description"),
    "openstack:networking/floatingIpAssociate:FloatingIpAssociate": named(
      floatingIp.id,
      { floatingIp: floatingIp.address, portId: port.id },
      "portId",
    ),
    "openstack:networking/secGroup:SecGroup": named(group.id, { name: "lor-group" }, "name"),
    "openstack:networking/secGroupRule:SecGroupRule": named(
      rule.id,
      {
        securityGroupId: group.id,
        direction: "ingress",
        ethertype: "IPv4",
        protocol: "tcp",
        portRangeMin: 80,
        portRangeMax: 80,
        remoteIpPrefix: "10.78.0.0/24",
      },
      "remoteIpPrefix",
    ),
    "openstack:loadbalancer/loadBalancer:LoadBalancer": named(balancer.id, { name: "lor-lb" }, "name"),
    "openstack:loadbalancer/listener:Listener": named(
      listener.id,
      { name: "lor-lb-http", loadbalancerId: balancer.id, protocolPort: 80 },
      "loadbalancerId",
    ),
    "openstack:loadbalancer/pool:Pool": named(pool.id, { name: "lor-lb-pool", loadbalancerId: balancer.id }, "name"),
    "openstack:loadbalancer/member:Member": named(
      `${pool.id}/${member.id}`,
      { name: "lor-ps-0", poolId: pool.id, address: "10.78.1.10", protocolPort: 80 },
      "address",
    ),
    "openstack:loadbalancer/monitor:Monitor": named(monitor.id, { name: "lor-lb-monitor", poolId: pool.id }, "poolId"),
    "openstack:objectstorage/container:Container": named("lor-guests", { name: "lor-guests", region }, "name"),
    "openstack:objectstorage/containerObject:ContainerObject": {
      inputs: inGuests,
      expected: undefined,
      missing: inGuests,
    },
    "openstack:keymanager/secretV1:SecretV1": named(secret.id, { name: "lor-lb-certificate" }, "name"),
    "ovh:Vrack/cloudProject:CloudProject": named(
      `pn-1000000/${projectId}`,
      { serviceName: "pn-1000000", projectId },
      "serviceName",
    ),
    "ovh:CloudProject/database:Database": named(
      `${projectId}/mysql/${mysql.id}`,
      { serviceName: projectId, engine: "mysql", description: "lor-mysql" },
      "description",
    ),
    "ovh:CloudProjectDatabase/user:User": {
      ...named("", { engine: "mysql", clusterId: mysql.id, name: "prestashop" }, "name"),
      expected: { id: `${projectId}/mysql/${mysql.id}/${mysqlUser.id}`, secretLost: true },
    },
    "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser": {
      ...named("", { clusterId: postgresql.id, name: "odoo" }, "name"),
      expected: { id: `${projectId}/${postgresql.id}/${postgresqlUser.id}`, secretLost: true },
    },
    "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance": named(
      `${projectId}/mysql/${mysql.id}/${logical.id}`,
      { engine: "mysql", clusterId: mysql.id, name: "prestashop" },
      "name",
    ),
    "ovh:CloudProject/loadBalancer:LoadBalancer": named(
      `${projectId}/${region}/${shell.id}`,
      { regionName: region, name: "lor-shell" },
      "name",
    ),
    "ovh:CloudProject/storage:Storage": named(
      `${projectId}/GRA/lor-images`,
      { regionName: "GRA", name: "lor-images" },
      "name",
    ),
    "ovh:CloudProject/workflowBackup:WorkflowBackup": named(
      backup.id,
      { regionName: region, name: "lor-ps-0" },
      "name",
    ),
    "ovh:CloudProject/user:User": named(`${projectId}/${user.id}`, { description: "lor-images" }, "description"),
    "ovh:CloudProject/s3Credential:S3Credential": {
      ...named("", { userId: user.id }, "userId"),
      expected: { id: `${projectId}/${user.id}/${s3.access}`, secretLost: true },
    },
    "ovh:CloudProject/s3Policy:S3Policy": {
      inputs: { userId: user.id },
      expected: { id: `${projectId}/${user.id}` },
      missing: { userId: "0" },
    },
    "ovh:Domain/zoneRecord:ZoneRecord": named(
      `${record.id}.lor.example`,
      { zone: "lor.example", subdomain: "www", fieldtype: "A", target: "203.0.113.10" },
      "target",
    ),
  };
}

test.each(findableTypes)("%s is found by what names it, and only by that", async (type) => {
  const sample = samples[type];
  if (sample === undefined) throw new Error(`no sample of ${type}`);
  // What the engine keeps of a creation is all that the search has after a crash.
  expect(identityOf(sample.inputs)).toEqual(sample.inputs);
  expect(await finder.find(type, sample.inputs)).toEqual(sample.expected);
  expect(await finder.find(type, sample.missing)).toBeUndefined();
});

test.each(findableTypes)(
  "%s: of another name it is found by its id, among what belongs to the same parents",
  async (type) => {
    const sample = samples[type];
    if (sample?.expected === undefined || !finder.isChosen(type)) return;
    const id = sample.expected.id.split("/").at(-1) ?? "";
    const called = { name: "otherwise", description: "otherwise", userName: "otherwise" };
    const inputs = Object.fromEntries(
      Object.entries(sample.inputs).map(([key, value]) => [key, key in called ? "otherwise" : value]),
    );
    expect(await finder.find(type, inputs, id)).toEqual(sample.expected);
    expect(await finder.find(type, inputs, "no-such-id")).toBeUndefined();
  },
);

test("a service's own administrator is there anyway, and never to be discarded", async () => {
  const administrator = cloud.ovhDatabases.list().flatMap(({ id, engine }) =>
    cloud.ovhDatabases
      .listUsers(id)
      .filter(({ username }) => username === databaseAdministrator)
      .map((user) => ({ ...user, engine })),
  );
  expect(administrator.map(({ engine }) => engine).toSorted()).toEqual(["mysql", "postgresql"]);
  for (const { clusterId, engine } of administrator) {
    const inputs = { clusterId, name: databaseAdministrator };
    const found =
      engine === "mysql"
        ? await finder.find("ovh:CloudProjectDatabase/user:User", { ...inputs, engine })
        : await finder.find("ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser", inputs);
    expect(found).toMatchObject({ alwaysThere: true });
    expect(found).not.toHaveProperty("secretLost");
  }
});

test("addresses and groups that the engine's provider does not read are told by the cloud's own API", async () => {
  const type = "openstack:networking/port:Port";
  const { id = "" } = samples[type]?.expected ?? {};
  const port = cloud.neutron.ports.get(id);
  expect(await finder.shown(type, id, region)).toEqual({
    fixedIps: port.fixedIps,
    securityGroupIds: port.securityGroupIds,
  });
  expect(await finder.shown("openstack:networking/network:Network", "any", region)).toEqual({});
});

test("every resource type of the catalogue can be looked for", () => {
  const classNames = supportedPackages
    .filter(({ name }) => name !== "random")
    .flatMap(({ name, resources }) =>
      Object.keys(resources).map((path) => `${name} ${path.split("/")[1]?.toLowerCase()}`),
    );
  const findable = findableTypes.map(
    (type) => `${type.split(":")[0]} ${type.split("/")[1]?.split(":")[0]?.toLowerCase()}`,
  );
  expect(findable.sort()).toEqual(classNames.sort());
});

test("what lost its secret can be discarded, and is not found afterwards", async () => {
  const types = [
    "ovh:CloudProject/s3Credential:S3Credential",
    "ovh:CloudProjectDatabase/user:User",
    "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser",
  ];
  for (const type of types) {
    const sample = samples[type];
    await finder.discard(type, sample?.expected?.id ?? "");
    expect(await finder.find(type, sample?.inputs ?? {})).toBeUndefined();
    // Doing it again changes nothing.
    await finder.discard(type, sample?.expected?.id ?? "");
  }
});

test("two servers of one name are refused: which one is meant cannot be guessed", async () => {
  const network = cloud.neutron.networks.list({ region, name: "lor-net" })[0];
  if (network === undefined) throw new Error("no network");
  for (let count = 0; count < 2; count++) {
    cloud.nova.servers.create({
      region,
      name: "lor-twin",
      flavorName: "b2-7-flex",
      imageName: "Debian 12",
      networks: [{ networkId: network.id }],
    });
  }
  await expect(finder.find("openstack:compute/instance:Instance", { name: "lor-twin" })).rejects.toMatchObject({
    code: "cloud-ambiguous-name",
  });
});
