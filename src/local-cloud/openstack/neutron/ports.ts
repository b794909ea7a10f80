import { Cidr, IpAddress } from "../../../core/cidr.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { macAddressOf } from "./addresses.ts";
import {
  badRequest,
  checkTexts,
  conflict,
  type NetworkBody,
  type NeutronRecords,
  type PortBody,
  type SubnetBody,
} from "./neutron-records.ts";
import type { CreatePortArgs, FixedIp, PortsApi, PortView, UpdatePortArgs } from "./types.ts";

/** Owners whose ports go only with what they belong to. */
const routerOwners: ReadonlySet<string> = new Set([
  "network:router_interface",
  "network:router_gateway",
  "network:floatingip",
]);

export class Ports implements PortsApi {
  readonly #records: NeutronRecords;

  constructor(records: NeutronRecords) {
    this.#records = records;
  }

  create(args: CreatePortArgs): PortView {
    checkTexts(args);
    const { context, networks, ports } = this.#records;
    return context.write(() => {
      const network = networks.require(args.networkId);
      const { region } = network;
      this.#records.requireQuota(region, "ports", ports.count(region), "port");
      this.#checkMac(network.id, args.macAddress);
      const id = context.uuid("port", region, args.name);
      const portSecurityEnabled = args.portSecurityEnabled ?? network.body.portSecurityEnabled;
      const groups =
        args.securityGroupIds?.map((group) => this.#records.groupId(region, group)) ??
        (portSecurityEnabled ? [this.#records.defaultGroupId(region)] : []);
      const record = ports.insert({
        id,
        region,
        name: args.name,
        parent: network.id,
        body: {
          description: args.description ?? "",
          networkId: network.id,
          adminStateUp: args.adminStateUp ?? true,
          macAddress: args.macAddress ?? macAddressOf(id),
          fixedIps: args.noFixedIp === true ? [] : this.#takeAddresses(network, id, args.fixedIps ?? []),
          securityGroupIds: groups,
          portSecurityEnabled,
          deviceId: args.deviceId ?? "",
          deviceOwner: args.deviceOwner ?? "",
          tags: [...(args.tags ?? [])],
        },
      });
      return view(record);
    });
  }

  #checkMac(networkId: string, mac: string | undefined): void {
    if (mac === undefined) return;
    if (!/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
      throw badRequest("HTTPBadRequest", `Invalid input for mac_address. Reason: '${mac}' is not a valid MAC address.`);
    }
    if (this.#records.ports.list({ parent: networkId }).some(({ body }) => body.macAddress === mac)) {
      throw conflict(
        "MacAddressInUse",
        `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`,
      );
    }
  }

  #takeAddresses(
    network: StoredRecord<NetworkBody>,
    portId: string,
    wanted: NonNullable<CreatePortArgs["fixedIps"]>,
  ): FixedIp[] {
    const subnets = this.#records.subnets.list({ parent: network.id });
    if (wanted.length === 0) {
      return subnets.length === 0 ? [] : [this.#takeAny(network.id, subnets, portId)];
    }
    return wanted.map(({ subnetId, ipAddress }) => {
      const candidates = subnetId === undefined ? subnets : subnets.filter((subnet) => subnet.id === subnetId);
      if (subnetId !== undefined && candidates.length === 0) {
        throw badRequest(
          "InvalidInput",
          `Invalid input for operation: Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${subnetId}.`,
        );
      }
      return ipAddress === undefined
        ? this.#takeAny(network.id, candidates, portId)
        : this.#takeOne(candidates, ipAddress, portId, subnetId !== undefined);
    });
  }

  #takeAny(networkId: string, subnets: readonly StoredRecord<SubnetBody>[], portId: string): FixedIp {
    const { addresses } = this.#records;
    for (const subnet of subnets) {
      const ipAddress = addresses.firstFree(subnet.id, subnet.body.allocationPools);
      if (ipAddress !== undefined) {
        addresses.claim(subnet.id, ipAddress, portId);
        return { subnetId: subnet.id, ipAddress };
      }
    }
    throw conflict("IpAddressGenerationFailure", `No more IP addresses available on network ${networkId}.`);
  }

  #takeOne(
    subnets: readonly StoredRecord<SubnetBody>[],
    ipAddress: string,
    portId: string,
    subnetGiven: boolean,
  ): FixedIp {
    const subnet = subnets.find(({ body }) => isHostOf(body.cidr, ipAddress));
    if (subnet === undefined) {
      throw subnetGiven
        ? badRequest("InvalidIpForSubnet", `IP address ${ipAddress} is not a valid IP for the specified subnet.`)
        : badRequest(
            "InvalidIpForNetwork",
            `IP address ${ipAddress} is not a valid IP for any of the subnets on the specified network.`,
          );
    }
    if (this.#records.addresses.owner(subnet.id, ipAddress) !== undefined) {
      throw conflict("IpAddressAlreadyAllocated", `IP address ${ipAddress} already allocated in subnet ${subnet.id}`);
    }
    this.#records.addresses.claim(subnet.id, ipAddress, portId);
    return { subnetId: subnet.id, ipAddress };
  }

