import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import type { Properties } from "./provider-client.ts";

/** One resource of every supported type, in the order in which they need each other. */
export interface Landmark {
  readonly type: string;
  /** Unique key; later landmarks refer to it. */
  readonly key: string;
  readonly inputs: (made: Made) => Properties;
  /** Inputs that change in place. */
  readonly change?: Properties;
  /** One input that replaces. */
  readonly replace?: Properties;
  /** Id that the real provider imports by; default the id. */
  readonly importId?: (id: string, made: Made, cloud: LocalCloud) => string;
}

export interface Made {
  id(key: string): string;
  output(key: string, name: string): unknown;
}

const region = "GRA11";
const key =
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBwbGFjZWhvbGRlciBrZXkgMDAwMDAw administrator@lor.example";

export function landscape(cloud: LocalCloud): readonly Landmark[] {
  const project = cloud.keystone.projectId;
  const [small, medium] = cloud.octavia.flavors.list(region).map((flavor) => flavor.id);
  const [image] = cloud.glance.images.list({ region, name: "Debian 12" });
  const external = cloud.neutron.networks.list({ region }).find((network) => network.external);
  if (small === undefined || medium === undefined || image === undefined || external === undefined) {
    throw new Error("the cloud lacks what every cloud has: sizes of load balancers, an image, an external network");
  }
  return [
    {
      type: "ovh:Vrack/cloudProject:CloudProject",
      key: "vrack",
      inputs: () => ({ serviceName: "pn-1000000", projectId: project }),
      replace: { serviceName: "pn-2" },
      importId: () => `pn-1000000/${project}`,
    },
    {
      type: "openstack:networking/network:Network",
      key: "network",
      inputs: () => ({
        name: "lor-prod-front",
        region,
        adminStateUp: true,
        portSecurityEnabled: true,
        valueSpecs: { "provider:network_type": "vrack", "provider:segmentation_id": "101" },
      }),
      change: { description: "fronts" },
      replace: { valueSpecs: { "provider:network_type": "vrack", "provider:segmentation_id": "102" } },
    },
    {
      type: "openstack:networking/subnet:Subnet",
      key: "subnet",
      inputs: (made) => ({
        name: "lor-prod-front",
        region,
        networkId: made.id("network"),
        cidr: "10.10.1.0/24",
        ipVersion: 4,
        enableDhcp: true,
        gatewayIp: "10.10.1.254",
        allocationPools: [{ start: "10.10.1.100", end: "10.10.1.250" }],
        dnsNameservers: ["213.186.33.99"],
      }),
      change: { dnsNameservers: ["1.1.1.1"] },
      replace: { cidr: "10.10.9.0/24" },
    },
    {
      type: "openstack:networking/router:Router",
      key: "router",
      inputs: () => ({ name: "lor-prod-router", region, externalNetworkId: external.id }),
      change: { description: "way out" },
      replace: { region: "SBG5" },
    },
    {
      type: "openstack:networking/routerInterface:RouterInterface",
      key: "interface",
      inputs: (made) => ({ region, routerId: made.id("router"), subnetId: made.id("subnet") }),
      replace: { subnetId: "another" },
    },
    {
      type: "openstack:networking/secGroup:SecGroup",
      key: "group",
      inputs: () => ({ name: "lor-prod-front", region, description: "fronts" }),
      change: { description: "all fronts" },
      replace: { deleteDefaultRules: true },
    },
    {
      type: "openstack:networking/secGroupRule:SecGroupRule",
      key: "rule",
      inputs: (made) => ({
        region,
        securityGroupId: made.id("group"),
        description: "http",
        direction: "ingress",
        ethertype: "IPv4",
        protocol: "tcp",
        portRangeMin: 80,
        portRangeMax: 80,
        remoteIpPrefix: "10.10.0.0/24",
      }),
      replace: { portRangeMax: 81 },
    },
    {
      type: "openstack:networking/port:Port",
      key: "port",
      inputs: (made) => ({
        name: "lor-prod-ps-0",
        region,
        networkId: made.id("network"),
        adminStateUp: true,
        fixedIps: [{ subnetId: made.id("subnet"), ipAddress: "10.10.1.10" }],
        securityGroupIds: [made.id("group")],
      }),
      change: { description: "front 0" },
      replace: { macAddress: "fa:16:3e:00:00:01" },
    },
    {
      type: "openstack:compute/serverGroup:ServerGroup",
      key: "servers",
      inputs: () => ({ name: "lor-prod-fronts", region, policies: ["soft-anti-affinity"] }),
      replace: { policies: ["anti-affinity"] },
    },
    {
      type: "openstack:compute/keypair:Keypair",
      key: "keypair",
      inputs: () => ({ name: "lor-prod-administrator", region, publicKey: key }),
      replace: { publicKey: key.replace("Bw", "Bx") },
    },
    {
      type: "openstack:compute/instance:Instance",
      key: "instance",
      inputs: (made) => ({
        name: "lor-prod-ps-0",
        region,
        flavorName: "b2-7-flex",
        imageId: image.id,
        keyPair: made.id("keypair"),
        networks: [{ port: made.id("port") }],
        userData: "#cloud-config\n{}\n",
        metadata: { "lor-name": "ps-0" },
        schedulerHints: [{ group: made.id("servers") }],
      }),
      change: { flavorName: "b2-15-flex" },
      replace: { userData: "#cloud-config\n{more: true}\n" },
    },
    {
      type: "openstack:blockstorage/volume:Volume",
      key: "volume",
      inputs: () => ({
        name: "lor-prod-ps-0-data",
        description: "data",
        region,
        size: 100,
        volumeType: "high-speed",
        enableOnlineResize: true,
      }),
      change: { size: 120 },
      replace: { volumeType: "classic" },
    },
    {
      type: "openstack:compute/volumeAttach:VolumeAttach",
      key: "attachment",
      inputs: (made) => ({ region, instanceId: made.id("instance"), volumeId: made.id("volume") }),
      replace: { volumeId: "another" },
    },
    {
      type: "openstack:networking/floatingIp:FloatingIp",
      key: "address",
      inputs: () => ({ region, pool: external.name, description: "lor-prod-lb" }),
      change: { description: "lor-prod-way-in" },
      replace: { pool: "another" },
    },
    {
      type: "ovh:CloudProject/loadBalancer:LoadBalancer",
      key: "shell",
      inputs: (made) => ({
        serviceName: project,
        regionName: region,
        name: "lor-prod-lb",
        description: "lor-prod-lb",
        flavorId: small,
        network: {
          private: {
            network: { id: made.id("network"), subnetId: made.id("subnet") },
            gateway: { id: made.id("router") },
            floatingIp: { id: made.id("address") },
          },
        },
      }),
      change: { flavorId: medium },
      replace: { regionName: "SBG5" },
      importId: (id) => `${project}/${region}/${id}`,
    },
    {
      type: "openstack:loadbalancer/loadBalancer:LoadBalancer",
      key: "balancer",
      inputs: (made) => ({
        name: "lor-prod-plain-lb",
        region,
        description: "plain",
        vipSubnetId: made.id("subnet"),
        vipAddress: "10.10.1.20",
        flavorId: small,
      }),
      change: { description: "plain Octavia" },
      replace: { flavorId: medium },
    },
    {
      type: "openstack:networking/floatingIp:FloatingIp",
      key: "second address",
      inputs: () => ({ region, pool: external.name, description: "lor-prod-plain-lb" }),
    },
    {
      type: "openstack:networking/floatingIpAssociate:FloatingIpAssociate",
      key: "association",
      inputs: (made) => ({
        region,
        floatingIp: made.output("second address", "address"),
        portId: made.output("balancer", "vipPortId"),
      }),
      replace: { floatingIp: "203.0.113.99" },
    },
    {
      type: "openstack:loadbalancer/pool:Pool",
      key: "pool",
      inputs: (made) => ({
        name: "lor-prod-lb-pool",
        description: "fronts",
        region,
        protocol: "HTTP",
        lbMethod: "LEAST_CONNECTIONS",
        loadbalancerId: made.id("shell"),
      }),
      change: { lbMethod: "ROUND_ROBIN" },
      replace: { protocol: "TCP" },
    },
    {
      type: "openstack:keymanager/secretV1:SecretV1",
      key: "certificate",
      inputs: () => ({
        name: "lor-prod-lb-certificate",
        region,
        payload: Buffer.from("a certificate").toString("base64"),
        payloadContentType: "application/octet-stream",
        payloadContentEncoding: "base64",
        secretType: "opaque",
      }),
      replace: { payload: Buffer.from("another").toString("base64") },
    },
    {
      type: "openstack:loadbalancer/listener:Listener",
      key: "listener",
      inputs: (made) => ({
        name: "lor-prod-lb-http",
        region,
        loadbalancerId: made.id("shell"),
        protocol: "HTTP",
        protocolPort: 80,
        insertHeaders: { "X-Forwarded-Proto": "true" },
      }),
      change: { timeoutClientData: 60000 },
      replace: { protocolPort: 81 },
    },
    {
      type: "openstack:loadbalancer/monitor:Monitor",
      key: "monitor",
      inputs: (made) => ({
        name: "lor-prod-lb-health",
        region,
        poolId: made.id("pool"),
        type: "HTTP",
        httpMethod: "GET",
        urlPath: "/health",
        expectedCodes: "200",
        delay: 5,
        timeout: 4,
        maxRetries: 2,
      }),
      change: { delay: 7 },
      replace: { type: "TCP" },
    },
    {
      type: "openstack:loadbalancer/member:Member",
      key: "member",
      inputs: (made) => ({
        name: "lor-prod-ps-0",
        region,
        poolId: made.id("pool"),
        address: "10.10.1.10",
        protocolPort: 80,
        subnetId: made.id("subnet"),
        weight: 1,
      }),
      change: { weight: 0 },
      replace: { address: "10.10.1.11" },
      importId: (id, made) => `${made.id("pool")}/${id}`,
    },
    {
      type: "openstack:objectstorage/container:Container",
      key: "container",
      inputs: () => ({ name: "lor-prod-configuration", region: "GRA", metadata: { "Temp-URL-Key": "k".repeat(48) } }),
      change: { containerRead: ".r:*" },
      replace: { storagePolicy: "another" },
    },
    {
      type: "openstack:objectstorage/containerObject:ContainerObject",
      key: "object",
      inputs: (made) => ({
        containerName: made.id("container"),
        name: "guests/ps-0.json",
        region: "GRA",
        contentType: "application/json",
        content: '{"version":1}\n',
      }),
      change: { content: '{"version":2}\n' },
      replace: { name: "guests/ps-1.json" },
    },
    {
      type: "ovh:CloudProject/database:Database",
      key: "database",
      inputs: (made) => ({
        engine: "postgresql",
        version: "16",
        plan: "essential",
        flavor: "db1-4",
        diskSize: 80,
        description: "lor-prod-postgresql",
        nodes: [{ region: "GRA", networkId: made.id("network"), subnetId: made.id("subnet") }],
        ipRestrictions: [{ ip: "10.10.3.0/24", description: "odoo" }],
        backupTime: "03:30:00",
        backupRegions: ["GRA", "SBG"],
      }),
      change: { description: "lor-prod-postgres" },
      replace: { engine: "mysql", version: "8" },
      importId: (id) => `${project}/postgresql/${id}`,
    },
    {
      type: "ovh:CloudProjectDatabase/postgresSqlUser:PostgresSqlUser",
      key: "postgresql user",
      inputs: (made) => ({ clusterId: made.id("database"), name: "odoo", roles: [] }),
      change: { passwordReset: "1" },
      replace: { name: "another" },
      importId: (id, made) => `${project}/${made.id("database")}/${id}`,
    },
    {
      type: "ovh:CloudProjectDatabase/databaseInstance:DatabaseInstance",
      key: "logical database",
      inputs: (made) => ({ clusterId: made.id("database"), engine: "postgresql", name: "odoo" }),
      replace: { name: "another" },
      importId: (id, made) => `${project}/postgresql/${made.id("database")}/${id}`,
    },
    {
      type: "ovh:CloudProject/database:Database",
      key: "mysql",
      inputs: () => ({
        engine: "mysql",
        version: "8",
        plan: "essential",
        flavor: "db1-4",
        description: "lor-prod-mysql",
        nodes: [{ region: "GRA" }],
      }),
      importId: (id) => `${project}/mysql/${id}`,
    },
    {
      type: "ovh:CloudProjectDatabase/user:User",
      key: "mysql user",
      inputs: (made) => ({ clusterId: made.id("mysql"), engine: "mysql", name: "prestashop" }),
      change: { passwordReset: "1" },
      replace: { name: "another" },
      importId: (id, made) => `${project}/mysql/${made.id("mysql")}/${id}`,
    },
    {
      type: "ovh:CloudProject/storage:Storage",
      key: "copies",
      inputs: () => ({
        serviceName: project,
        regionName: "SBG",
        name: "lor-prod-copies",
        versioning: { status: "enabled" },
        encryption: { sseAlgorithm: "AES256" },
        hideObjects: true,
      }),
      change: { tags: { kind: "copies" } },
      replace: { name: "another" },
      importId: () => `${project}/SBG/lor-prod-copies`,
    },
    {
      type: "ovh:CloudProject/storage:Storage",
      key: "images",
      inputs: () => ({
        serviceName: project,
        regionName: "GRA",
        name: "lor-prod-images",
        versioning: { status: "enabled" },
        hideObjects: true,
        replication: {
          rules: [
            {
              id: "copies",
              status: "enabled",
              priority: 1,
              deleteMarkerReplication: "disabled",
              destination: { name: "lor-prod-copies", region: "SBG" },
            },
          ],
        },
      }),
      importId: () => `${project}/GRA/lor-prod-images`,
    },
    {
      type: "ovh:CloudProject/user:User",
      key: "user",
      inputs: () => ({ description: "lor-prod-images", roleNames: ["objectstore_operator"] }),
      change: { passwordReset: "1" },
      replace: { description: "another" },
      importId: (id) => `${project}/${id}`,
    },
    {
      type: "ovh:CloudProject/s3Credential:S3Credential",
      key: "credential",
      inputs: (made) => ({ userId: made.id("user") }),
      replace: { userId: "0" },
      importId: (id, made) => `${project}/${made.id("user")}/${id}`,
    },
    {
      type: "ovh:CloudProject/s3Policy:S3Policy",
      key: "policy",
      inputs: (made) => ({ userId: made.id("user"), policy: '{"Statement":[]}' }),
      change: { policy: '{"Statement":[{"Sid":"a"}]}' },
      replace: { userId: "0" },
    },
    {
      type: "ovh:CloudProject/workflowBackup:WorkflowBackup",
      key: "backup",
      inputs: (made) => ({
        regionName: region,
        instanceId: made.id("instance"),
        name: "lor-prod-ps-0-backup",
        cron: "0 4 * * *",
        rotation: 7,
      }),
      replace: { rotation: 8 },
    },
    {
      type: "ovh:Domain/zoneRecord:ZoneRecord",
      key: "record",
      inputs: () => ({ zone: "lor.example", subdomain: "www", fieldtype: "A", target: "203.0.113.10" }),
      change: { target: "203.0.113.11" },
      replace: { zone: "lor.shop" },
      importId: (id) => `${id}.lor.example`,
    },
    {
      type: "random:index/randomPassword:RandomPassword",
      key: "password",
      inputs: () => ({ length: 48, special: false }),
      replace: { length: 49 },
      importId: (_id, made) => String((made.output("password", "result") as { value: string }).value),
    },
    {
      type: "random:index/randomId:RandomId",
      key: "random id",
      inputs: () => ({ byteLength: 4 }),
      replace: { byteLength: 5 },
    },
    {
      type: "random:index/randomString:RandomString",
      key: "random string",
      inputs: () => ({ length: 12 }),
      replace: { length: 13 },
    },
    {
      type: "random:index/randomUuid:RandomUuid",
      key: "random uuid",
      inputs: () => ({}),
      replace: { keepers: { a: "1" } },
    },
  ];
}
