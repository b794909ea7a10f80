import { Cidr } from "../../../core/cidr.ts";
import { messageOf } from "../../../core/errors.ts";
import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, mapOf, needText, objectsOf, sentText, textOf, textsOf } from "../../provider/value-readers.ts";
import { retryConflict, waitUntilGone } from "../../provider/waiting.ts";
import { sameValue, type Values } from "../../provider/wire-values.ts";
import { shownTags, withChangedTags, withTags } from "./tags-provider.ts";
import type { AddressRange, HostRoute, NetworkView, SubnetView } from "./types.ts";

/** openstack:networking/network:Network */
export class NetworkAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = ["name", "region", "description", "adminStateUp", "portSecurityEnabled", "tags", "valueSpecs"];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const network = this.#cloud.neutron.networks.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      description: textOf(inputs, "description"),
      adminStateUp: flagOf(inputs, "adminStateUp"),
      portSecurityEnabled: flagOf(inputs, "portSecurityEnabled"),
      valueSpecs: mapOf(inputs, "valueSpecs"),
    });
    await call.accepted(network.id);
    const tagged = withTags(inputs, network, (tags) => this.#cloud.neutron.networks.update(network.id, { tags }));
    return this.#observe(tagged, inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    return this.#observe(this.#cloud.neutron.networks.get(id), known);
  }

  async update(id: string, wanted: Values, known: Values): Promise<Observed> {
    const { networks } = this.#cloud.neutron;
    const updated = networks.update(id, {
      name: textOf(wanted, "name"),
      description: sentText(wanted, "description"),
      adminStateUp: flagOf(wanted, "adminStateUp"),
      portSecurityEnabled: flagOf(wanted, "portSecurityEnabled"),
    });
    const tagged = withChangedTags({ wanted, known }, updated, (tags) => networks.update(id, { tags }));
    return this.#observe(tagged, wanted);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    this.#cloud.neutron.networks.delete(id);
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => this.#cloud.neutron.networks.get(id));
  }

  #observe(network: NetworkView, known: Values): Observed {
    return {
      id: network.id,
      state: {
        name: network.name,
        region: network.region,
        description: network.description,
        adminStateUp: network.adminStateUp,
        portSecurityEnabled: network.portSecurityEnabled,
        external: network.external,
        shared: network.external,
        mtu: network.mtu,
        dnsDomain: network.dnsDomain,
        qosPolicyId: "",
        ...shownTags(network.tags, known),
        tenantId: this.#cloud.keystone.projectId,
        transparentVlan: false,
        availabilityZoneHints: [],
        segments: [
          {
            networkType: network.networkType,
            ...(network.segmentationId === undefined ? {} : { segmentationId: network.segmentationId }),
          },
        ],
      },
    };
  }
}

/** openstack:networking/subnet:Subnet */
export class SubnetAdapter implements ResourceAdapter {
  readonly service = "neutron";
  readonly inputs = [
    "name",
    "region",
    "description",
    "networkId",
    "cidr",
    "ipVersion",
    "gatewayIp",
    "noGateway",
    "enableDhcp",
    "allocationPools",
    "dnsNameservers",
    "hostRoutes",
    "tags",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    if (inputs.ipVersion === 6) throw new Error("the local cloud models IPv4 subnets only");
    requireUnique(inputs);
    requireNetworkAddress(needText(inputs, "cidr"));
    const subnet = this.#cloud.neutron.subnets.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      description: textOf(inputs, "description"),
      networkId: needText(inputs, "networkId"),
      cidr: needText(inputs, "cidr"),
      ...addressing(inputs),
    });
    await call.accepted(subnet.id);
    const tagged = withTags(inputs, subnet, (tags) => this.#cloud.neutron.subnets.update(subnet.id, { tags }));
    return this.#observe(tagged, inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    return this.#observe(this.#cloud.neutron.subnets.get(id), known);
  }

  async update(id: string, wanted: Values, known: Values): Promise<Observed> {
    if (!sameValue(wanted.dnsNameservers, known.dnsNameservers)) requireUnique(wanted);
    const { subnets } = this.#cloud.neutron;
    const updated = subnets.update(id, {
      name: textOf(wanted, "name"),
      description: sentText(wanted, "description"),
      ...addressing(wanted),
      dnsNameservers: textsOf(wanted, "dnsNameservers") ?? [],
      hostRoutes: routes(wanted) ?? [],
    });
    const tagged = withChangedTags({ wanted, known }, updated, (tags) => subnets.update(id, { tags }));
    return this.#observe(tagged, wanted);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const { subnets } = this.#cloud.neutron;
    // A load balancer that is being deleted keeps its address for a while: the real provider tries again.
    await retryConflict(this.#cloud, call, () => subnets.delete(id));
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => subnets.get(id));
  }

  #observe(subnet: SubnetView, known: Values): Observed {
    return {
      id: subnet.id,
      state: {
        name: subnet.name,
        region: subnet.region,
        description: subnet.description,
        networkId: subnet.networkId,
        cidr: subnet.cidr,
        ipVersion: subnet.ipVersion,
        gatewayIp: subnet.gatewayIp ?? "",
        noGateway: subnet.gatewayIp === undefined,
        enableDhcp: subnet.enableDhcp,
        allocationPools: subnet.allocationPools,
        allocationPoolsCollection: subnet.allocationPools,
        dnsNameservers: subnet.dnsNameservers,
        serviceTypes: [],
        subnetpoolId: "",
        ipv6AddressMode: "",
        ipv6RaMode: "",
        ...shownTags(subnet.tags, known),
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

function addressing(inputs: Values): {
  gatewayIp: string | undefined;
  noGateway: boolean | undefined;
  enableDhcp: boolean | undefined;
  allocationPools: readonly AddressRange[] | undefined;
  dnsNameservers: readonly string[] | undefined;
  hostRoutes: readonly HostRoute[] | undefined;
} {
  return {
    gatewayIp: textOf(inputs, "gatewayIp"),
    noGateway: flagOf(inputs, "noGateway"),
    enableDhcp: flagOf(inputs, "enableDhcp"),
    allocationPools: objectsOf(inputs, "allocationPools")?.map((pool) => ({
      start: needText(pool, "start"),
      end: needText(pool, "end"),
    })),
    dnsNameservers: textsOf(inputs, "dnsNameservers"),
    hostRoutes: routes(inputs),
  };
}

/** What the real provider refuses before it asks Neutron. */
function requireUnique(inputs: Values): void {
  const servers = textsOf(inputs, "dnsNameservers") ?? [];
  const twice = servers.find((server, index) => servers.indexOf(server) !== index);
  if (twice !== undefined) throw new Error(`dns_nameservers argument is invalid: got duplicate nameserver ${twice}`);
}

function requireNetworkAddress(cidr: string): void {
  try {
    Cidr.parse(cidr);
  } catch (error) {
    throw new Error(`Invalid CIDR ${cidr}: ${messageOf(error)}`);
  }
}

function routes(inputs: Values): readonly HostRoute[] | undefined {
  return objectsOf(inputs, "hostRoutes")?.map((route) => ({
    destinationCidr: needText(route, "destinationCidr"),
    nextHop: needText(route, "nextHop"),
  }));
}
