import { CloudError } from "../../kernel/cloud-error.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { ContainerBody, SwiftRecords } from "./swift-records.ts";
import type { ContainersApi, ContainerView, PutContainerArgs } from "./types.ts";

/** Bytes of a container's name, at most. */
const longestName = 256;

export class Containers implements ContainersApi {
  readonly #records: SwiftRecords;

  constructor(records: SwiftRecords) {
    this.#records = records;
  }

  put(args: PutContainerArgs): ContainerView {
    const { context, containers } = this.#records;
    const region = this.#records.region(args.region);
    context.requireRegion(region);
    return context.write(() => {
      // Of versions Swift makes a second container first, and does not know what to answer when that is refused.
      if (args.versioning === true && Buffer.byteLength(args.name) > longestName) {
        throw new CloudError(
          500,
          "Internal Error",
          "The server has either erred or is incapable of performing the requested operation.",
        );
      }
      if (args.name === "" || args.name.includes("/") || Buffer.byteLength(args.name) > longestName) {
        throw new CloudError(
          400,
          "Bad Request",
          `Container name length of ${Buffer.byteLength(args.name)} or a slash in it is not accepted (at most ${longestName})`,
        );
      }
      const id = this.#records.containerId(args.name, region);
      const existing = containers.find(id);
      const body: ContainerBody = {
        ...splitMetadata(args.metadata ?? {}),
        contentType: args.contentType ?? existing?.body.contentType,
        read: args.read ?? existing?.body.read,
        write: args.write ?? existing?.body.write,
        storagePolicy: existing?.body.storagePolicy ?? args.storagePolicy ?? "PCS",
        versioning: args.versioning ?? existing?.body.versioning ?? false,
        ...(existing?.body.hasVersions ? { hasVersions: true } : {}),
      };
      return this.#view(
        existing === undefined
          ? containers.insert({ id, region, name: args.name, body })
          : containers.save({ ...existing, body }),
      );
    });
  }

  get(name: string, region?: string): ContainerView {
    return this.#records.context.read(() => this.#view(this.#require(name, region)));
  }

  list(filter: { region?: string | undefined } = {}): ContainerView[] {
    return this.#records.context.read(() => this.#records.containers.list(filter).map((record) => this.#view(record)));
  }

  tempUrlKeys(name: string, region?: string): readonly string[] {
    return this.#records.context.read(() => this.#require(name, region).body.tempUrlKeys);
  }

  delete(name: string, region?: string, force = false): void {
    const { context, containers, objects } = this.#records;
    context.write(() => {
      const record = this.#require(name, region);
      const held = objects.list({ parent: record.id });
      if ((held.length > 0 || record.body.hasVersions) && !force) {
        throw new CloudError(409, "Conflict", "There was a conflict when trying to complete your request.");
      }
      for (const object of held) {
        objects.remove(object.id);
      }
      containers.remove(record.id);
    });
  }

  #require(name: string, region: string | undefined): StoredRecord<ContainerBody> {
    return this.#records.containers.require(this.#records.containerId(name, region));
  }

  #view(record: StoredRecord<ContainerBody>): ContainerView {
    const { tempUrlKeys: _, hasVersions: __, ...body } = record.body;
    const held = this.#records.objects.list({ parent: record.id });
    return {
      name: record.name,
      region: record.region,
      ...body,
      contentType: body.contentType,
      read: body.read,
      write: body.write,
      objectCount: held.length,
      bytesUsed: held.reduce((sum, object) => sum + object.body.contentLength, 0),
    };
  }
}

function splitMetadata(given: Readonly<Record<string, string>>): Pick<ContainerBody, "metadata" | "tempUrlKeys"> {
  const metadata: Record<string, string> = {};
  const tempUrlKeys: string[] = [];
  for (const [name, value] of Object.entries(given)) {
    if (/^temp-url-key(-2)?$/i.test(name)) {
      tempUrlKeys.push(value);
    } else {
      metadata[name.toLowerCase()] = value;
    }
  }
  return { metadata, tempUrlKeys };
}
