import { Cidr, IpAddress } from "../../../core/cidr.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Neutron } from "../neutron/neutron.ts";
import type { PortBody, SubnetBody } from "../neutron/neutron-records.ts";
import type { FixedIp } from "../neutron/types.ts";
import { quotaOf } from "../quotas.ts";
import type { LoadBalancerFlavors } from "./flavors.ts";
import { checkTexts, invalid, type LoadBalancerRecord, type OctaviaRecords } from "./octavia-records.ts";
import type { OperatingStatuses } from "./operating-status.ts";
import type { CreateLoadBalancerArgs, LoadBalancersApi, LoadBalancerView } from "./types.ts";

/** Addresses that the load balancer's own machines take besides the VIP. */
const machinePorts = 2;

/** Where the address is: a port of the user's, or a subnet on which Octavia makes one. */
type VipPlace = { readonly port: StoredRecord<PortBody>; readonly fixed: FixedIp } | StoredRecord<SubnetBody>;

export class LoadBalancers implements LoadBalancersApi {
  readonly #records: OctaviaRecords;
  readonly #neutron: Neutron;
  readonly #flavors: LoadBalancerFlavors;
  readonly #statuses: OperatingStatuses;

  constructor(records: OctaviaRecords, neutron: Neutron, flavors: LoadBalancerFlavors, statuses: OperatingStatuses) {
    this.#records = records;
    this.#neutron = neutron;
    this.#flavors = flavors;
    this.#statuses = statuses;
  }

  /** Judged in Octavia's order: the request itself, port, network and subnet of the address, flavor, quota, the address. */
  create(args: CreateLoadBalancerArgs): LoadBalancerView {
    checkTexts(args);
    const { context, balancers } = this.#records;
    const region = this.#neutron.records.enterRegion(args.region);
    return context.write(() => {
      const place = this.#chooseVip(args);
      const flavor = args.flavorId === undefined ? undefined : this.#flavors.choose(region, args.flavorId);
      if (balancers.count(region) >= quotaOf(context, region, "loadBalancers")) {
        throw new CloudError(403, "QuotaException", "Quota has been met for resources: Load Balancer");
      }
      const id = context.uuid("load-balancer", region, args.name);
      const vip = this.#takeVip(id, place, args.vipAddress);
      const fixed = "port" in place ? place.fixed : vip.body.fixedIps[0];
      const subnetId = fixed?.subnetId ?? "";
      const now = context.clock.iso();
      const record = balancers.insert({
        id,
        region,
        name: args.name,
        due: context.after("loadBalancerCreate"),
        body: {
          description: args.description ?? "",
          adminStateUp: args.adminStateUp ?? true,
          provider: args.provider ?? "amphora",
          flavorId: flavor?.id,
          vipAddress: fixed?.ipAddress ?? "",
          vipPortId: vip.id,
          vipSubnetId: subnetId,
          vipNetworkId: vip.body.networkId,
          tags: [...(args.tags ?? [])],
          status: context.injected("error-state") ? "ERROR" : "PENDING_CREATE",
          machinePortIds: this.#takeMachinePorts(id, vip.body.networkId, subnetId),
          step: "create",
          newFlavorId: undefined,
          changing: [],
          ownPort: args.vipPortId === undefined,
          createdAt: now,
          updatedAt: now,
        },
      });
      return this.view(record);
    });
  }

