import { filtered, type HttpApi, param } from "../../http/route.ts";
import { novaErrors } from "../nova/http.ts";

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
