import { CloudError } from "../../kernel/cloud-error.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, mapOf, needNonZero, needNumber, needText, sentText, textOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import type { VolumeView } from "./types.ts";

/** openstack:blockstorage/volume:Volume */
export class VolumeAdapter implements ResourceAdapter {
  readonly service = "cinder";
  readonly inputs = [
    "name",
    "region",
    "description",
    "size",
    "volumeType",
    "availabilityZone",
    "metadata",
    "enableOnlineResize",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { id } = this.#cloud.cinder.volumes.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      description: textOf(inputs, "description"),
      size: needNumber(inputs, "size"),
      volumeType: textOf(inputs, "volumeType"),
      availabilityZone: textOf(inputs, "availabilityZone"),
      metadata: mapOf(inputs, "metadata"),
    });
    await call.accepted(id);
    return observe(await this.#settled(id, call, ["creating"], ["available"]));
  }

  async read(id: string): Promise<Observed> {
    return observe(this.#cloud.cinder.volumes.get(id));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { volumes } = this.#cloud.cinder;
    if (!sameValue(wanted.size, known.size)) {
      const online = flagOf(wanted, "enableOnlineResize") ?? false;
      if (volumes.get(id).status === "in-use" && !online) {
        throw new Error(
          `Error extending openstack_blockstorage_volume_v3 ${id}, volume is attached to the instance and resizing online is disabled, see enable_online_resize option`,
        );
      }
      volumes.extend(id, needNonZero(wanted, "size"), online);
      await call.accepted(id);
      await this.#settled(id, call, ["extending"], ["available", "in-use"]);
    }
    volumes.update(id, {
      name: textOf(wanted, "name"),
      description: sentText(wanted, "description"),
      metadata: mapOf(wanted, "metadata"),
    });
    return observe(volumes.get(id));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const { volumes } = this.#cloud.cinder;
    const { attachments } = volumes.get(id);
    for (const { serverId } of attachments) this.#detach(serverId, id);
    if (attachments.length > 0) {
      await this.#settled(id, call, ["in-use", "attaching", "detaching"], ["available"]);
    }
    volumes.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => volumes.get(id));
  }

  /** Whoever else detaches it at the same time is as good: the real provider accepts both refusals (terraform-provider-openstack v1.54.1). */
  #detach(serverId: string, id: string): void {
    try {
      this.#cloud.nova.volumeAttachments.delete(serverId, id);
    } catch (error) {
      if (!(error instanceof CloudError && [404, 409].includes(error.status))) throw error;
    }
  }

  #settled(id: string, call: CallContext, pending: readonly string[], target: readonly string[]): Promise<VolumeView> {
    return waitFor(this.#cloud, call, () => this.#cloud.cinder.volumes.get(id), {
      what: "volume",
      id,
      statusOf: (volume) => volume.status,
      pending,
      target,
    });
  }
}

function observe(volume: VolumeView): Observed {
  return {
    id: volume.id,
    state: {
      name: volume.name,
      region: volume.region,
      description: volume.description,
      size: volume.size,
      volumeType: volume.volumeType,
      availabilityZone: volume.availabilityZone,
      metadata: volume.metadata,
      backupId: "",
      snapshotId: "",
      sourceVolId: "",
      attachments: volume.attachments.map(({ serverId, device }) => ({ id: volume.id, instanceId: serverId, device })),
    },
  };
}