  /** Source: Octavia, `_validate_vip_request_object` of api/v2/controllers/load_balancer.py. */
  #chooseVip({ vipPortId, vipNetworkId, vipSubnetId, vipAddress }: CreateLoadBalancerArgs): VipPlace {
    if (vipPortId !== undefined) return this.#portOfVip(vipPortId, vipSubnetId, vipAddress);
    if (vipNetworkId !== undefined) return this.#subnetOfVip(vipNetworkId, vipSubnetId, vipAddress);
    if (vipSubnetId === undefined) {
      throw invalid("VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.");
    }
    return this.#subnet(vipSubnetId);
  }

  #portOfVip(portId: string, subnetId: string | undefined, address: string | undefined): VipPlace {
    const port = this.#neutron.records.ports.find(portId) ?? missing("Port", portId);
    const { deviceId, fixedIps } = port.body;
    if (deviceId !== "") throw invalid(`Port ${portId} is already used by device ${deviceId} `);
    if (subnetId !== undefined) {
      this.#subnet(subnetId);
      const found = fixedIps.find((one) => one.subnetId === subnetId);
      if (found === undefined)
        throw invalid("No VIP address found on the specified VIP port within the specified subnet.");
      return { port, fixed: found };
    }
    if (address !== undefined) {
      const found = fixedIps.find(({ ipAddress }) => ipAddress === address);
      if (found === undefined) throw invalid("Specified VIP address not found on the specified VIP port.");
      return { port, fixed: found };
    }
    const [only, ...others] = fixedIps;
    if (only === undefined || others.length > 0) {
      throw invalid("VIP port's subnet could not be determined. Please specify either a VIP subnet or address.");
    }
    return { port, fixed: only };
  }

  #subnetOfVip(networkId: string, subnetId: string | undefined, address: string | undefined): VipPlace {
    const { networks, subnets } = this.#neutron.records;
    if (networks.find(networkId) === undefined) missing("Network", networkId);
    const inside = subnets.list({ parent: networkId });
    if (subnetId !== undefined) return inside.find(({ id }) => id === subnetId) ?? missing("Subnet", subnetId);
    if (address !== undefined) {
      const found = inside.find(({ body }) => Cidr.parse(body.cidr).contains(IpAddress.parse(address)));
      if (found === undefined) throw invalid("Supplied network does not contain a subnet for VIP address specified.");
      return found;
    }
    const [first] = inside;
    if (first === undefined) throw invalid("Supplied network does not contain a subnet.");
    return first;
  }

  #subnet(id: string): StoredRecord<SubnetBody> {
    return this.#neutron.records.subnets.find(id) ?? missing("Subnet", id);
  }

  #takeVip(id: string, place: VipPlace, ipAddress: string | undefined): StoredRecord<PortBody> {
    const { records, ports } = this.#neutron;
    if ("port" in place) {
      ports.attach(place.port.id, `lb-${id}`, "Octavia");
      return records.ports.require(place.port.id);
    }
    const create = () =>
      ports.create({
        name: `octavia-lb-${id}`,
        networkId: place.body.networkId,
        fixedIps: [{ subnetId: place.id, ipAddress }],
        securityGroupIds: [],
        deviceId: `lb-${id}`,
        deviceOwner: "Octavia",
      });
    return records.ports.require(asDriver(create).id);
  }

  #takeMachinePorts(id: string, networkId: string, subnetId: string): string[] {
    return Array.from({ length: machinePorts }, () => {
      const port = this.#neutron.ports.create({
        name: `octavia-lb-vrrp-${id}`,
        networkId,
        fixedIps: [{ subnetId }],
        securityGroupIds: [],
        deviceId: `lb-${id}`,
        deviceOwner: "Octavia:machine",
      });
      return port.id;
    });
  }

  get(id: string): LoadBalancerView {
    return this.#records.context.read(() => this.view(this.#records.balancers.require(id)));
  }

  list(filter: { region?: string | undefined; name?: string | undefined } = {}): LoadBalancerView[] {
    return this.#records.context.read(() => this.#records.balancers.list(filter).map((record) => this.view(record)));
  }

  update(id: string, args: Parameters<LoadBalancersApi["update"]>[1]): LoadBalancerView {
    checkTexts(args);
    return this.#records.context.write(() => {
      const balancer = this.#requireSettled(id);
      const { name, ...rest } = given(args);
      return this.view(
        this.#records.begin({ ...balancer, name: name ?? balancer.name }, "change", "loadBalancerChange", {
          ...rest,
          status: "PENDING_UPDATE",
        }),
      );
    });
  }

  /** Only OVHcloud's shell offers it: plain Octavia has no change of flavor. */
  resize(id: string, flavorId: string, changes: { name?: string; description?: string }): LoadBalancerView {
    return this.#records.context.write(() => {
      const balancer = this.#requireSettled(id);
      const flavor = this.#flavors.choose(balancer.region, flavorId);
      const failed = this.#records.context.injected("error-state");
      return this.view(
        this.#records.begin(
          { ...balancer, name: changes.name ?? balancer.name },
          failed ? "change" : "resize",
          "loadBalancerResize",
          {
            description: changes.description ?? balancer.body.description,
            newFlavorId: failed ? undefined : flavor.id,
            // A failed failover leaves the old size and ERROR.
            status: failed ? "ERROR" : "PENDING_UPDATE",
          },
        ),
      );
    });
  }

  #requireSettled(id: string): LoadBalancerRecord {
    const balancer = this.#records.balancers.require(id);
    if (balancer.body.status !== "ACTIVE" && balancer.body.status !== "ERROR") {
      throw new CloudError(
        409,
        "LBPendingStateError",
        `Invalid state ${balancer.body.status} of loadbalancer resource ${id}`,
      );
    }
    return balancer;
  }

  delete(id: string, cascade = false): void {
    const { context, listeners, pools } = this.#records;
    context.write(() => {
      const balancer = this.#records.balancers.require(id);
      if (balancer.body.step === "delete") {
        return;
      }
      this.#requireSettled(id);
      if (!cascade && (listeners.list({ parent: id }).length > 0 || pools.list({ parent: id }).length > 0)) {
        throw invalid(`Cannot delete Load Balancer ${id} - it has children`);
      }
      this.#records.begin(balancer, "delete", "loadBalancerDelete", { status: "PENDING_DELETE" });
    });
  }

  view(record: LoadBalancerRecord): LoadBalancerView {
    const { body } = record;
    return {
      id: record.id,
      name: record.name,
      region: record.region,
      description: body.description,
      adminStateUp: body.adminStateUp,
      provider: body.provider,
      flavorId: body.flavorId,
      vipAddress: body.vipAddress,
      vipPortId: body.vipPortId,
      vipSubnetId: body.vipSubnetId,
      vipNetworkId: body.vipNetworkId,
      securityGroupIds: this.#neutron.records.ports.find(body.vipPortId)?.body.securityGroupIds ?? [],
      tags: body.tags,
      provisioningStatus: body.status,
      operatingStatus: this.#statuses.ofBalancer(record),
      listenerIds: this.#records.listeners.list({ parent: record.id }).map(({ id }) => id),
      poolIds: this.#records.pools.list({ parent: record.id }).map(({ id }) => id),
      createdAt: body.createdAt,
      updatedAt: body.updatedAt,
    };
  }
}

/** Whatever Neutron refuses to Octavia's driver, Octavia answers as an error of its own. */
function asDriver<Result>(work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    throw new CloudError(500, "ProviderDriverError", `Provider 'amphora' reports error: ${error.message}`);
  }
}

function missing(resource: string, id: string): never {
  throw new CloudError(400, "InvalidSubresource", `${resource} ${id} not found.`);
}
