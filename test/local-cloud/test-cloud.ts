import { createHmac } from "node:crypto";
import { onTestFinished } from "vitest";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { CloudError } from "../../src/local-cloud/kernel/cloud-error.ts";
import type { LocalCloud, LocalCloudOptions } from "../../src/local-cloud/local-cloud.ts";
import type { DatabaseView } from "../../src/local-cloud/ovhcloud/databases/types.ts";
import type { GuestDocument } from "../../src/machines/document.ts";
import { renderUserData } from "../../src/machines/user-data.ts";

const start = Date.UTC(2026, 10, 22, 12, 0, 0);

/** A cloud in memory whose clock stands at 2026-11-22 12:00 UTC until it is stepped; one second is one second. */
export function openCloud(options: Partial<LocalCloudOptions> = {}): LocalCloud {
  const cloud = createLocalCloud({
    databasePath: ":memory:",
    clock: "stepped",
    scale: 1,
    wall: () => start,
    ...options,
  });
  onTestFinished(() => cloud.close());
  return cloud;
}

/** What the cloud refuses with; fails when it does not. */
export function refusal(work: () => unknown): { status: number; code: string; message: string } {
  try {
    work();
  } catch (error) {
    if (error instanceof CloudError) {
      return { status: error.status, code: error.code, message: error.message };
    }
    throw error;
  }
  throw new Error("the cloud accepted what it should refuse");
}

export interface Part {
  readonly networkId: string;
  readonly subnetId: string;
}

/** A private network 10.10.<number>.0/24, gateway .254, automatic addresses from .100. */
export function createPart(cloud: LocalCloud, number: number): Part {
  const network = cloud.neutron.networks.create({ name: `part-${number}` });
  const subnet = cloud.neutron.subnets.create({
    name: `part-${number}`,
    networkId: network.id,
    cidr: `10.10.${number}.0/24`,
    gatewayIp: `10.10.${number}.254`,
    allocationPools: [{ start: `10.10.${number}.100`, end: `10.10.${number}.250` }],
  });
  return { networkId: network.id, subnetId: subnet.id };
}

export interface Shop {
  readonly router: string;
  readonly balancerPart: Part;
  readonly frontPart: Part;
  readonly databasePart: Part;
  readonly groupId: string;
  readonly database: DatabaseView;
  readonly userId: string;
  readonly document: GuestDocument;
  readonly balancerId: string;
  readonly poolId: string;
  readonly memberId: string;
  readonly portId: string;
  readonly serverId: string;
  readonly volumeId: string;
  readonly flavors: Readonly<Record<string, string>>;
}

export const frontAddress = "10.10.1.10";
const container = "lor-test-configuration";
const key = "temporary-key";

