import { Cidr, IpAddress } from "../../../core/cidr.ts";
import type { CloudError } from "../../kernel/cloud-error.ts";
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

type WantedIp = NonNullable<CreatePortArgs["fixedIps"]>[number];

export class Ports implements PortsApi {
  readonly #records: NeutronRecords;

  constructor(records: NeutronRecords) {
    this.#records = records;
  }

  /** Judged in Neutron's order: the request itself, network, quota, MAC address, subnets, addresses, port security, groups. */
  create(args: CreatePortArgs): PortView {
    checkTexts(args);
    checkMac(args.macAddress);
    const { context, networks, ports } = this.#records;
    this.#records.enterRegion(args.region);
    return context.write(() => {
      const { region } = networks.require(args.networkId);
      this.#records.requireQuota(region, "ports", ports.count(region), "port");
      return this.createOwn(args);
    });
  }

  /** A port that Neutron makes for itself, such as a router's: no quota is asked. */
  createOwn(args: CreatePortArgs): PortView {
    const { context, networks, ports } = this.#records;
    return context.write(() => {
      const network = networks.require(args.networkId);
      const { region } = network;
      this.#requireFreeMac(network.id, args.macAddress);
      const id = context.uuid("port", region, args.name);
      const fixedIps = args.noFixedIp === true ? [] : this.#takeAddresses(network, id, args.fixedIps ?? []);
      const portSecurityEnabled = args.portSecurityEnabled ?? network.body.portSecurityEnabled;
      if (!portSecurityEnabled && (args.securityGroupIds ?? []).length > 0) throw securityNeeded();
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
          fixedIps,
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

  #requireFreeMac(networkId: string, mac: string | undefined): void {
    if (
      mac !== undefined &&
      this.#records.ports.list({ parent: networkId }).some(({ body }) => body.macAddress === mac)
    ) {
      throw conflict(
        "MacAddressInUse",
        `Unable to complete operation for network ${networkId}. The mac address ${mac} is in use.`,
      );
    }
  }

  /** Every subnet and address is judged before one is taken. */
  #takeAddresses(network: StoredRecord<NetworkBody>, portId: string, wanted: readonly WantedIp[]): FixedIp[] {
    const subnets = this.#records.subnets.list({ parent: network.id });
    if (wanted.length === 0) {
      return subnets.length === 0 ? [] : [this.#takeAny(network.id, subnets, portId)];
    }
    const chosen = wanted.map((one) => ({ subnet: this.#subnetOf(network, subnets, one), ipAddress: one.ipAddress }));
    return chosen.map(({ subnet, ipAddress }) =>
      ipAddress === undefined ? this.#takeAny(network.id, [subnet], portId) : this.#takeOne(subnet, ipAddress, portId),
    );
  }

  #subnetOf(
    network: StoredRecord<NetworkBody>,
    subnets: readonly StoredRecord<SubnetBody>[],
    { subnetId, ipAddress }: WantedIp,
  ): StoredRecord<SubnetBody> {
    if (subnets.length === 0) {
      throw badRequest("InvalidInput", "Invalid input for operation: IP allocation requires subnets for network.");
    }
    if (subnetId === undefined) {
      if (ipAddress === undefined) {
        throw badRequest(
          "InvalidInput",
          "Invalid input for operation: IP allocation requires subnet_id or ip_address.",
        );
      }
      const found = subnets.find(({ body }) => isHostOf(body.cidr, ipAddress));
      if (found !== undefined) return found;
      throw badRequest(
        "InvalidIpForNetwork",
        `IP address ${ipAddress} is not a valid IP for any of the subnets on the specified network.`,
      );
    }
    const subnet = subnets.find(({ id }) => id === subnetId);
    if (subnet === undefined) {
      this.#records.subnets.require(subnetId);
      throw badRequest(
        "InvalidInput",
        `Invalid input for operation: Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${subnetId}.`,
      );
    }
    if (ipAddress !== undefined && !isHostOf(subnet.body.cidr, ipAddress)) {
      throw badRequest("InvalidIpForSubnet", `IP address ${ipAddress} is not a valid IP for the specified subnet.`);
    }
    return subnet;
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

  #takeOne(subnet: StoredRecord<SubnetBody>, ipAddress: string, portId: string): FixedIp {
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
    const { context, networks, ports } = this.#records;
    return context.write(() => {
      const record = ports.require(id);
      const { name, fixedIps, securityGroupIds, ...rest } = given(args);
      const network = networks.require(record.body.networkId);
      const taken = fixedIps === undefined ? record.body.fixedIps : this.#changeAddresses(network, record, fixedIps);
      if (!(rest.portSecurityEnabled ?? record.body.portSecurityEnabled)) {
        if ((securityGroupIds ?? []).length > 0) throw securityNeeded();
        if (securityGroupIds === undefined && record.body.securityGroupIds.length > 0) {
          throw conflict(
            "PortSecurityPortHasSecurityGroup",
            "Port has security group associated. Cannot disable port security or IP address until security group is removed.",
          );
        }
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

  /** Addresses that the port has already stay: those that are named, and of each subnet as many as are wanted of it without a name. */
  #changeAddresses(
    network: StoredRecord<NetworkBody>,
    port: StoredRecord<PortBody>,
    wanted: readonly WantedIp[],
  ): FixedIp[] {
    const left = [...port.body.fixedIps];
    const keep = (is: (old: FixedIp) => boolean) => {
      const at = left.findIndex(is);
      return at < 0 ? undefined : left.splice(at, 1)[0];
    };
    const named = wanted.filter(({ ipAddress }) => ipAddress !== undefined);
    const unnamed = wanted.filter(({ ipAddress }) => ipAddress === undefined);
    const kept = new Map<WantedIp, FixedIp>();
    for (const one of named) {
      const old = keep(({ ipAddress }) => ipAddress === one.ipAddress);
      if (old !== undefined) kept.set(one, old);
    }
    for (const one of unnamed) {
      const old = keep(({ subnetId }) => subnetId === one.subnetId);
      if (old !== undefined) kept.set(one, old);
    }
    const added = wanted.filter((one) => !kept.has(one));
    const subnets = this.#records.subnets.list({ parent: network.id });
    for (const one of added) this.#subnetOf(network, subnets, one);
    for (const { subnetId, ipAddress } of left) this.#records.addresses.releaseOne(subnetId, ipAddress);
    const taken = added.length === 0 ? [] : this.#takeAddresses(network, port.id, added);
    return [...kept.values(), ...taken];
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

function checkMac(mac: string | undefined): void {
  if (mac !== undefined && !/^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(mac)) {
    throw badRequest("HTTPBadRequest", `Invalid input for mac_address. Reason: '${mac}' is not a valid MAC address.`);
  }
}

function securityNeeded(): CloudError {
  return badRequest(
    "PortSecurityAndIPRequiredForSecurityGroups",
    "Port security must be enabled and port must have an IP address in order to use security groups.",
  );
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
