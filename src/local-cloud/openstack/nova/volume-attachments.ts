import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import type { VolumeView } from "../cinder/types.ts";
import type { Volumes } from "../cinder/volumes.ts";
import type { NovaRecords, ServerRecord } from "./server-records.ts";
import type { VolumeAttachmentsApi, VolumeAttachmentView } from "./types.ts";

export class VolumeAttachments implements VolumeAttachmentsApi {
  readonly #context: CloudContext;
  readonly #records: NovaRecords;
  readonly #volumes: Volumes;

  constructor(context: CloudContext, records: NovaRecords, volumes: Volumes) {
    this.#context = context;
    this.#records = records;
    this.#volumes = volumes;
  }

  create(args: { serverId: string; volumeId: string; device?: string | undefined }): VolumeAttachmentView {
    return this.#context.write(() => {
      const server = this.#requireServer(args.serverId, "attach_volume");
      const volume = this.#volumes.get(args.volumeId);
      if (volume.region !== server.region) {
        throw new CloudError(404, "itemNotFound", `Volume ${args.volumeId} could not be found.`);
      }
      this.#volumes.attach(args.volumeId, server.id, args.device ?? this.#nextDevice(server.id));
      return this.get(server.id, args.volumeId);
    });
  }

  #nextDevice(serverId: string): string {
    const taken = new Set(this.#volumes.of(serverId).map(({ attachments }) => attachments[0]?.device));
    const letter = [..."bcdefghijklmnopqrstuvwxyz"].find((candidate) => !taken.has(`/dev/vd${candidate}`));
    if (letter === undefined) {
      throw new CloudError(
        403,
        "forbidden",
        "Maximum number of volumes allowed to attach to a single server exceeded.",
      );
    }
    return `/dev/vd${letter}`;
  }

  get(serverId: string, volumeId: string): VolumeAttachmentView {
    const found = this.list(serverId).find((attachment) => attachment.volumeId === volumeId);
    if (found === undefined) {
      throw new CloudError(404, "itemNotFound", `Instance ${serverId} is not attached to volume ${volumeId}`);
    }
    return found;
  }

  list(serverId: string): VolumeAttachmentView[] {
    return this.#context.read(() => {
      const server = this.#records.servers.require(serverId);
      return this.#volumes.of(serverId).map((volume) => view(server, volume));
    });
  }

  delete(serverId: string, volumeId: string): void {
    this.#context.write(() => {
      this.#requireServer(serverId, "detach_volume");
      this.get(serverId, volumeId);
      this.#volumes.detach(volumeId);
    });
  }

  /** Whether the guest sees the volume yet: `attaching`, then `in-use`. */
  volumeStatus(volumeId: string): VolumeView["status"] {
    return this.#volumes.get(volumeId).status;
  }

  #requireServer(id: string, action: string): ServerRecord {
    const server = this.#records.servers.require(id);
    if (!["ACTIVE", "SHUTOFF", "VERIFY_RESIZE"].includes(server.body.status)) {
      const state = { BUILD: "building", ERROR: "error" }[server.body.status as "BUILD"] ?? "active";
      throw new CloudError(
        409,
        "conflictingRequest",
        `Cannot '${action}' instance ${id} while it is in vm_state ${state}`,
      );
    }
    return server;
  }
}

function view(server: ServerRecord, volume: VolumeView): VolumeAttachmentView {
  return {
    id: volume.id,
    serverId: server.id,
    volumeId: volume.id,
    device: volume.attachments[0]?.device ?? "",
    region: server.region,
  };
}
