import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import type { LatencyName } from "../../kernel/latency.ts";
import { given, Records } from "../../kernel/records.ts";
import { computeRegions, defaultComputeRegion, requireRegion } from "../../kernel/regions.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { quotaOf } from "../quotas.ts";
import type { CreateVolumeArgs, VolumeStatus, VolumesApi, VolumeView } from "./types.ts";

/** Types of OVHcloud; a type cannot be changed afterwards here. */
const volumeTypes: readonly string[] = ["classic", "high-speed", "high-speed-gen2"];

interface VolumeBody extends Omit<VolumeView, "id" | "name" | "region" | "attachments"> {
  readonly attachment: { readonly serverId: string; readonly device: string } | undefined;
  /** Status of the volume after its deadline; undefined with a deadline: it is deleted then. */
  readonly next: { readonly status: VolumeStatus; readonly size?: number } | undefined;
}

const longestText = 255;

/** The only one of a region. */
const availabilityZone = "nova";

/** OpenStack's block storage; see BEHAVIOUR.md. */
export class Volumes implements VolumesApi {
  readonly #context: CloudContext;
  readonly #records: Records<VolumeBody>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#records = new Records(
      context,
      "volume",
      (id) => new CloudError(404, "itemNotFound", `Volume ${id} could not be found.`),
    );
    context.onDue<VolumeBody>("volume", (record) => this.#settle(record));
  }

  #settle(record: StoredRecord<VolumeBody>): void {
    const { next } = record.body;
    if (next === undefined) {
      this.#records.remove(record.id);
      return;
    }
    const attached = next.status === "in-use";
    this.#records.save({
      ...record,
      due: undefined,
      body: {
        ...record.body,
        status: next.status,
        size: next.size ?? record.body.size,
        attachment: attached ? record.body.attachment : undefined,
        next: undefined,
      },
    });
  }

  create(args: CreateVolumeArgs): VolumeView {
    const region = requireRegion(args.region ?? defaultComputeRegion, computeRegions);
    this.#context.requireRegion(region);
    return this.#context.write(() => {
      const volumeType = args.volumeType ?? "classic";
      if (!volumeTypes.includes(volumeType)) {
        throw new CloudError(404, "itemNotFound", `Volume type ${volumeType} could not be found.`);
      }
      checkTexts(args);
      if (!(Number.isInteger(args.size) && args.size > 0)) {
        throw new CloudError(
          400,
          "badRequest",
          `Invalid input received: Volume size '${args.size}' must be an integer and greater than 0`,
        );
      }
      if (args.availabilityZone !== undefined && args.availabilityZone !== availabilityZone) {
        throw new CloudError(400, "badRequest", `Availability zone '${args.availabilityZone}' is invalid.`);
      }
      this.#requireQuota(region, args.size);
      const record = this.#records.insert({
        id: this.#context.uuid("volume", region, args.name),
        region,
        name: args.name,
        due: this.#context.after("volumeCreate"),
        body: {
          description: args.description ?? "",
          size: args.size,
          volumeType,
          status: "creating",
          availabilityZone: args.availabilityZone ?? availabilityZone,
          metadata: { ...args.metadata },
          createdAt: this.#context.clock.iso(),
          attachment: undefined,
          next: { status: this.#context.injected("error-state") ? "error" : "available" },
        },
      });
      return view(record);
    });
  }

  #requireQuota(region: string, size: number): void {
    const existing = this.#records.list({ region });
    const volumes = quotaOf(this.#context, region, "volumes");
    if (existing.length >= volumes) {
      throw new CloudError(
        413,
        "overLimit",
        `VolumeLimitExceeded: Maximum number of volumes allowed (${volumes}) exceeded for quota 'volumes'.`,
      );
    }
    const used = existing.reduce((sum, { body }) => sum + body.size, 0);
    const limit = quotaOf(this.#context, region, "gigabytes");
    if (used + size > limit) {
      throw new CloudError(
        413,
        "overLimit",
        `VolumeSizeExceedsAvailableQuota: Requested volume or snapshot exceeds allowed gigabytes quota. Requested ${size}G, quota is ${limit}G and ${used}G has been consumed.`,
      );
    }
  }

  get(id: string): VolumeView {
    return this.#context.read(() => view(this.#records.require(id)));
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): VolumeView[] {
    return this.#context.read(() => this.#records.list(filter).map(view));
  }

  update(id: string, args: Parameters<VolumesApi["update"]>[1]): VolumeView {
    return this.#context.write(() => {
      checkTexts(args);
      const record = this.#records.require(id);
      const { name, ...rest } = given(args);
      return view(this.#records.save({ ...record, name: name ?? record.name, body: { ...record.body, ...rest } }));
    });
  }

  extend(id: string, size: number, online = false): VolumeView {
    return this.#context.write(() => {
      const record = this.#records.require(id);
      const { status } = record.body;
      if (!(status === "available" || (online && status === "in-use"))) {
        throw new CloudError(
          400,
          "badRequest",
          `Invalid volume: Volume ${id} status must be 'available'${online ? " or 'in-use'" : ""} to extend, currently ${status}.`,
        );
      }
      if (size <= record.body.size) {
        throw new CloudError(
          400,
          "badRequest",
          `Invalid input received: New size for extend must be greater than current size. (current: ${record.body.size}, extended: ${size}).`,
        );
      }
      return view(this.#begin(record, "extending", "volumeExtend", { status, size }));
    });
  }

  delete(id: string): void {
    this.#context.write(() => {
      const record = this.#records.require(id);
      if (record.body.status === "deleting") {
        return;
      }
      if (record.body.status !== "available" && record.body.status !== "error") {
        throw new CloudError(
          400,
          "badRequest",
          "Invalid volume: Volume status must be available or error or error_restoring or error_extending or error_managing and must not be migrating, attached, belong to a group, have snapshots, awaiting a transfer, or be disassociated from snapshots after volume transfer.",
        );
      }
      this.#begin(record, "deleting", "volumeDelete", undefined);
    });
  }

  #begin(
    record: StoredRecord<VolumeBody>,
    status: VolumeStatus,
    latency: LatencyName,
    next: VolumeBody["next"],
  ): StoredRecord<VolumeBody> {
    return this.#records.save({
      ...record,
      due: this.#context.after(latency),
      body: { ...record.body, status, next },
    });
  }

  /** Nova's side of an attachment. */
  attach(id: string, serverId: string, device: string): void {
    const record = this.#records.require(id);
    if (record.body.status !== "available") {
      throw new CloudError(
        400,
        "badRequest",
        `Invalid volume: Volume ${id} status must be available or downloading to reserve, but the current status is ${record.body.status}.`,
      );
    }
    this.#begin(
      { ...record, parent: serverId, body: { ...record.body, attachment: { serverId, device } } },
      "attaching",
      "volumeAttach",
      {
        status: "in-use",
      },
    );
  }

  detach(id: string): void {
    const record = this.#records.require(id);
    if (record.body.status === "detaching") {
      return;
    }
    this.#begin({ ...record, parent: "" }, "detaching", "volumeDetach", { status: "available" });
  }

  /** Detaches at once, because the server was deleted. */
  release(serverId: string): void {
    for (const record of this.#records.list({ parent: serverId })) {
      this.#records.save({
        ...record,
        parent: "",
        due: undefined,
        body: { ...record.body, status: "available", attachment: undefined, next: undefined },
      });
    }
  }

  /** Volumes of a machine, in the order of their creation. */
  of(serverId: string): VolumeView[] {
    return this.#records.list({ parent: serverId }).map(view);
  }
}

function view(record: StoredRecord<VolumeBody>): VolumeView {
  const { attachment, next: _, ...body } = record.body;
  return {
    id: record.id,
    name: record.name,
    region: record.region,
    ...body,
    attachments: attachment === undefined ? [] : [attachment],
  };
}

function checkTexts(args: { readonly name?: string | undefined; readonly description?: string | undefined }): void {
  for (const field of ["name", "description"] as const) {
    const text = args[field];
    if (text === undefined || text.length <= longestText) continue;
    const has = `${field} has ${text.length} characters, more than ${longestText}`;
    throw new CloudError(400, "badRequest", `Invalid input received: ${has}.`);
  }
}
