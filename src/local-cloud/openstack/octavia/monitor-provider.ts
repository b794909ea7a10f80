import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, needNonZero, needText, numberOf, textOf } from "../../provider/value-readers.ts";
import type { Values } from "../../provider/wire-values.ts";
import { changeBalancer, deleteFromBalancer, parentOf } from "./balancer-lock.ts";
import type { MonitorView, UpdateMonitorArgs } from "./types.ts";

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
        delay: needNonZero(inputs, "delay"),
        timeout: needNonZero(inputs, "timeout"),
        maxRetries: needNonZero(inputs, "maxRetries"),
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
    const poolId = needText(known, "poolId");
    const balancerId = parentOf("pool", poolId, () => this.#balancerOf(poolId));
    monitors.get(id);
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
    delay: sentNumber(inputs, "delay"),
    timeout: sentNumber(inputs, "timeout"),
    maxRetries: sentNumber(inputs, "maxRetries"),
    maxRetriesDown: sentNumber(inputs, "maxRetriesDown"),
    httpMethod: textOf(inputs, "httpMethod"),
    urlPath: textOf(inputs, "urlPath"),
    expectedCodes: textOf(inputs, "expectedCodes"),
    adminStateUp: flagOf(inputs, "adminStateUp"),
  };
}

/** gophercloud never sends 0 here: Octavia keeps what it has. */
function sentNumber(inputs: Values, name: string): number | undefined {
  return numberOf(inputs, name) || undefined;
}
