import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, mapOf, needText, textOf } from "../../provider/value-readers.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import type { ContainerView, ObjectView, PutContainerArgs } from "./types.ts";

/** openstack:objectstorage/container:Container; its id is its name. Read never sets the metadata, where its keys are. */
export class ContainerAdapter implements ResourceAdapter {
  readonly service = "swift";
  readonly inputs = [
    "name",
    "region",
    "metadata",
    "contentType",
    "containerRead",
    "containerWrite",
    "storagePolicy",
    "versioning",
    "forceDestroy",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const args = containerArgs(inputs, textOf(inputs, "region") ?? call.region);
    const container = this.#cloud.swift.containers.put(args);
    await call.accepted(container.name);
    return observeContainer(container);
  }

  async read(id: string, known: Values, call: CallContext): Promise<Observed> {
    return observeContainer(this.#cloud.swift.containers.get(id, textOf(known, "region") ?? call.region));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const region = textOf(known, "region") ?? call.region;
    // A change is a POST, which makes no container that is not there.
    this.#cloud.swift.containers.get(id, region);
    // Nor does it rename one: the real provider says that it has, and keeps the name.
    const observed = observeContainer(
      this.#cloud.swift.containers.put({
        ...containerArgs({ ...wanted, name: id }, region),
        // What the program sets no longer is sent empty.
        read: textOf(wanted, "containerRead") ?? "",
        write: textOf(wanted, "containerWrite") ?? "",
      }),
    );
    const gone = ["containerRead", "containerWrite"].filter((name) => known[name] !== undefined);
    return { ...observed, state: { ...Object.fromEntries(gone.map((name) => [name, ""])), ...observed.state } };
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const force = flagOf(known, "forceDestroy") ?? false;
    this.#cloud.swift.containers.delete(id, textOf(known, "region") ?? call.region, force);
    await call.accepted(id);
  }
}

function containerArgs(inputs: Values, region: string | undefined): PutContainerArgs {
  return {
    region,
    name: needText(inputs, "name"),
    metadata: mapOf(inputs, "metadata"),
    contentType: textOf(inputs, "contentType"),
    read: textOf(inputs, "containerRead"),
    write: textOf(inputs, "containerWrite"),
    storagePolicy: textOf(inputs, "storagePolicy"),
    versioning: flagOf(inputs, "versioning"),
  };
}

function observeContainer(container: ContainerView): Observed {
  return {
    id: container.name,
    state: {
      name: container.name,
      region: container.region,
      // Of an empty one the real provider takes no notice: what somebody else took away is not seen.
      ...(container.read ? { containerRead: container.read } : {}),
      ...(container.write ? { containerWrite: container.write } : {}),
      storagePolicy: container.storagePolicy,
      versioning: container.versioning,
    },
  };
}

/** openstack:objectstorage/containerObject:ContainerObject; its id is `container/name`. The real provider cannot import one. */
export class ContainerObjectAdapter implements ResourceAdapter {
  readonly service = "swift";
  readonly inputs = ["containerName", "name", "region", "content", "contentType", "metadata"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    if (textOf(inputs, "content") === undefined) {
      throw new Error('Must specify "source", "content", "copy_from" or "object_manifest" field');
    }
    const object = this.#put(inputs, textOf(inputs, "region") ?? call.region);
    await call.accepted(`${object.container}/${object.name}`);
    return observeObject(object);
  }

  async read(_id: string, known: Values, call: CallContext): Promise<Observed | undefined> {
    // The real provider cannot import it: it looks for an object without a name, and finds none.
    if (Object.keys(known).length === 0) return undefined;
    const region = textOf(known, "region") ?? call.region;
    return observeObject(
      this.#cloud.swift.objects.get(needText(known, "containerName"), needText(known, "name"), region),
    );
  }

  async update(_id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    // The real provider sends only what changes, and Swift replaces the object with that: other metadata with an unchanged content empties it.
    const changed = (name: "content" | "metadata") => (sameValue(wanted[name], known[name]) ? undefined : wanted[name]);
    const sent = { ...wanted, content: changed("content"), metadata: changed("metadata") };
    return observeObject(this.#put(sent, textOf(known, "region") ?? call.region));
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const region = textOf(known, "region") ?? call.region;
    this.#cloud.swift.objects.delete(needText(known, "containerName"), needText(known, "name"), region);
    await call.accepted(id);
  }

  #put(inputs: Values, region: string | undefined): ObjectView {
    return this.#cloud.swift.objects.put({
      region,
      container: needText(inputs, "containerName"),
      name: needText(inputs, "name"),
      content: textOf(inputs, "content") ?? "",
      contentType: textOf(inputs, "contentType"),
      metadata: mapOf(inputs, "metadata"),
    });
  }
}

function observeObject(object: ObjectView): Observed {
  return {
    id: `${object.container}/${object.name}`,
    state: {
      containerName: object.container,
      name: object.name,
      contentType: object.contentType,
      contentLength: object.contentLength,
      contentDisposition: "",
      contentEncoding: "",
      etag: object.etag,
      date: object.lastModified,
      lastModified: object.lastModified,
      objectManifest: "",
      transId: object.transactionId,
    },
  };
}
