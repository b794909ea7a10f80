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

  create(args: CreateSubnetArgs): SubnetView {
    checkTexts(args);
    checkNameservers(args.dnsNameservers);
    const { context, networks, subnets } = this.#records;
    return context.write(() => {
      const network = networks.require(args.networkId);
      const { region } = network;
      this.#records.requireQuota(region, "subnets", subnets.count(region) - 1, "subnet");
      const cidr = parseCidr(args.cidr);
      for (const other of subnets.list({ parent: network.id })) {
        if (Cidr.parse(other.body.cidr).overlaps(cidr)) {
          throw badRequest(
            "InvalidInput",
            `Invalid input for operation: Requested subnet with cidr: ${cidr} for network: ${network.id} overlaps with another subnet.`,
          );
        }
      }
      const gatewayIp = args.noGateway === true ? undefined : (args.gatewayIp ?? cidr.at(1).toString());
      const allocationPools = checkPools(cidr, gatewayIp, args.allocationPools ?? defaultPools(cidr, gatewayIp));
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
          allocationPools,
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
    checkNameservers(args.dnsNameservers);
    const { context, subnets, addresses } = this.#records;
    return context.write(() => {
      const record = subnets.require(id);
      const { name, noGateway, ...rest } = given(args);
      const gatewayIp = noGateway === true ? undefined : (rest.gatewayIp ?? record.body.gatewayIp);
      if (gatewayIp !== record.body.gatewayIp && record.body.gatewayIp !== undefined) {
        const holder = addresses.owner(id, record.body.gatewayIp);
        if (holder !== undefined) {
          throw conflict(
            "GatewayIpInUse",
            `Current gateway ip ${record.body.gatewayIp} already in use by port ${holder}. Unable to update.`,
          );
        }
      }
      const pools = checkPools(
        Cidr.parse(record.body.cidr),
        gatewayIp,
        rest.allocationPools ?? record.body.allocationPools,
      );
      const saved = subnets.save({
        ...record,
        name: name ?? record.name,
        body: { ...record.body, ...rest, gatewayIp, allocationPools: pools },
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

function parseCidr(text: string): Cidr {
  try {
    return Cidr.parse(text);
  } catch {
    throw badRequest("HTTPBadRequest", `Invalid input for cidr. Reason: '${text}' is not a valid IP subnet.`);
  }
}

function checkNameservers(addresses: readonly string[] = []): void {
  const wrong = addresses.find((address) => isIP(address) === 0);
  if (wrong !== undefined) {
    throw badRequest(
      "HTTPBadRequest",
      `Invalid input for dns_nameservers. Reason: '${wrong}' is not a valid nameserver.`,
    );
  }
}

function checkPools(cidr: Cidr, gateway: string | undefined, pools: readonly AddressRange[]): AddressRange[] {
  for (const { start, end } of pools) {
    const [from, to] = [IpAddress.parse(start), IpAddress.parse(end)];
    if (!cidr.contains(from) || !cidr.contains(to) || from.toNumber() > to.toNumber()) {
      throw badRequest(
        "OutOfBoundsAllocationPool",
        `The allocation pool ${start}-${end} spans beyond the subnet cidr ${cidr}.`,
      );
    }
    const hole = gateway === undefined ? undefined : IpAddress.parse(gateway).toNumber();
    if (hole !== undefined && hole >= from.toNumber() && hole <= to.toNumber()) {
      throw conflict(
        "GatewayConflictWithAllocationPools",
        `Gateway ip ${gateway} conflicts with allocation pool ${start}-${end}.`,
      );
    }
  }
  return pools.map(({ start, end }) => ({ start, end }));
}

function view(record: StoredRecord<SubnetBody>): SubnetView {
  return { id: record.id, name: record.name, region: record.region, ...record.body, gatewayIp: record.body.gatewayIp };
}
