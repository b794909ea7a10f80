import type { ErrorFormat } from "../../http/error-format.ts";
import { type Call, filtered, type HttpApi, type Json, jsonObject, param, type Reply } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { FlavorView, ServerView } from "./types.ts";

const root = "/compute/:region/v2.1";

/** Cinder's too. */
export const novaErrors: ErrorFormat = {
  body: ({ status, code, message }) => ({ [code]: { code: status, message } }),
  codes: { 400: "badRequest", 401: "unauthorized", 404: "itemNotFound", 500: "computeFault" },
};

/** Nova 2.47: servers, their actions, server groups, attachments, flavors, key pairs. */
export const nova: HttpApi = {
  name: "nova",
  errors: novaErrors,
  access: "keystone",
  journaled: true,
  routes: [
    { method: "GET", path: `${root}/servers`, handle: (call) => servers(call, ({ id, name }) => ({ id, name })) },
    { method: "GET", path: `${root}/servers/detail`, handle: (call) => servers(call, serverBody) },
    {
      method: "GET",
      path: `${root}/servers/:id`,
      handle: (call) => ({ body: { server: serverBody(call.cloud.nova.servers.get(param(call, "id"))) } }),
    },
    {
      method: "DELETE",
      path: `${root}/servers/:id`,
      handle: (call) => {
        call.cloud.nova.servers.delete(param(call, "id"));
        return { status: 204 };
      },
    },
    { method: "POST", path: `${root}/servers/:id/action`, handle: act },
    {
      method: "GET",
      path: `${root}/servers/:id/os-volume_attachments`,
      handle: (call) => ({
        body: {
          volumeAttachments: call.cloud.nova.volumeAttachments.list(param(call, "id")).map((attachment) => ({
            id: attachment.id,
            serverId: attachment.serverId,
            volumeId: attachment.volumeId,
            device: attachment.device,
          })),
        },
      }),
    },
    {
      method: "GET",
      path: `${root}/os-server-groups`,
      handle: (call) => ({
        body: {
          server_groups: call.cloud.nova.serverGroups.list({ region: param(call, "region") }).map((group) => ({
            id: group.id,
            name: group.name,
            policies: [group.policy],
            members: group.members,
            metadata: {},
          })),
        },
      }),
    },
    {
      method: "GET",
      path: `${root}/os-keypairs`,
      handle: (call) => ({
        body: {
          keypairs: call.cloud.nova.keypairs.list({ region: param(call, "region") }).map((pair) => ({
            keypair: { name: pair.name, public_key: pair.publicKey, fingerprint: pair.fingerprint, type: "ssh" },
          })),
        },
      }),
    },
    { method: "GET", path: `${root}/limits`, handle: limits },
    { method: "GET", path: `${root}/flavors/detail`, handle: flavors },
    {
      method: "GET",
      path: `${root}/flavors/:id`,
      handle: (call) => ({ body: { flavor: flavorBody(call.cloud.nova.flavors.get(param(call, "id"))) } }),
    },
  ],
};

/** The name filter is a regular expression in Nova. */
function servers(call: Call, view: (server: ServerView) => Json): Reply {
  const { name, ...others } = call.query;
  const pattern = name === undefined ? undefined : nameFilter(name);
  const found = call.cloud.nova.servers
    .list({ region: param(call, "region") })
    .filter((server) => pattern === undefined || pattern.test(server.name));
  return { body: { servers: filtered(found.map(view), others) } };
}

function nameFilter(name: string): RegExp {
  try {
    return new RegExp(name);
  } catch {
    throw new CloudError(400, "badRequest", `Invalid filter name: ${name}`);
  }
}

function flavors(call: Call): Reply {
  return { body: { flavors: call.cloud.nova.flavors.list({ region: param(call, "region") }).map(flavorBody) } };
}

function limits(call: Call): Reply {
  const { cloud } = call;
  const region = param(call, "region");
  const servers = cloud.nova.servers.list({ region });
  return {
    body: {
      limits: {
        rate: [],
        absolute: {
          maxTotalInstances: cloud.quota(region, "instances"),
          maxTotalCores: cloud.quota(region, "cores"),
          maxTotalRAMSize: cloud.quota(region, "ram"),
          maxTotalKeypairs: cloud.quota(region, "keypairs"),
          maxServerGroups: cloud.quota(region, "serverGroups"),
          totalInstancesUsed: servers.length,
          totalCoresUsed: servers.reduce((sum, { flavor }) => sum + flavor.vcpus, 0),
          totalRAMUsed: servers.reduce((sum, { flavor }) => sum + flavor.ram, 0),
        },
      },
    },
  };
}

function act(call: Call): Reply {
  const id = param(call, "id");
  const { servers: api } = call.cloud.nova;
  const [action] = Object.keys(call.body);
  const args = jsonObject(action === undefined ? undefined : call.body[action]);
  switch (action) {
    case "confirmResize":
      api.confirmResize(id);
      return { status: 204 };
    case "revertResize":
      api.revertResize(id);
      return { status: 202 };
    case "resize":
      api.resize(id, { flavorId: String(args.flavorRef) });
      return { status: 202 };
    case "os-resetState":
      api.resetState(id, args.state === "error" ? "error" : "active");
      return { status: 202 };
    case "reboot":
      api.reboot(id);
      return { status: 202 };
    case "os-start":
      api.start(id);
      return { status: 202 };
    case "os-stop":
      api.stop(id);
      return { status: 202 };
    default:
      throw new CloudError(400, "badRequest", `There is no such action: ${action ?? "none"}`);
  }
}

function serverBody(server: ServerView): Json {
  const addresses: Record<string, Json[]> = {};
  for (const address of server.addresses) {
    addresses[address.networkName] ??= [];
    addresses[address.networkName]?.push({
      version: 4,
      addr: address.address,
      "OS-EXT-IPS:type": "fixed",
      "OS-EXT-IPS-MAC:mac_addr": address.macAddress,
    });
  }
  return {
    id: server.id,
    name: server.name,
    status: server.status,
    "OS-EXT-STS:task_state": server.taskState ?? null,
    flavor: {
      original_name: server.flavor.name,
      vcpus: server.flavor.vcpus,
      ram: server.flavor.ram,
      disk: server.flavor.disk,
    },
    image: { id: server.imageId },
    key_name: server.keyName ?? null,
    metadata: server.metadata,
    addresses,
    "OS-EXT-AZ:availability_zone": server.availabilityZone,
    "os-extended-volumes:volumes_attached": server.volumeIds.map((id) => ({ id })),
    created: server.createdAt,
    "OS-SRV-USG:launched_at": server.launchedAt ?? null,
    updated: server.updatedAt,
    ...(server.fault === undefined ? {} : { fault: server.fault }),
  };
}

function flavorBody(flavor: FlavorView): Json {
  return { id: flavor.id, name: flavor.name, vcpus: flavor.vcpus, ram: flavor.ram, disk: flavor.disk };
}
