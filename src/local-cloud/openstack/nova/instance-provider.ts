import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { mapOf, needText, objectsOf, textOf, textsOf } from "../../provider/value-readers.ts";
import { waitFor, waitUntilGone } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import type { ServerNetwork, ServerView } from "./types.ts";

const timeoutSeconds = 1800;

/** openstack:compute/instance:Instance, as terraform-provider-openstack v1.54.1 does it (resource_openstack_compute_instance_v2.go). */
export class InstanceAdapter implements ResourceAdapter {
  readonly service = "nova";
  readonly inputs = [
    "name",
    "region",
    "flavorId",
    "flavorName",
    "imageId",
    "imageName",
    "networks",
    "keyPair",
    "userData",
    "metadata",
    "securityGroups",
    "schedulerHints",
    "availabilityZone",
    "powerState",
    "forceDelete",
    "stopBeforeDestroy",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const region = textOf(inputs, "region") ?? call.region;
    const { servers } = this.#cloud.nova;
    this.#requireParts(inputs, region);
    const { id } = servers.create({
      region,
      name: needText(inputs, "name"),
      flavorId: textOf(inputs, "flavorId"),
      flavorName: textOf(inputs, "flavorName"),
      imageId: textOf(inputs, "imageId"),
      imageName: textOf(inputs, "imageName"),
      networks: (objectsOf(inputs, "networks") ?? []).map((network) => this.#network(network, region)),
      keyName: textOf(inputs, "keyPair"),
      userData: textOf(inputs, "userData"),
      metadata: mapOf(inputs, "metadata"),
      securityGroups: textsOf(inputs, "securityGroups"),
      serverGroupId: textOf(objectsOf(inputs, "schedulerHints")?.[0] ?? {}, "group"),
      availabilityZone: textOf(inputs, "availabilityZone"),
    });
    await call.accepted(id);
    await this.#wait(id, call, ["BUILD"], ["ACTIVE"]);
    await this.#power(id, textOf(inputs, "powerState"), call);
    const observed = this.#observe(servers.get(id), inputs);
    return { ...observed, state: { ...observed.state, ...shownHints(inputs) } };
  }

  /** Lookups that the real provider makes before it calls Nova. */
  #requireParts(inputs: Values, region: string | undefined): void {
    const [imageId, imageName] = [textOf(inputs, "imageId"), textOf(inputs, "imageName")];
    if (imageId === undefined && imageName === undefined) {
      throw new Error("Neither a boot device, image ID, or image name were able to be determined");
    }
    if (imageId === undefined && this.#cloud.glance.images.list({ region, name: imageName ?? "" }).length === 0) {
      throw new Error(`Unable to find image with name ${imageName}`);
    }
    this.#requireFlavor(inputs, region);
  }

