import { isIP } from "node:net";
import { Cidr, IpAddress } from "../../../core/cidr.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { defaultPools, macAddressOf } from "./addresses.ts";
import { badRequest, checkTexts, conflict, type NeutronRecords, type SubnetBody } from "./neutron-records.ts";
import type { AddressRange, CreateSubnetArgs, SubnetsApi, SubnetView, UpdateSubnetArgs } from "./types.ts";

/** Addresses that DHCP takes from the pool of each subnet. */
const dhcpPorts = 2;

export class Subnets implements SubnetsApi {
  readonly #records: NeutronRecords;

  constructor(records: NeutronRecords) {
    this.#records = records;
  }

  /** Judged in Neutron's order: the request itself, network, quota, gateway, pools, overlap. */
  create(args: CreateSubnetArgs): SubnetView {
    checkTexts(args);
    checkAddresses(args);
    const cidr = parseCidr(args.cidr);
    const { context, networks, subnets } = this.#records;
    this.#records.enterRegion(args.region);
    return context.write(() => {
      const network = networks.require(args.networkId);
      const { region } = network;
      this.#records.requireQuota(region, "subnets", subnets.count(region) - 1, "subnet");
      const gatewayIp = args.noGateway === true ? undefined : (args.gatewayIp ?? cidr.at(1).toString());
      checkGateway(cidr, gatewayIp);
      const allocationPools = args.allocationPools ?? defaultPools(cidr, gatewayIp);
      checkPools(cidr, allocationPools);
      checkGatewayApart(gatewayIp, allocationPools);
      for (const other of subnets.list({ parent: network.id })) {
        if (Cidr.parse(other.body.cidr).overlaps(cidr)) {
          throw badRequest(
            "InvalidInput",
            `Invalid input for operation: Requested subnet with cidr: ${cidr} for network: ${network.id} overlaps with another subnet.`,
          );
        }
      }
      const subnet = subnets.insert({
        id: context.uuid("subnet", region, args.name),
        region,
        name: args.name,
        parent: network.id,
        body: {
          description: args.description ?? "",
          networkId: network.id,
          cidr: cidr.toString(),
          ipVersion: 4,
          gatewayIp,
          enableDhcp: args.enableDhcp ?? true,
          allocationPools: [...allocationPools],
          dnsNameservers: [...(args.dnsNameservers ?? [])],
          hostRoutes: [...(args.hostRoutes ?? [])],
          tags: [...(args.tags ?? [])],
        },
      });
      if (subnet.body.enableDhcp) {
        this.#serveDhcp(subnet);
      }
      return view(subnet);
    });
  }

  #serveDhcp(subnet: StoredRecord<SubnetBody>): void {
    const { context, ports, addresses } = this.#records;
    for (let index = 0; index < dhcpPorts; index += 1) {
      const ipAddress = addresses.firstFree(subnet.id, subnet.body.allocationPools);
      if (ipAddress === undefined) {
        return;
      }
      const id = context.uuid("port", subnet.region, `dhcp ${subnet.id}`);
      addresses.claim(subnet.id, ipAddress, id);
      ports.insert({
        id,
        region: subnet.region,
        name: "",
        parent: subnet.body.networkId,
        body: {
          description: "",
          networkId: subnet.body.networkId,
          adminStateUp: true,
          macAddress: macAddressOf(id),
          fixedIps: [{ subnetId: subnet.id, ipAddress }],
          securityGroupIds: [],
          portSecurityEnabled: false,
          deviceId: `dhcp-${subnet.id}`,
          deviceOwner: "network:dhcp",
          tags: [],
        },
      });
    }
  }

  #stopDhcp(subnet: StoredRecord<SubnetBody>): void {
    const { ports, addresses } = this.#records;
    for (const port of ports.list({ parent: subnet.body.networkId })) {
      if (port.body.deviceId === `dhcp-${subnet.id}`) {
        addresses.release(port.id);
        ports.remove(port.id);
      }
    }
  }

  get(id: string): SubnetView {
    return this.#records.context.read(() => view(this.#records.subnets.require(id)));
  }

  list(
    filter: { region?: string | undefined; name?: string | undefined; networkId?: string | undefined } = {},
  ): SubnetView[] {
    return this.#records.context.read(() =>
      this.#records.subnets
        .list({ region: filter.region, name: filter.name, parent: filter.networkId })
        .map((record) => view(record)),
    );
  }

  update(id: string, args: UpdateSubnetArgs): SubnetView {
    checkTexts(args);
    checkAddresses(args);
    const { context, subnets } = this.#records;
    return context.write(() => {
      const record = subnets.require(id);
      const { name, noGateway, ...rest } = given(args);
      const gatewayIp = noGateway === true ? undefined : (rest.gatewayIp ?? record.body.gatewayIp);
      const cidr = Cidr.parse(record.body.cidr);
      const changesGateway = gatewayIp !== record.body.gatewayIp;
      if (changesGateway && gatewayIp !== undefined) {
        checkGateway(cidr, gatewayIp);
        this.#requireNoRouterAt(record);
      }
      const allocationPools = rest.allocationPools ?? record.body.allocationPools;
      checkPools(cidr, allocationPools);
      if (changesGateway || rest.allocationPools !== undefined) checkGatewayApart(gatewayIp, allocationPools);
      const saved = subnets.save({
        ...record,
        name: name ?? record.name,
        body: { ...record.body, ...rest, gatewayIp, allocationPools: [...allocationPools] },
      });
      if (saved.body.enableDhcp !== record.body.enableDhcp) {
        if (saved.body.enableDhcp) {
          this.#serveDhcp(saved);
        } else {
          this.#stopDhcp(saved);
        }
      }
      return view(saved);
    });
  }

  /** The gateway cannot become another one while a router has its address; any other port may have it. */
  #requireNoRouterAt({ id, body: { gatewayIp } }: StoredRecord<SubnetBody>): void {
    if (gatewayIp === undefined) return;
    const holder = this.#records.ports.find(this.#records.addresses.owner(id, gatewayIp) ?? "");
    if (holder?.body.deviceOwner === "network:router_interface") {
      throw conflict(
        "GatewayIpInUse",
        `Current gateway ip ${gatewayIp} already in use by port ${holder.id}. Unable to update.`,
      );
    }
  }

  delete(id: string): void {
    const { context, subnets, ports, addresses } = this.#records;
    context.write(() => {
      const record = subnets.require(id);
      const using = addresses.taken(id).some(({ portId }) => ports.find(portId)?.body.deviceOwner !== "network:dhcp");
      if (using) {
        throw conflict(
          "SubnetInUse",
          `Unable to complete operation on subnet ${id}: One or more ports have an IP allocation from this subnet.`,
        );
      }
      this.#stopDhcp(record);
      subnets.remove(id);
    });
  }

  addresses(id: string): { ipAddress: string; portId: string }[] {
    return this.#records.context.read(() => this.#records.addresses.taken(this.#records.subnets.require(id).id));
  }
}

