import type { LocalCloud } from "../../behaviour/index.ts";
import type {
  MemberView,
  MonitorView,
  PoolView,
  SessionPersistence,
  UpdateMonitorArgs,
} from "../../behaviour/octavia/types.ts";
import type { CallContext, Observed, ResourceAdapter } from "../resource-adapter.ts";
import { flagOf, needNumber, needText, numberOf, objectOf, sentText, textOf } from "../value-readers.ts";
import type { Values } from "../wire-values.ts";
import { changeBalancer, deleteFromBalancer } from "./balancer-lock.ts";

/** openstack:loadbalancer/pool:Pool */
export class PoolAdapter implements ResourceAdapter {
  readonly service = "octavia";
  readonly inputs = [
    "name",
    "region",
    "description",
    "loadbalancerId",
    "listenerId",
    "protocol",
    "lbMethod",
    "persistence",
    "adminStateUp",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { pools, listeners } = this.#cloud.octavia;
    const listenerId = textOf(inputs, "listenerId");
    const balancerId =
      listenerId === undefined ? needText(inputs, "loadbalancerId") : listeners.get(listenerId).loadBalancerId;
    const create = () =>
      pools.create({
        name: textOf(inputs, "name"),
        description: textOf(inputs, "description"),
        loadBalancerId: textOf(inputs, "loadbalancerId"),
        listenerId,
        protocol: needText(inputs, "protocol"),
        lbMethod: needText(inputs, "lbMethod"),
        persistence: persistenceOf(inputs),
        adminStateUp: flagOf(inputs, "adminStateUp"),
      });
    const id = await changeBalancer(this.#cloud, call, balancerId, () => this.#settling(create().id));
    return this.#observe(pools.get(id), inputs);
  }

  async read(id: string, known: Values): Promise<Observed> {
    return this.#observe(this.#cloud.octavia.pools.get(id), known);
  }

  async update(id: string, wanted: Values, _known: Values, call: CallContext): Promise<Observed> {
    const { pools } = this.#cloud.octavia;
    const change = () =>
      pools.update(id, {
        name: textOf(wanted, "name"),
        description: sentText(wanted, "description"),
        lbMethod: textOf(wanted, "lbMethod"),
        adminStateUp: flagOf(wanted, "adminStateUp"),
      });
    await changeBalancer(this.#cloud, call, pools.get(id).loadBalancerId, () => this.#settling(change().id));
    return this.#observe(pools.get(id), wanted);
  }

  async delete(id: string, _known: Values, call: CallContext): Promise<void> {
    const { pools } = this.#cloud.octavia;
    await deleteFromBalancer(this.#cloud, call, pools.get(id).loadBalancerId, id, () => pools.delete(id));
  }

  #settling(id: string) {
    return { what: "pool", id, look: () => this.#cloud.octavia.pools.get(id) };
  }

  /** Read never sets its parent; an import takes the first listener, or else the load balancer. */
  #observe(pool: PoolView, known: Values): Observed {
    const listenerId = pool.listenerIds[0];
    const imported = listenerId === undefined ? { loadbalancerId: pool.loadBalancerId } : { listenerId };
    const recorded = { loadbalancerId: known.loadbalancerId, listenerId: known.listenerId };
    const { persistence } = pool;
    return {
      id: pool.id,
      state: {
        ...(Object.keys(known).length === 0 ? imported : recorded),
        name: pool.name,
        region: pool.region,
        description: pool.description,
        protocol: pool.protocol,
        lbMethod: pool.lbMethod,
        persistence:
          persistence === undefined ? undefined : { type: persistence.type, cookieName: persistence.cookieName ?? "" },
        adminStateUp: pool.adminStateUp,
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

function persistenceOf(inputs: Values): SessionPersistence | undefined {
  const given = objectOf(inputs, "persistence");
  return given === undefined ? undefined : { type: needText(given, "type"), cookieName: textOf(given, "cookieName") };
}

/** openstack:loadbalancer/member:Member; imported by `pool/member`. */
export class MemberAdapter implements ResourceAdapter {
  readonly service = "octavia";
  readonly inputs = [
    "name",
    "region",
    "poolId",
    "address",
    "protocolPort",
    "subnetId",
    "weight",
    "backup",
    "adminStateUp",
    "monitorAddress",
    "monitorPort",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { members } = this.#cloud.octavia;
    const poolId = needText(inputs, "poolId");
    const create = () =>
      members.create({
        poolId,
        name: textOf(inputs, "name"),
        address: needText(inputs, "address"),
        protocolPort: needNumber(inputs, "protocolPort"),
        subnetId: textOf(inputs, "subnetId"),
        weight: numberOf(inputs, "weight"),
        backup: flagOf(inputs, "backup"),
        adminStateUp: flagOf(inputs, "adminStateUp"),
        monitorAddress: textOf(inputs, "monitorAddress"),
        monitorPort: numberOf(inputs, "monitorPort"),
      });
    const id = await changeBalancer(this.#cloud, call, this.#balancerOf(poolId), () =>
      this.#settling(poolId, create().id),
    );
    return this.#observe(members.get(poolId, id));
  }

  async read(id: string, known: Values): Promise<Observed> {
    const [first, second] = id.split("/");
    const poolId = textOf(known, "poolId") ?? first;
    const memberId = second ?? id;
    if (poolId === undefined || (second === undefined && known.poolId === undefined)) {
      throw new Error(`invalid format specified for Member '${id}': <pool id>/<member id> is accepted`);
    }
    return this.#observe(this.#cloud.octavia.members.get(poolId, memberId));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { members } = this.#cloud.octavia;
    const poolId = needText(known, "poolId");
    const change = () =>
      members.update(poolId, id, {
        name: sentText(wanted, "name"),
        weight: numberOf(wanted, "weight"),
        backup: flagOf(wanted, "backup") ?? false,
        adminStateUp: flagOf(wanted, "adminStateUp"),
        monitorAddress: textOf(wanted, "monitorAddress") ?? null,
        monitorPort: numberOf(wanted, "monitorPort") ?? null,
      });
    await changeBalancer(this.#cloud, call, this.#balancerOf(poolId), () => this.#settling(poolId, change().id));
    return this.#observe(members.get(poolId, id));
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const { members } = this.#cloud.octavia;
    const poolId = needText(known, "poolId");
    members.get(poolId, id);
    await deleteFromBalancer(this.#cloud, call, this.#balancerOf(poolId), id, () => members.delete(poolId, id));
  }

  #balancerOf(poolId: string): string {
    return this.#cloud.octavia.pools.get(poolId).loadBalancerId;
  }

  #settling(poolId: string, id: string) {
    return { what: "member", id, look: () => this.#cloud.octavia.members.get(poolId, id) };
  }

  #observe(member: MemberView): Observed {
    return {
      id: member.id,
      state: {
        name: member.name,
        region: member.region,
        poolId: member.poolId,
        address: member.address,
        protocolPort: member.protocolPort,
        subnetId: member.subnetId ?? "",
        weight: member.weight,
        backup: member.backup,
        adminStateUp: member.adminStateUp,
        monitorAddress: member.monitorAddress ?? "",
        monitorPort: member.monitorPort ?? 0,
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

/** openstack:loadbalancer/monitor:Monitor; imported by `monitor` or `monitor/pool`. */
export class MonitorAdapter implements ResourceAdapter {
  readonly service = "octavia";
  readonly inputs = [
    "name",
    "region",
    "poolId",
    "type",
    "delay",
    "timeout",
    "maxRetries",
    "maxRetriesDown",
    "httpMethod",
    "urlPath",
    "expectedCodes",
    "adminStateUp",
  ];
  readonly #cloud: LocalCloud;

  constructor(cloud: LocalCloud) {
    this.#cloud = cloud;
  }

  async create(inputs: Values, call: CallContext): Promise<Observed> {
    const { monitors } = this.#cloud.octavia;
    const poolId = needText(inputs, "poolId");
    const create = () =>
      monitors.create({
        ...settings(inputs),
        poolId,
        type: needText(inputs, "type"),
        delay: needNumber(inputs, "delay"),
        timeout: needNumber(inputs, "timeout"),
        maxRetries: needNumber(inputs, "maxRetries"),
      });
    const id = await changeBalancer(this.#cloud, call, this.#balancerOf(poolId), () => this.#settling(create().id));
    return this.#observe(monitors.get(id));
  }

  async read(id: string): Promise<Observed> {
    return this.#observe(this.#cloud.octavia.monitors.get(id.split("/")[0] ?? id));
  }

  async update(id: string, wanted: Values, known: Values, call: CallContext): Promise<Observed> {
    const { monitors } = this.#cloud.octavia;
    const balancerId = this.#balancerOf(needText(known, "poolId"));
    await changeBalancer(this.#cloud, call, balancerId, () => this.#settling(monitors.update(id, settings(wanted)).id));
    return this.#observe(monitors.get(id));
  }

  async delete(id: string, known: Values, call: CallContext): Promise<void> {
    const { monitors } = this.#cloud.octavia;
    monitors.get(id);
    const balancerId = this.#balancerOf(needText(known, "poolId"));
    await deleteFromBalancer(this.#cloud, call, balancerId, id, () => monitors.delete(id));
  }

  #balancerOf(poolId: string): string {
    return this.#cloud.octavia.pools.get(poolId).loadBalancerId;
  }

  #settling(id: string) {
    return { what: "monitor", id, look: () => this.#cloud.octavia.monitors.get(id) };
  }

  #observe(monitor: MonitorView): Observed {
    return {
      id: monitor.id,
      state: {
        name: monitor.name,
        region: monitor.region,
        poolId: monitor.poolId,
        type: monitor.type,
        delay: monitor.delay,
        timeout: monitor.timeout,
        maxRetries: monitor.maxRetries,
        maxRetriesDown: monitor.maxRetriesDown,
        httpMethod: monitor.httpMethod ?? "",
        urlPath: monitor.urlPath ?? "",
        expectedCodes: monitor.expectedCodes ?? "",
        adminStateUp: monitor.adminStateUp,
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

function settings(inputs: Values): UpdateMonitorArgs {
  return {
    name: textOf(inputs, "name"),
    delay: numberOf(inputs, "delay"),
    timeout: numberOf(inputs, "timeout"),
    maxRetries: numberOf(inputs, "maxRetries"),
    maxRetriesDown: numberOf(inputs, "maxRetriesDown"),
    httpMethod: textOf(inputs, "httpMethod"),
    urlPath: textOf(inputs, "urlPath"),
    expectedCodes: textOf(inputs, "expectedCodes"),
    adminStateUp: flagOf(inputs, "adminStateUp"),
  };
}
