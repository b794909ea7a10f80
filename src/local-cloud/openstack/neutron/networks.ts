import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { badRequest, checkTexts, conflict, type NetworkBody, type NeutronRecords } from "./neutron-records.ts";
import type { CreateNetworkArgs, NetworksApi, NetworkView, UpdateNetworkArgs } from "./types.ts";

/** Highest VLAN of a vRack. */
const highestVlan = 4094;

export class Networks implements NetworksApi {
  readonly #records: NeutronRecords;
  /** Whether the project is in a vRack. */
  readonly #inVrack: () => boolean;

  constructor(records: NeutronRecords, inVrack: () => boolean) {
    this.#records = records;
    this.#inVrack = inVrack;
  }

  create(args: CreateNetworkArgs): NetworkView {
    checkTexts(args);
    const { context, networks } = this.#records;
    const region = this.#records.enterRegion(args.region);
    return context.write(() => {
      this.#records.requireQuota(region, "networks", networks.count(region) - 1, "network");
      return this.#view(
        networks.insert({
          id: context.uuid("network", region, args.name),
          region,
          name: args.name,
          body: {
            description: args.description ?? "",
            adminStateUp: args.adminStateUp ?? true,
            portSecurityEnabled: args.portSecurityEnabled ?? true,
            external: false,
            mtu: 1500,
            dnsDomain: "",
            tags: [...(args.tags ?? [])],
            ...this.#segment(args.valueSpecs ?? {}),
          },
        }),
      );
    });
  }

  #segment(specs: Readonly<Record<string, string>>): Pick<NetworkBody, "networkType" | "segmentationId"> {
    const type = specs["provider:network_type"];
    const segment = specs["provider:segmentation_id"];
    if (type === undefined && segment === undefined) {
      return { networkType: "vxlan", segmentationId: undefined };
    }
    if (!this.#inVrack()) {
      throw badRequest("BadRequest", "Can not get vrack_id and segmentation_id");
    }
    const vlan = segment === undefined ? undefined : Number(segment);
    if (type !== "vrack" || (vlan !== undefined && !(Number.isInteger(vlan) && vlan >= 0 && vlan <= highestVlan))) {
      throw badRequest(
        "InvalidInput",
        `Invalid input for operation: segmentation_id out of range (0 through ${highestVlan}).`,
      );
    }
    return { networkType: "vrack", segmentationId: vlan };
  }

  get(id: string): NetworkView {
    return this.#records.context.read(() => this.#view(this.#records.networks.require(id)));
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): NetworkView[] {
    const region = this.#records.enterRegion(filter.region);
    return this.#records.context.read(() =>
      this.#records.networks
        .list({ region: filter.region === undefined ? undefined : region, name: filter.name })
        .map((record) => this.#view(record)),
    );
  }

  update(id: string, args: UpdateNetworkArgs): NetworkView {
    checkTexts(args);
    const { context, networks } = this.#records;
    return context.write(() => {
      const record = networks.require(id);
      const { name, ...rest } = given(args);
      return this.#view(networks.save({ ...record, name: name ?? record.name, body: { ...record.body, ...rest } }));
    });
  }

  delete(id: string): void {
    const { context, networks, subnets, ports, addresses } = this.#records;
    context.write(() => {
      networks.require(id);
      const on = ports.list({ parent: id });
      const using = on.filter(({ body }) => body.deviceOwner !== "network:dhcp");
      if (using.length > 0) {
        throw conflict(
          "NetworkInUse",
          `Unable to complete operation on network ${id}. There are one or more ports still in use on the network, id for these ports is: ${using.map((port) => port.id).join(",")}.`,
        );
      }
      for (const port of on) {
        addresses.release(port.id);
        ports.remove(port.id);
      }
      for (const subnet of subnets.list({ parent: id })) {
        subnets.remove(subnet.id);
      }
      networks.remove(id);
    });
  }

  #view(record: StoredRecord<NetworkBody>): NetworkView {
    return {
      id: record.id,
      name: record.name,
      region: record.region,
      ...record.body,
      segmentationId: record.body.segmentationId,
      subnetIds: this.#records.subnets.list({ parent: record.id }).map(({ id }) => id),
    };
  }
}
