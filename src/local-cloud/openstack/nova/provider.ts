import { CloudError } from "../../kernel/cloud-error.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { needText, textOf, textsOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone } from "../../provider/waiting.ts";
import type { Values } from "../../provider/wire-values.ts";
import type { KeypairView, ServerGroupView, VolumeAttachmentView } from "./types.ts";

/** openstack:compute/serverGroup:ServerGroup */
export class ServerGroupAdapter implements ResourceAdapter {
  readonly service = "nova";
  readonly inputs = ["name", "region", "policies"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const policies = textsOf(inputs, "policies") ?? [];
    const [policy] = policies;
    if (policy === undefined || policies.length > 1) {
      throw new CloudError(
        400,
        "badRequest",
        "Invalid input for field/attribute policies: a server group has exactly one",
      );
    }
    const group = this.#cloud.nova.serverGroups.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      policy,
    });
    await call.accepted(group.id);
    return observeGroup(group);
  }

  async read(id: string): Promise<Observed> {
    return observeGroup(this.#cloud.nova.serverGroups.get(id));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.nova.serverGroups.delete(id);
    await call.accepted(id);
  }
}

function observeGroup(group: ServerGroupView): Observed {
  return {
    id: group.id,
    state: {
      name: group.name,
      region: group.region,
      policies: [group.policy],
      members: group.members,
      rules: { maxServerPerHost: 0 },
    },
  };
}

/** openstack:compute/keypair:Keypair; its id is its name. A key pair that Nova makes itself is not modelled. */
export class KeypairAdapter implements ResourceAdapter {
  readonly service = "nova";
  readonly inputs = ["name", "region", "publicKey"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const keypair = this.#cloud.nova.keypairs.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      publicKey: needText(inputs, "publicKey"),
    });
    await call.accepted(keypair.name);
    return observeKeypair(keypair);
  }

  async read(id: string, known: Values, call: CallContext): Promise<Observed> {
    const observed = observeKeypair(this.#cloud.nova.keypairs.get(id, textOf(known, "region") ?? call.region));
    // Told once, by the creation.
    const { userId: _, privateKey: __, ...state } = observed.state;
    return { ...observed, state };
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    this.#cloud.nova.keypairs.delete(id, textOf(known, "region") ?? call.region);
    await call.accepted(id);
  }
}

function observeKeypair(keypair: KeypairView): Observed {
  const { name, region, publicKey, fingerprint, userId } = keypair;
  return { id: name, state: { name, region, publicKey, fingerprint, userId, privateKey: "" } };
}

/** openstack:compute/volumeAttach:VolumeAttach; its id is `server/volume`. */
export class VolumeAttachAdapter implements ResourceAdapter {
  readonly service = "nova";
  readonly inputs = ["instanceId", "volumeId", "device", "region"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const serverId = needText(inputs, "instanceId");
    const volumeId = needText(inputs, "volumeId");
    this.#cloud.nova.volumeAttachments.create({ serverId, volumeId, device: textOf(inputs, "device") });
    await call.accepted(`${serverId}/${volumeId}`);
    await waitFor(this.#cloud, call, () => this.#cloud.cinder.volumes.get(volumeId), {
      what: "volume",
      id: volumeId,
      statusOf: (volume) => volume.status,
      pending: ["available", "attaching"],
      target: ["in-use"],
    });
    return observeAttachment(this.#cloud.nova.volumeAttachments.get(serverId, volumeId));
  }

  async read(id: string): Promise<Observed> {
    const [serverId, volumeId] = parts(id);
    return observeAttachment(this.#cloud.nova.volumeAttachments.get(serverId, volumeId));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const [serverId, volumeId] = parts(id);
    const { volumeAttachments } = this.#cloud.nova;
    volumeAttachments.delete(serverId, volumeId);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => volumeAttachments.get(serverId, volumeId));
  }
}

function parts(id: string): [serverId: string, volumeId: string] {
  const [serverId, volumeId, more] = id.split("/");
  if (serverId === undefined || volumeId === undefined || more !== undefined) {
    throw new Error(`unable to determine volume attachment ID '${id}': <instance id>/<volume id> is accepted`);
  }
  return [serverId, volumeId];
}

function observeAttachment(attachment: VolumeAttachmentView): Observed {
  const { serverId, volumeId, device, region } = attachment;
  return { id: `${serverId}/${volumeId}`, state: { instanceId: serverId, volumeId, device, region } };
}
