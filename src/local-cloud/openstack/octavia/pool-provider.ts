import type { LocalCloud } from "../../local-cloud.ts";
import type { CallContext, Observed, ResourceAdapter } from "../../provider/resource-adapter.ts";
import { flagOf, needText, objectOf, sentText, textOf } from "../../provider/value-readers.ts";
import type { Values } from "../../provider/wire-values.ts";
import { changeBalancer, deleteFromBalancer } from "./balancer-lock.ts";
import type { PoolView, SessionPersistence } from "./types.ts";

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
    requireCookie(inputs);
    // The real provider waits for the load balancer first, and cannot.
    if (
      listenerId === undefined &&
      this.#cloud.octavia.loadBalancers.list().every(({ id }) => id !== inputs.loadbalancerId)
    ) {
      throw new Error(
        `Error waiting for openstack_lb_loadbalancer_v2 ${String(inputs.loadbalancerId)} to become active`,
      );
    }
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
          persistence === undefined
            ? { type: "", cookieName: "" }
            : { type: persistence.type, cookieName: persistence.cookieName ?? "" },
        adminStateUp: pool.adminStateUp,
        tenantId: this.#cloud.keystone.projectId,
      },
    };
  }
}

/** Arguments that the real provider rejects without calling the API. */
function requireCookie(inputs: Values): void {
  const { type, cookieName } = objectOf(inputs, "persistence") ?? {};
  if (type === "APP_COOKIE" && !cookieName) {
    throw new Error("Persistence cookie_name needs to be set if using 'APP_COOKIE' persistence type");
  }
  if (type !== "APP_COOKIE" && cookieName) {
    throw new Error("Persistence cookie_name can only be set if using 'APP_COOKIE' persistence type");
  }
}

function persistenceOf(inputs: Values): SessionPersistence | undefined {
  const given = objectOf(inputs, "persistence");
  return given === undefined ? undefined : { type: needText(given, "type"), cookieName: textOf(given, "cookieName") };
}
