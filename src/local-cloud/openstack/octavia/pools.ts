import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { poolProtocols } from "./listeners.ts";
import { checkTexts, invalid, type OctaviaRecords, type PoolBody } from "./octavia-records.ts";
import type { OperatingStatuses } from "./operating-status.ts";
import type { CreatePoolArgs, PoolsApi, PoolView, UpdatePoolArgs } from "./types.ts";

const methods: readonly string[] = ["ROUND_ROBIN", "LEAST_CONNECTIONS", "SOURCE_IP", "SOURCE_IP_PORT"];
const protocols: readonly string[] = ["HTTP", "HTTPS", "PROXY", "PROXYV2", "TCP", "UDP", "SCTP"];

export class Pools implements PoolsApi {
  readonly #records: OctaviaRecords;
  readonly #statuses: OperatingStatuses;

  constructor(records: OctaviaRecords, statuses: OperatingStatuses) {
    this.#records = records;
    this.#statuses = statuses;
  }

  create(args: CreatePoolArgs): PoolView {
    checkTexts(args);
    const { context, listeners, pools } = this.#records;
    return context.write(() => {
      check("protocol", args.protocol, protocols);
      check("lb_algorithm", args.lbMethod, methods);
      const listener = args.listenerId === undefined ? undefined : listeners.require(args.listenerId);
      const loadBalancerId = args.loadBalancerId ?? listener?.parent;
      if (loadBalancerId === undefined) {
        throw invalid("Must provide at least one of: loadbalancer_id, listener_id.");
      }
      if (listener !== undefined && !poolProtocols[listener.body.protocol]?.includes(args.protocol)) {
        throw invalid(
          `The pool protocol '${args.protocol}' is invalid while the listener protocol is '${listener.body.protocol}'.`,
        );
      }
      checkPersistence(args);
      if (listener?.body.defaultPoolId !== undefined) {
        throw new CloudError(409, "DuplicatePoolEntry", "This listener already has a default pool");
      }
      const balancer = this.#records.requireMutable(loadBalancerId);
      const name = args.name ?? "";
      const record = pools.insert({
        id: context.uuid("pool", balancer.region, `${balancer.id} ${name}`),
        region: balancer.region,
        name,
        parent: balancer.id,
        body: {
          description: args.description ?? "",
          loadBalancerId: balancer.id,
          protocol: args.protocol,
          lbMethod: args.lbMethod,
          persistence: args.persistence,
          adminStateUp: args.adminStateUp ?? true,
          pending: this.#records.pending("PENDING_CREATE"),
        },
      });
      if (listener !== undefined) {
        listeners.change(listener, { defaultPoolId: record.id });
      }
      this.#records.beginChange(balancer, `pool ${record.id}`);
      return this.#view(record);
    });
  }

  get(id: string): PoolView {
    return this.#records.context.read(() => this.#view(this.#records.pools.require(id)));
  }

  list(
    filter: { region?: string | undefined; name?: string | undefined; loadBalancerId?: string | undefined } = {},
  ): PoolView[] {
    return this.#records.context.read(() =>
      this.#records.pools
        .list({ region: filter.region, name: filter.name, parent: filter.loadBalancerId })
        .map((record) => this.#view(record)),
    );
  }

  update(id: string, args: UpdatePoolArgs): PoolView {
    checkTexts(args);
    const { context, pools } = this.#records;
    return context.write(() => {
      const record = pools.require(id);
      const balancer = this.#records.requireMutable(record.parent);
      const { name, persistence, ...rest } = given(args);
      if (rest.lbMethod !== undefined) {
        check("lb_algorithm", rest.lbMethod, methods);
      }
      const saved = pools.save({
        ...record,
        name: name ?? record.name,
        body: {
          ...record.body,
          ...rest,
          persistence: persistence === undefined ? record.body.persistence : (persistence ?? undefined),
          pending: this.#records.pending("PENDING_UPDATE"),
        },
      });
      this.#records.beginChange(balancer, `pool ${id}`);
      return this.#view(saved);
    });
  }

  delete(id: string): void {
    const { context, listeners, pools, members, monitors } = this.#records;
    context.write(() => {
      const record = pools.require(id);
      const balancer = this.#records.requireMutable(record.parent);
      const parts = [
        `pool ${id}`,
        ...members
          .list({ parent: id })
          .map((member) => `member ${members.change(member, { pending: "PENDING_DELETE" }).id}`),
        ...monitors
          .list({ parent: id })
          .map((monitor) => `monitor ${monitors.change(monitor, { pending: "PENDING_DELETE" }).id}`),
      ];
      for (const listener of listeners.list({ parent: balancer.id })) {
        if (listener.body.defaultPoolId === id) {
          listeners.change(listener, { defaultPoolId: undefined });
        }
      }
      pools.change(record, { pending: "PENDING_DELETE" });
      this.#records.beginChange(balancer, ...parts);
    });
  }

  #view(record: StoredRecord<PoolBody>): PoolView {
    const { pending, ...body } = record.body;
    const { listeners, members, monitors } = this.#records;
    return {
      id: record.id,
      name: record.name,
      region: record.region,
      ...body,
      persistence: body.persistence,
      listenerIds: listeners
        .list({ parent: record.parent })
        .filter((listener) => listener.body.defaultPoolId === record.id)
        .map(({ id }) => id),
      memberIds: members.list({ parent: record.id }).map(({ id }) => id),
      monitorId: monitors.list({ parent: record.id })[0]?.id,
      provisioningStatus: pending ?? "ACTIVE",
      operatingStatus: this.#statuses.ofPool(record),
    };
  }
}

function check(field: string, value: string, accepted: readonly string[]): void {
  if (!accepted.includes(value)) {
    throw invalid(
      `Invalid input for field/attribute ${field}. Value: '${value}'. Value should be one of: ${accepted.join(", ")}`,
    );
  }
}

/** Source: Octavia, api/v2/controllers/pool.py and common/validate.py. */
function checkPersistence({ protocol, persistence }: CreatePoolArgs): void {
  if (persistence === undefined) return;
  const { type, cookieName } = persistence;
  if ((protocol === "UDP" || protocol === "SCTP") && type !== "SOURCE_IP") {
    throw invalid(`Session persistence of type ${type} is not supported for UDP/SCTP protocol pools.`);
  }
  if (cookieName !== undefined && type !== "APP_COOKIE") {
    throw invalid('Field "cookie_name" can only be specified with session persistence of type "APP_COOKIE".');
  }
  if (type === "APP_COOKIE" && cookieName === undefined) {
    throw invalid('Field "cookie_name" must be specified when using the "APP_COOKIE" session persistence type.');
  }
}