/** A whole shop with one front behind a load balancer, everything ACTIVE and the front healthy. */
export async function createShop(cloud: LocalCloud): Promise<Shop> {
  const external = cloud.neutron.networks.list({ region: "GRA11", name: "Ext-Net" })[0]?.id ?? "";
  const router = cloud.neutron.routers.create({ name: "router", externalNetworkId: external }).id;
  const [balancerPart, frontPart, databasePart] = [0, 1, 2].map((number) => {
    const part = createPart(cloud, number);
    cloud.neutron.routers.addInterface(router, { subnetId: part.subnetId });
    return part;
  }) as [Part, Part, Part];

  const database = cloud.ovhDatabases.create({
    engine: "mysql",
    version: "8",
    plan: "essential",
    flavor: "db1-4",
    description: "shop",
    nodes: [{ region: "GRA", networkId: databasePart.networkId, subnetId: databasePart.subnetId }],
    ipRestrictions: [{ ip: "10.10.1.0/24" }],
  });
  cloud.clock.step(1000);
  const user = cloud.ovhDatabases.createUser(database.id, { name: "prestashop" });
  cloud.ovhDatabases.createLogicalDatabase(database.id, "prestashop");

  const document = documentOf(database, user.password);
  cloud.swift.containers.put({ name: container, region: "GRA", metadata: { "Temp-URL-Key": key } });
  putDocument(cloud, document);

  const flavors = Object.fromEntries(cloud.octavia.flavors.list("GRA11").map(({ name, id }) => [name, id]));
  const balancer = cloud.ovhLoadBalancers.create({
    region: "GRA11",
    name: "balancer",
    flavorId: flavors.medium ?? "",
    networkId: balancerPart.networkId,
    subnetId: balancerPart.subnetId,
    gatewayId: router,
  });
  cloud.clock.step(100);
  const settled = <T>(made: T): T => {
    cloud.clock.step(10);
    return made;
  };
  const pool = settled(
    cloud.octavia.pools.create({
      name: "pool",
      loadBalancerId: balancer.id,
      protocol: "HTTP",
      lbMethod: "LEAST_CONNECTIONS",
    }),
  );
  settled(cloud.octavia.monitors.create({ poolId: pool.id, type: "HTTP", delay: 5, timeout: 4, maxRetries: 2 }));

  const groupId = cloud.neutron.securityGroups.create({ name: "fronts" }).id;
  cloud.neutron.securityGroups.createRule({
    securityGroupId: groupId,
    direction: "ingress",
    ethertype: "IPv4",
    protocol: "tcp",
    portRangeMin: 80,
    portRangeMax: 80,
    remoteIpPrefix: "10.10.0.0/24",
  });
  const port = cloud.neutron.ports.create({
    name: "ps-0",
    networkId: frontPart.networkId,
    fixedIps: [{ subnetId: frontPart.subnetId, ipAddress: frontAddress }],
    securityGroupIds: [groupId],
  });
  const server = cloud.nova.servers.create({
    name: "ps-0",
    flavorName: "b2-7-flex",
    imageName: "Debian 12",
    networks: [{ portId: port.id }],
    userData: renderUserData({ name: "ps-0", role: "prestashop", documentUrl: signedUrl(cloud, "guests/ps-0.json") }),
  });
  const volume = cloud.cinder.volumes.create({ name: "ps-0-data", size: 100, volumeType: "high-speed" });
  cloud.clock.step(200);
  cloud.nova.volumeAttachments.create({ serverId: server.id, volumeId: volume.id });
  const member = settled(
    cloud.octavia.members.create({
      name: "ps-0",
      poolId: pool.id,
      address: frontAddress,
      protocolPort: 80,
      subnetId: frontPart.subnetId,
    }),
  );
  return {
    router,
    balancerPart,
    frontPart,
    databasePart,
    groupId,
    database,
    userId: user.id,
    document,
    balancerId: balancer.id,
    poolId: pool.id,
    memberId: member.id,
    portId: port.id,
    serverId: server.id,
    volumeId: volume.id,
    flavors,
  };
}

export function signedUrl(cloud: LocalCloud, object: string, expires = 4_000_000_000, signingKey = key): string {
  const path = `/v1/AUTH_${cloud.keystone.projectId}/${container}/${object}`;
  const signature = createHmac("sha256", signingKey).update(`GET\n${expires}\n${path}`).digest("hex");
  return `https://storage.gra.cloud.ovh.net${path}?temp_url_sig=${signature}&temp_url_expires=${expires}`;
}

export function putDocument(cloud: LocalCloud, document: GuestDocument): void {
  cloud.swift.objects.put({ container, region: "GRA", name: "guests/ps-0.json", content: JSON.stringify(document) });
}

function documentOf(database: DatabaseView, password: string): GuestDocument {
  const storage = {
    endpoint: "https://s3.gra.io.cloud.ovh.net",
    region: "gra",
    bucket: "images",
    accessKey: "access",
    secretKey: "secret",
  };
  return {
    version: 1,
    name: "ps-0",
    role: "prestashop",
    domain: "www.lor.example",
    release: { version: "8.2.1", url: "https://example.org/prestashop.zip", sha256: "0".repeat(64) },
    database: {
      engine: "mysql",
      host: database.endpoints[0]?.domain ?? "",
      port: database.endpoints[0]?.port ?? 0,
      name: "prestashop",
      user: "prestashop",
      password,
    },
    storage,
    copies: storage,
    trustedProxies: [],
    secrets: {},
    files: [],
  };
}
