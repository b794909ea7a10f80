import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import {
  flagOf,
  mapOf,
  needNonZero,
  needText,
  numberOf,
  sentText,
  textOf,
  textsOf,
} from "../../provider/value-readers.ts";
import { retryRefused, waitUntilGone } from "../../provider/waiting.ts";
import type { Values } from "../../provider/wire-values.ts";
import { changeBalancer, deleteFromBalancer, waitForBalancer } from "./balancer-lock.ts";
import type { ListenerView, LoadBalancerView, UpdateListenerArgs } from "./types.ts";

/** openstack:loadbalancer/loadBalancer:LoadBalancer */
export class LoadBalancerAdapter implements ResourceAdapter {
  readonly service = "octavia";
  readonly inputs = [
    "name",
    "region",
    "description",
    "adminStateUp",
    "vipSubnetId",
    "vipNetworkId",
    "vipPortId",
    "vipAddress",
    "flavorId",
    "loadbalancerProvider",
    "tags",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { loadBalancers } = this.#cloud.octavia;
    const { id } = loadBalancers.create({
      region: textOf(inputs, "region") ?? call.region,
      name: needText(inputs, "name"),
      description: textOf(inputs, "description"),
      adminStateUp: flagOf(inputs, "adminStateUp"),
      vipSubnetId: textOf(inputs, "vipSubnetId"),
      vipNetworkId: textOf(inputs, "vipNetworkId"),
      vipPortId: textOf(inputs, "vipPortId"),
      vipAddress: textOf(inputs, "vipAddress"),
      flavorId: textOf(inputs, "flavorId"),
      provider: textOf(inputs, "loadbalancerProvider"),
      tags: textsOf(inputs, "tags"),
    });
    await call.accepted(id);
    await waitForBalancer(this.#cloud, call, id);
    return this.#observe(loadBalancers.get(id));
  }

  async read(id: string): Promise<Observed> {
    return this.#observe(this.#cloud.octavia.loadBalancers.get(id));
  }

  async update(id: string, wanted: Values, _known: Values, call: CallContext): Promise<Observed> {
    const { loadBalancers } = this.#cloud.octavia;
    await changeBalancer(this.#cloud, call, id, () => {
      loadBalancers.update(id, {
        name: textOf(wanted, "name"),
        description: sentText(wanted, "description"),
        adminStateUp: flagOf(wanted, "adminStateUp"),
        tags: textsOf(wanted, "tags") ?? [],
      });
      return { what: "loadbalancer", id, look: () => loadBalancers.get(id) };
    });
    return this.#observe(loadBalancers.get(id));
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const { loadBalancers } = this.#cloud.octavia;
    await retryRefused(this.#cloud, call, () => loadBalancers.delete(id));
    await call.accepted(id);
    await waitUntilGone(this.#cloud, call, () => loadBalancers.get(id));
  }

  #observe(balancer: LoadBalancerView): Observed {
    return {
      id: balancer.id,
      state: {
        name: balancer.name,
        region: balancer.region,
        description: balancer.description,
        adminStateUp: balancer.adminStateUp,
        flavorId: balancer.flavorId ?? "",
        loadbalancerProvider: balancer.provider,
        vipAddress: balancer.vipAddress,
        vipPortId: balancer.vipPortId,
        vipSubnetId: balancer.vipSubnetId,
        vipNetworkId: balancer.vipNetworkId,
        availabilityZone: "",
        securityGroupIds: balancer.securityGroupIds,
        tags: balancer.tags,
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

/** openstack:loadbalancer/listener:Listener */
export class ListenerAdapter implements ResourceAdapter {
  readonly service = "octavia";
  readonly inputs = [
    "name",
    "region",
    "description",
    "loadbalancerId",
    "protocol",
    "protocolPort",
    "defaultPoolId",
    "defaultTlsContainerRef",
    "sniContainerRefs",
    "insertHeaders",
    "allowedCidrs",
    "adminStateUp",
    "connectionLimit",
    "timeoutClientData",
    "timeoutMemberConnect",
    "timeoutMemberData",
    "timeoutTcpInspect",
    "tags",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { listeners } = this.#cloud.octavia;
    const loadBalancerId = needText(inputs, "loadbalancerId");
    const create = () =>
      listeners.create({
        ...settings(inputs),
        defaultPoolId: textOf(inputs, "defaultPoolId"),
        loadBalancerId,
        protocol: needText(inputs, "protocol"),
        protocolPort: needNonZero(inputs, "protocolPort"),
      });
    const id = await changeBalancer(this.#cloud, call, loadBalancerId, () => this.#settling(create().id));
    return this.#observe(listeners.get(id));
  }

  async read(id: string): Promise<Observed> {
    return this.#observe(this.#cloud.octavia.listeners.get(id));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { listeners } = this.#cloud.octavia;
    const change = () =>
      listeners.update(id, {
        ...settings(wanted),
        description: sentText(wanted, "description"),
        defaultPoolId: textOf(wanted, "defaultPoolId"),
        insertHeaders: mapOf(wanted, "insertHeaders") ?? {},
        allowedCidrs: textsOf(wanted, "allowedCidrs") ?? [],
        sniContainerRefs: textsOf(wanted, "sniContainerRefs") ?? [],
        tags: textsOf(wanted, "tags") ?? [],
      });
    await changeBalancer(this.#cloud, call, needText(known, "loadbalancerId"), () => this.#settling(change().id));
    return this.#observe(listeners.get(id));
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const { listeners } = this.#cloud.octavia;
    listeners.get(id);
    await deleteFromBalancer(this.#cloud, call, needText(known, "loadbalancerId"), id, () => listeners.delete(id));
  }

  #settling(id: string) {
    return { what: "listener", id, look: () => this.#cloud.octavia.listeners.get(id) };
  }

  #observe(listener: ListenerView): Observed {
    return {
      id: listener.id,
      state: {
        name: listener.name,
        region: listener.region,
        description: listener.description,
        loadbalancerId: listener.loadBalancerId,
        protocol: listener.protocol,
        protocolPort: listener.protocolPort,
        defaultPoolId: listener.defaultPoolId ?? "",
        defaultTlsContainerRef: listener.defaultTlsContainerRef ?? "",
        sniContainerRefs: listener.sniContainerRefs,
        insertHeaders: listener.insertHeaders,
        allowedCidrs: listener.allowedCidrs,
        adminStateUp: listener.adminStateUp,
        connectionLimit: listener.connectionLimit,
        timeoutClientData: listener.timeoutClientData,
        timeoutMemberConnect: listener.timeoutMemberConnect,
        timeoutMemberData: listener.timeoutMemberData,
        timeoutTcpInspect: listener.timeoutTcpInspect,
        tags: listener.tags,
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

function settings(inputs: Values): Omit<UpdateListenerArgs, "defaultPoolId"> {
  return {
    name: textOf(inputs, "name"),
    description: textOf(inputs, "description"),
    defaultTlsContainerRef: textOf(inputs, "defaultTlsContainerRef"),
    sniContainerRefs: textsOf(inputs, "sniContainerRefs"),
    insertHeaders: mapOf(inputs, "insertHeaders"),
    allowedCidrs: textsOf(inputs, "allowedCidrs"),
    adminStateUp: flagOf(inputs, "adminStateUp"),
    connectionLimit: numberOf(inputs, "connectionLimit"),
    timeoutClientData: numberOf(inputs, "timeoutClientData"),
    timeoutMemberConnect: numberOf(inputs, "timeoutMemberConnect"),
    timeoutMemberData: numberOf(inputs, "timeoutMemberData"),
    timeoutTcpInspect: numberOf(inputs, "timeoutTcpInspect"),
    tags: textsOf(inputs, "tags"),
  };
}