  #requireFlavor(inputs: Values, region: string | undefined): void {
    const name = textOf(inputs, "flavorName");
    if (textOf(inputs, "flavorId") !== undefined) return;
    if (name === undefined) throw new Error("One of flavor_id or flavor_name must be set");
    if (this.#cloud.nova.flavors.list({ region }).every((flavor) => flavor.name !== name)) {
      throw new Error(`Unable to find flavor with name ${name}`);
    }
  }

  async read(id: string, known: Values): Promise<Observed> {
    const observed = this.#observe(this.#cloud.nova.servers.get(id), known);
    // The real provider reads metadata back only when it imports.
    return "metadata" in known ? { ...observed, state: { ...observed.state, metadata: known.metadata } } : observed;
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { servers } = this.#cloud.nova;
    if (!sameValue(wanted.name, known.name)) servers.update(id, { name: needText(wanted, "name") });
    if (!sameValue(wanted.metadata ?? {}, known.metadata ?? {}))
      servers.update(id, { metadata: mapOf(wanted, "metadata") ?? {} });
    if (changed(wanted, known, "flavorName") || changed(wanted, known, "flavorId"))
      await this.#resize(id, wanted, known, call);
    if (changed(wanted, known, "imageId") || changed(wanted, known, "imageName")) {
      const byId = changed(wanted, known, "imageId");
      servers.rebuild(id, byId ? { imageId: textOf(wanted, "imageId") } : { imageName: textOf(wanted, "imageName") });
      await call.accepted(id);
      await this.#wait(id, call, ["REBUILD"], ["ACTIVE", "SHUTOFF"]);
    }
    if (changed(wanted, known, "securityGroups"))
      throw new Error("the local cloud cannot change the security groups of a server; use a port's");
    await this.#power(id, textOf(wanted, "powerState"), call);
    const observed = this.#observe(servers.get(id), wanted);
    return { ...observed, state: { ...observed.state, metadata: wanted.metadata, ...shownHints(wanted) } };
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const { servers } = this.#cloud.nova;
    if (known.stopBeforeDestroy === true && servers.get(id).status === "ACTIVE") await this.#power(id, "shutoff", call);
    servers.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => servers.get(id), timeoutSeconds);
  }

  /** Two steps: a process that dies between them leaves VERIFY_RESIZE, which only confirm or revert ends. */
  async #resize(id: string, wanted: Values, known: Values, call: CallContext): Promise<void> {
    const { servers } = this.#cloud.nova;
    this.#requireFlavor(
      { flavorName: wanted.flavorName, flavorId: changed(wanted, known, "flavorId") ? wanted.flavorId : undefined },
      textOf(known, "region"),
    );
    const byId = changed(wanted, known, "flavorId");
    servers.resize(id, byId ? { flavorId: textOf(wanted, "flavorId") } : { flavorName: textOf(wanted, "flavorName") });
    await call.accepted(id);
    await this.#wait(id, call, ["RESIZE"], ["VERIFY_RESIZE"]);
    servers.confirmResize(id);
    await this.#wait(id, call, ["VERIFY_RESIZE"], ["ACTIVE", "SHUTOFF"]);
  }

  async #power(id: string, state: string | undefined, call: CallContext): Promise<void> {
    const { servers } = this.#cloud.nova;
    const { status } = servers.get(id);
    if (state === "shutoff" && status === "ACTIVE") {
      servers.stop(id);
      await this.#wait(id, call, ["ACTIVE"], ["SHUTOFF"]);
    } else if (state === "active" && status === "SHUTOFF") {
      servers.start(id);
      await this.#wait(id, call, ["SHUTOFF"], ["ACTIVE"]);
    }
  }

  #wait(id: string, call: CallContext, pending: readonly string[], target: readonly string[]): Promise<ServerView> {
    return waitFor(this.#cloud, call, () => this.#cloud.nova.servers.get(id), {
      what: "instance",
      id,
      statusOf: (server) => server.status,
      reasonOf: (server) => server.fault?.message,
      pending,
      target,
      timeoutSeconds,
    });
  }

  /** Looked up by the real provider before it calls Nova, unless the program names both id and name. */
  #network(network: Values, region: string | undefined): ServerNetwork {
    const [portId, uuid, name] = [textOf(network, "port"), textOf(network, "uuid"), textOf(network, "name")];
    const { neutron } = this.#cloud;
    if (portId === undefined && uuid === undefined && name === undefined) {
      throw new Error("At least one of network.uuid, network.name, or network.port must be set");
    }
    const isLookedUp = uuid === undefined || name === undefined;
    if (isLookedUp && portId !== undefined && neutron.ports.list({ region }).every(({ id }) => id !== portId)) {
      throw new Error(`Could not find any matching port for port ${portId}`);
    }
    const byName = name === undefined ? [] : neutron.networks.list({ region, name });
    if (isLookedUp && portId === undefined) {
      const found = uuid === undefined ? byName : neutron.networks.list({ region }).filter(({ id }) => id === uuid);
      if (found.length !== 1) {
        const count = found.length === 0 ? "Could not find any matching network" : "More than one network found";
        throw new Error(`${count} for ${uuid === undefined ? `name ${name}` : `id ${uuid}`}`);
      }
    }
    return {
      portId,
      networkId: uuid ?? byName[0]?.id,
      fixedIp: textOf(network, "fixedIpV4"),
    };
  }

  /** A port shows only where the program names it: not in an import, nor where a network was asked for. */
  #observe(server: ServerView, known: Values): Observed {
    const named = objectsOf(known, "networks") ?? [];
    const status = server.status.toLowerCase();
    if (!["active", "shutoff", "error"].includes(status)) {
      throw new Error(`Invalid power_state for instance ${server.id}: ${server.status}`);
    }
    const groups = server.securityGroupIds.map((id) => this.#cloud.neutron.securityGroups.get(id).name);
    return {
      id: server.id,
      state: {
        name: server.name,
        region: server.region,
        flavorId: server.flavor.id,
        flavorName: server.flavor.name,
        imageId: server.imageId,
        imageName: server.imageName,
        keyPair: server.keyName ?? "",
        networks: server.addresses.map((address, index) => ({
          uuid: address.networkId,
          name: address.networkName,
          port: textOf(named[index] ?? {}, "port") ?? "",
          fixedIpV4: address.address,
          fixedIpV6: "",
          mac: address.macAddress,
          floatingIp: "",
          accessNetwork: false,
        })),
        accessIpV4: server.addresses[0]?.address ?? "",
        accessIpV6: "",
        metadata: server.metadata,
        allMetadata: server.metadata,
        securityGroups: groups,
        availabilityZone: server.availabilityZone,
        powerState: status,
        allTags: [],
        created: server.createdAt,
        updated: server.updatedAt,
      },
    };
  }
}

/** Hints are never read back; those left out are shown as empty. */
function shownHints(inputs: Values): Values {
  const hints = objectsOf(inputs, "schedulerHints")?.map((hint) => ({ buildNearHostIp: "", targetCell: "", ...hint }));
  return hints === undefined ? {} : { schedulerHints: hints };
}

/** Left out counts as unchanged: Nova keeps what it has. */
function changed(wanted: Values, known: Values, name: string): boolean {
  return wanted[name] !== undefined && !sameValue(wanted[name], known[name]);
}