function parseCidr(text: string, field = "cidr"): Cidr {
  try {
    return Cidr.parse(text);
  } catch {
    throw badRequest("HTTPBadRequest", `Invalid input for ${field}. Reason: '${text}' is not a valid IP subnet.`);
  }
}

/** Of the request alone. */
function checkAddresses(args: UpdateSubnetArgs): void {
  const { dnsNameservers = [], allocationPools = [], gatewayIp, hostRoutes = [] } = args;
  requireAddresses("dns_nameservers", dnsNameservers);
  requireAddresses(
    "allocation_pools",
    allocationPools.flatMap(({ start, end }) => [start, end]),
  );
  requireAddresses("gateway_ip", gatewayIp === undefined ? [] : [gatewayIp]);
  requireAddresses(
    "host_routes",
    hostRoutes.map(({ nextHop }) => nextHop),
  );
  for (const { destinationCidr } of hostRoutes) parseCidr(destinationCidr, "host_routes");
}

function requireAddresses(field: string, addresses: readonly string[]): void {
  const wrong = addresses.find((address) => isIP(address) === 0);
  if (wrong !== undefined) {
    throw badRequest("HTTPBadRequest", `Invalid input for ${field}. Reason: '${wrong}' is not a valid IP address.`);
  }
}

/** Outside of the subnet anything may be its gateway. */
function checkGateway(cidr: Cidr, gateway: string | undefined): void {
  const address = gateway === undefined ? undefined : IpAddress.parse(gateway);
  if (address?.equals(cidr.first) || address?.equals(cidr.last)) {
    throw badRequest("InvalidInput", "Invalid input for operation: Gateway is not valid on subnet.");
  }
}

/** Each of the subnet's hosts, and apart from each other. */
function checkPools(cidr: Cidr, pools: readonly AddressRange[]): void {
  const ranges = pools.map(({ start, end }) => {
    const range = { start, end, from: IpAddress.parse(start).toNumber(), to: IpAddress.parse(end).toNumber() };
    if (range.from > range.to) {
      throw badRequest("InvalidAllocationPool", `The allocation pool ${start}-${end} is not valid.`);
    }
    return range;
  });
  const [first, last] = cidr.prefix <= 30 ? [1, -1] : [0, 0];
  for (const { start, end, from, to } of ranges) {
    if (from < cidr.first.toNumber() + first || to > cidr.last.toNumber() + last) {
      throw badRequest(
        "OutOfBoundsAllocationPool",
        `The allocation pool ${start}-${end} spans beyond the subnet cidr ${cidr}.`,
      );
    }
  }
  for (const [index, one] of ranges.entries()) {
    const other = ranges.slice(index + 1).find(({ from, to }) => from <= one.to && to >= one.from);
    if (other !== undefined) {
      throw conflict(
        "OverlappingAllocationPools",
        `Found overlapping allocation pools: ${one.start}-${one.end} ${other.start}-${other.end} for subnet ${cidr}.`,
      );
    }
  }
}

function checkGatewayApart(gateway: string | undefined, pools: readonly AddressRange[]): void {
  if (gateway === undefined) return;
  const address = IpAddress.parse(gateway).toNumber();
  for (const { start, end } of pools) {
    if (address < IpAddress.parse(start).toNumber() || address > IpAddress.parse(end).toNumber()) continue;
    throw conflict(
      "GatewayConflictWithAllocationPools",
      `Gateway ip ${gateway} conflicts with allocation pool ${start}-${end}.`,
    );
  }
}

function view(record: StoredRecord<SubnetBody>): SubnetView {
  return { id: record.id, name: record.name, region: record.region, ...record.body, gatewayIp: record.body.gatewayIp };
}
