import { type ErrorFormat, titleOf } from "./error-format.ts";
import { novaErrors } from "./nova.ts";
import { type Call, filtered, type HttpApi, param } from "./route.ts";

/** Cinder v3: volumes. */
export const cinder: HttpApi = {
  name: "cinder",
  errors: novaErrors,
  access: "keystone",
  journaled: true,
  routes: [
    {
      method: "GET",
      path: "/volume/:region/v3/:project/limits",
      handle: (call) => {
        const region = param(call, "region");
        const volumes = call.cloud.cinder.volumes.list({ region });
        const absolute = {
          maxTotalVolumes: call.cloud.quota(region, "volumes"),
          maxTotalVolumeGigabytes: call.cloud.quota(region, "gigabytes"),
          totalVolumesUsed: volumes.length,
          totalGigabytesUsed: volumes.reduce((sum, { size }) => sum + size, 0),
        };
        return { body: { limits: { rate: [], absolute } } };
      },
    },
    {
      method: "GET",
      path: "/volume/:region/v3/:project/volumes/detail",
      handle: (call) => ({
        body: {
          volumes: filtered(
            call.cloud.cinder.volumes.list({ region: param(call, "region") }).map((volume) => ({
              id: volume.id,
              name: volume.name,
              description: volume.description,
              size: volume.size,
              volume_type: volume.volumeType,
              status: volume.status,
              availability_zone: volume.availabilityZone,
              metadata: volume.metadata,
              attachments: volume.attachments.map((attachment) => ({
                server_id: attachment.serverId,
                device: attachment.device,
              })),
              created_at: volume.createdAt,
            })),
            call.query,
          ),
        },
      }),
    },
  ],
};

const swiftErrors: ErrorFormat = {
  body: ({ status, message }) => `<html><h1>${titleOf(status)}</h1><p>${message}</p></html>`,
};

/** Swift: the containers of the account, and objects that hold JSON. */
export const swift: HttpApi = {
  name: "swift",
  errors: swiftErrors,
  access: "keystone",
  journaled: true,
  routes: [
    {
      method: "GET",
      path: "/object-store/:region/v1/:account",
      handle: (call) => ({
        body: call.cloud.swift.containers
          .list({ region: param(call, "region") })
          .filter((container) => container.name.startsWith(call.query.prefix ?? ""))
          .map((container) => ({ name: container.name, count: container.objectCount, bytes: container.bytesUsed })),
      }),
    },
    {
      method: "HEAD",
      path: "/object-store/:region/v1/:account/:container",
      handle: (call) => {
        const container = call.cloud.swift.containers.get(param(call, "container"), param(call, "region"));
        return {
          status: 204,
          headers: {
            "x-container-object-count": String(container.objectCount),
            "x-container-bytes-used": String(container.bytesUsed),
            ...keyHeader(call),
          },
        };
      },
    },
    {
      method: "GET",
      path: "/object-store/:region/v1/:account/:container/*",
      handle: ({ cloud, params }) => ({
        body: JSON.parse(
          cloud.swift.objects.content(params.container ?? "", params["*"] ?? "", params.region ?? ""),
        ) as unknown,
      }),
    },
  ],
};

/** The owner of an account is told the key of a container's addresses. */
function keyHeader(call: Call): Readonly<Record<string, string>> {
  const [key] = call.cloud.swift.containers.tempUrlKeys(param(call, "container"), param(call, "region"));
  return key === undefined ? {} : { "x-container-meta-temp-url-key": key };
}

const barbicanErrors: ErrorFormat = {
  body: ({ status, message }) => ({ code: status, title: titleOf(status), description: message }),
};

/** Barbican: the list of secrets, never their content. */
export const barbican: HttpApi = {
  name: "barbican",
  errors: barbicanErrors,
  access: "keystone",
  journaled: true,
  routes: [
    {
      method: "GET",
      path: "/key-manager/:region/v1/secrets",
      handle: (call) => {
        const { name } = call.query;
        const found = call.cloud.barbican.secrets.list({
          region: param(call, "region"),
          ...(name === undefined ? {} : { name }),
        });
        return {
          body: {
            total: found.length,
            secrets: found.map((secret) => ({
              name: secret.name,
              secret_ref: secret.secretRef,
              secret_type: secret.secretType,
              status: secret.status,
              created: secret.createdAt,
              updated: secret.updatedAt,
            })),
          },
        };
      },
    },
  ],
};