  get(id: string): PortView {
    return this.#records.context.read(() => view(this.#records.ports.require(id)));
  }

  list(filter: Parameters<PortsApi["list"]>[0] = {}): PortView[] {
    return this.#records.context.read(() =>
      this.#records.ports
        .list({ region: filter.region, name: filter.name, parent: filter.networkId })
        .filter(
          ({ body }) =>
            (filter.deviceId === undefined || body.deviceId === filter.deviceId) &&
            (filter.ipAddress === undefined || body.fixedIps.some(({ ipAddress }) => ipAddress === filter.ipAddress)),
        )
        .map(view),
    );
  }

  update(id: string, args: UpdatePortArgs): PortView {
    checkTexts(args);
    const { context, networks, ports, addresses } = this.#records;
    return context.write(() => {
      const record = ports.require(id);
      const { name, fixedIps, securityGroupIds, ...rest } = given(args);
      let taken = record.body.fixedIps;
      if (fixedIps !== undefined) {
        addresses.release(id);
        taken = this.#takeAddresses(networks.require(record.body.networkId), id, fixedIps);
      }
      const groups =
        securityGroupIds?.map((group) => this.#records.groupId(record.region, group)) ?? record.body.securityGroupIds;
      return view(
        ports.save({
          ...record,
          name: name ?? record.name,
          body: { ...record.body, ...rest, fixedIps: taken, securityGroupIds: groups },
        }),
      );
    });
  }

  delete(id: string): void {
    this.#records.context.write(() => {
      const record = this.#records.ports.require(id);
      if (routerOwners.has(record.body.deviceOwner)) {
        throw conflict(
          "ServicePortInUse",
          `Port ${id} cannot be deleted directly via the port API: has device owner ${record.body.deviceOwner}.`,
        );
      }
      this.discard(id);
    });
  }

  /** Binds a port to the machine or service that uses it; a port that another one uses is refused. */
  attach(id: string, deviceId: string, deviceOwner: string): void {
    const { ports } = this.#records;
    const record = ports.require(id);
    if (record.body.deviceId !== "" && record.body.deviceId !== deviceId) {
      throw conflict(
        "PortInUse",
        `Unable to complete operation on port ${id} for network ${record.body.networkId}. Port already has an attached device ${record.body.deviceId}.`,
      );
    }
    ports.change(record, { deviceId, deviceOwner });
  }

  detach(id: string): void {
    const record = this.#records.ports.find(id);
    if (record !== undefined) {
      this.#records.ports.change(record, { deviceId: "", deviceOwner: "" });
    }
  }

  /** Removes a port whatever it is, with its addresses; a floating address that leads to it leads nowhere then. */
  discard(id: string): void {
    const { ports, addresses, floatingIps } = this.#records;
    for (const floating of floatingIps.list({ parent: id })) {
      floatingIps.save({ ...floating, parent: "", body: { ...floating.body, portId: undefined, fixedIp: undefined } });
    }
    addresses.release(id);
    ports.remove(id);
  }
}

/** A host address of the block: neither its network nor its broadcast address. */
function isHostOf(cidrText: string, address: string): boolean {
  try {
    const cidr = Cidr.parse(cidrText);
    const ip = IpAddress.parse(address);
    return cidr.contains(ip) && !ip.equals(cidr.first) && !ip.equals(cidr.last);
  } catch {
    return false;
  }
}

function view(record: StoredRecord<PortBody>): PortView {
  return {
    id: record.id,
    name: record.name,
    region: record.region,
    ...record.body,
    status: record.body.deviceId !== "" && record.body.adminStateUp ? "ACTIVE" : "DOWN",
  };
}
