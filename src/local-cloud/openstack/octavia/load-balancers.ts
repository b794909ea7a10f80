import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Neutron } from "../neutron/neutron.ts";
import type { PortBody } from "../neutron/neutron-records.ts";
import { quotaOf } from "../quotas.ts";
import type { LoadBalancerFlavors } from "./flavors.ts";
import { checkTexts, invalid, type LoadBalancerRecord, type OctaviaRecords } from "./octavia-records.ts";
import type { OperatingStatuses } from "./operating-status.ts";
import type { CreateLoadBalancerArgs, LoadBalancersApi, LoadBalancerView } from "./types.ts";

/** Addresses that the load balancer's own machines take besides the VIP. */
const machinePorts = 2;

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

  create(args: CreateLoadBalancerArgs): LoadBalancerView {
    checkTexts(args);
    const { context, balancers } = this.#records;
    const region = this.#neutron.records.enterRegion(args.region);
    return context.write(() => {
      if (balancers.count(region) >= quotaOf(context, region, "loadBalancers")) {
        throw new CloudError(403, "QuotaException", "Quota has been met for resources: Load Balancer");
      }
      const flavor = args.flavorId === undefined ? undefined : this.#flavors.choose(region, args.flavorId);
      const id = context.uuid("load-balancer", region, args.name);
      const vip = this.#takeVip(id, args);
      const fixed = vip.body.fixedIps[0];
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

  #takeVip(id: string, args: CreateLoadBalancerArgs): StoredRecord<PortBody> {
    const { records, ports } = this.#neutron;
    if (args.vipPortId !== undefined) {
      ports.attach(args.vipPortId, `lb-${id}`, "Octavia");
      return records.ports.require(args.vipPortId);
    }
    const subnetId = args.vipSubnetId ?? records.subnets.list({ parent: args.vipNetworkId ?? "" })[0]?.id;
    if (subnetId === undefined) {
      throw invalid("VIP must contain one of: vip_port_id, vip_network_id, vip_subnet_id.");
    }
    const subnet = records.subnets.find(subnetId);
    if (subnet === undefined) {
      throw new CloudError(400, "InvalidSubresource", `Subnet ${subnetId} not found.`);
    }
    const port = ports.create({
      name: `octavia-lb-${id}`,
      networkId: subnet.body.networkId,
      fixedIps: [{ subnetId, ipAddress: args.vipAddress }],
      securityGroupIds: [],
      deviceId: `lb-${id}`,
      deviceOwner: "Octavia",
    });
    return records.ports.require(port.id);
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
