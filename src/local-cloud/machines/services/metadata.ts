import { createServer, type Server } from "node:http";
import type { LocalCloud } from "../../local-cloud.ts";
import type { ServerView } from "../../openstack/nova/types.ts";

/** Versions that Nova offers; cloud-init takes the newest that it knows. Source: Nova, api/metadata/base.py. */
const versions = ["2012-08-10", "2013-04-04", "2013-10-17", "2015-10-15", "2016-06-30", "2016-10-06", "2017-02-22"];
const newestVersion = "2018-08-27";

/** OpenStack's and EC2's metadata for the server that has the address of the caller. */
export class MetadataService {
  readonly server: Server;
  /** False: every connection is closed without an answer, as while the service is down. Default: true. */
  answers = true;

  constructor(cloud: LocalCloud) {
    this.server = createServer((request, response) => {
      if (!this.answers) {
        request.socket.destroy();
        return;
      }
      const caller = request.socket.remoteAddress ?? "";
      const body = answer(cloud, caller, request.url ?? "/");
      response.statusCode = body === undefined ? 404 : 200;
      response.setHeader("content-type", body?.startsWith("{") === true ? "application/json" : "text/plain");
      response.end(body ?? "");
    });
  }
}

function answer(cloud: LocalCloud, caller: string, url: string): string | undefined {
  const server = cloud.nova.servers.list().find(({ addresses }) => addresses.some(({ address }) => address === caller));
  if (server === undefined) return undefined;
  const [first = "", version = "", ...rest] = (url.split("?", 1)[0] ?? "").split("/").filter((part) => part !== "");
  if (first === "openstack") {
    if (version === "") return `${[...versions, newestVersion, "latest"].join("\n")}\n`;
    return version === "latest" || version === newestVersion || versions.includes(version)
      ? openstack(cloud, server, rest.join("/"))
      : undefined;
  }
  return first === "latest" || /^\d{4}-\d\d-\d\d$/.test(first)
    ? ec2(cloud, server, caller, [version, ...rest].join("/"))
    : undefined;
}

function openstack(cloud: LocalCloud, server: ServerView, path: string): string | undefined {
  switch (path) {
    case "": {
      const names = ["meta_data.json", "network_data.json", "password", "vendor_data.json", "vendor_data2.json"];
      return [...names, ...(server.userData === undefined ? [] : ["user_data"]), ""].join("\n");
    }
    case "meta_data.json":
      return JSON.stringify(metadataOf(cloud, server));
    case "user_data":
      return server.userData;
    case "network_data.json":
      return JSON.stringify(networkOf(cloud, server));
    case "vendor_data.json":
    case "vendor_data2.json":
      return "{}";
    case "password":
      return "";
    default:
      return undefined;
  }
}

function metadataOf(cloud: LocalCloud, server: ServerView): unknown {
  const key = keyOf(cloud, server);
  return {
    uuid: server.id,
    name: server.name,
    hostname: hostName(server),
    launch_index: 0,
    availability_zone: server.availabilityZone,
    project_id: cloud.keystone.projectId,
    meta: server.metadata,
    devices: [],
    dedicated_cpus: [],
    ...(key === undefined
      ? {}
      : { public_keys: { [key.name]: key.data }, keys: [{ name: key.name, type: "ssh", data: key.data }] }),
  };
}

function keyOf(cloud: LocalCloud, server: ServerView): { readonly name: string; readonly data: string } | undefined {
  if (server.keyName === undefined) return undefined;
  const { name, publicKey } = cloud.nova.keypairs.get(server.keyName, server.region);
  return { name, data: `${publicKey.trim()}\n` };
}

/** Nova's default domain for machines. */
function hostName({ name }: ServerView): string {
  return `${name.toLowerCase()}.novalocal`;
}

function networkOf(cloud: LocalCloud, server: ServerView): unknown {
  return {
    links: server.addresses.map(({ portId, macAddress, networkId }) => ({
      id: `tap${portId.slice(0, 11)}`,
      vif_id: portId,
      type: "ovs",
      mtu: cloud.neutron.networks.get(networkId).mtu,
      ethernet_mac_address: macAddress,
    })),
    networks: server.addresses.map(({ portId, networkId }, index) => ({
      id: `network${index}`,
      type: "ipv4_dhcp",
      link: `tap${portId.slice(0, 11)}`,
      network_id: networkId,
    })),
    services: [],
  };
}

function ec2(cloud: LocalCloud, server: ServerView, caller: string, path: string): string | undefined {
  const key = keyOf(cloud, server);
  const values: Readonly<Record<string, string>> = {
    "ami-id": `ami-${server.imageId.slice(0, 8)}`,
    hostname: hostName(server),
    "instance-id": `i-${server.id.slice(0, 8)}`,
    "instance-type": server.flavor.name,
    "local-hostname": hostName(server),
    "local-ipv4": caller,
    ...(key === undefined ? {} : { "public-keys/": `0=${key.name}` }),
  };
  if (path === "") return "meta-data/\nuser-data";
  if (path === "meta-data" || path === "meta-data/") return Object.keys(values).join("\n");
  if (path === "user-data") return server.userData;
  if (path === "meta-data/public-keys") return values["public-keys/"];
  if (path === "meta-data/public-keys/0") return key === undefined ? undefined : "openssh-key";
  if (path === "meta-data/public-keys/0/openssh-key") return key?.data;
  return values[path.replace(/^meta-data\//, "")];
}
