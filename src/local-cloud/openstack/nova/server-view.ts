import type { Volumes } from "../cinder/volumes.ts";
import type { Images } from "../glance/images.ts";
import type { Neutron } from "../neutron/neutron.ts";
import type { Flavors } from "./flavors.ts";
import type { ServerRecord } from "./server-records.ts";
import type { ServerAddress, ServerView } from "./types.ts";

/** A server as it is shown: with what other services know of it. */
export class ServerViews {
  readonly #neutron: Neutron;
  readonly #volumes: Volumes;
  readonly #flavors: Flavors;
  readonly #images: Images;

  constructor(neutron: Neutron, volumes: Volumes, flavors: Flavors, images: Images) {
    this.#neutron = neutron;
    this.#volumes = volumes;
    this.#flavors = flavors;
    this.#images = images;
  }

  of(record: ServerRecord): ServerView {
    const { body } = record;
    const ports = body.ports.flatMap(({ id }) => this.#neutron.records.ports.find(id) ?? []);
    return {
      id: record.id,
      name: record.name,
      region: record.region,
      status: body.status,
      taskState: body.taskState,
      flavor: this.#flavors.get(body.flavorId),
      imageId: body.imageId,
      imageName: this.#images.get(body.imageId).name,
      keyName: body.keyName,
      userData: body.userData,
      metadata: body.metadata,
      addresses: ports.flatMap((port) =>
        port.body.fixedIps.map(
          ({ subnetId, ipAddress }): ServerAddress => ({
            networkId: port.body.networkId,
            networkName: this.#neutron.records.networks.find(port.body.networkId)?.name ?? "",
            subnetId,
            portId: port.id,
            address: ipAddress,
            macAddress: port.body.macAddress,
          }),
        ),
      ),
      securityGroupIds: ports[0]?.body.securityGroupIds ?? [],
      volumeIds: this.#volumes.of(record.id).map(({ id }) => id),
      serverGroupId: body.serverGroupId,
      host: body.host,
      availabilityZone: body.availabilityZone,
      fault: body.fault,
      guestReadyAt: body.guestReadyAt,
      createdAt: body.createdAt,
      launchedAt: body.launchedAt,
      updatedAt: body.updatedAt,
    };
  }
}
