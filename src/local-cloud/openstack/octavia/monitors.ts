import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { invalid, type MonitorBody, type OctaviaRecords } from "./octavia-records.ts";
import type { CreateMonitorArgs, MonitorsApi, MonitorView, UpdateMonitorArgs } from "./types.ts";

const types: readonly string[] = ["HTTP", "HTTPS", "PING", "SCTP", "TCP", "TLS-HELLO", "UDP-CONNECT"];

export class Monitors implements MonitorsApi {
  readonly #records: OctaviaRecords;

  constructor(records: OctaviaRecords) {
    this.#records = records;
  }

  create(args: CreateMonitorArgs): MonitorView {
    const { context, monitors, pools } = this.#records;
    return context.write(() => {
      const pool = pools.require(args.poolId);
      const balancer = this.#records.requireMutable(pool.parent);
      if (!types.includes(args.type)) {
        throw invalid(
          `Invalid input for field/attribute type. Value: '${args.type}'. Value should be one of: ${types.join(", ")}`,
        );
      }
      checkTimes(args.delay, args.timeout);
      if (monitors.list({ parent: pool.id }).length > 0) {
        throw new CloudError(409, "DuplicateHealthMonitor", "This pool already has a health monitor");
      }
      const http = args.type === "HTTP" || args.type === "HTTPS";
      const name = args.name ?? "";
      const record = monitors.insert({
        id: context.uuid("monitor", pool.region, `${pool.id} ${name}`),
        region: pool.region,
        name,
        parent: pool.id,
        body: {
          poolId: pool.id,
          loadBalancerId: balancer.id,
          type: args.type,
          delay: args.delay,
          timeout: args.timeout,
          maxRetries: args.maxRetries,
          maxRetriesDown: args.maxRetriesDown ?? 3,
          httpMethod: http ? (args.httpMethod ?? "GET") : undefined,
          urlPath: http ? (args.urlPath ?? "/") : undefined,
          expectedCodes: http ? (args.expectedCodes ?? "200") : undefined,
          adminStateUp: args.adminStateUp ?? true,
          pending: this.#records.pending("PENDING_CREATE"),
        },
      });
      this.#records.beginChange(balancer, `monitor ${record.id}`);
      return view(record);
    });
  }

  get(id: string): MonitorView {
    return this.#records.context.read(() => view(this.#records.monitors.require(id)));
  }

  list(
    filter: { region?: string | undefined; name?: string | undefined; poolId?: string | undefined } = {},
  ): MonitorView[] {
    return this.#records.context.read(() =>
      this.#records.monitors.list({ region: filter.region, name: filter.name, parent: filter.poolId }).map(view),
    );
  }

  update(id: string, args: UpdateMonitorArgs): MonitorView {
    const { context, monitors } = this.#records;
    return context.write(() => {
      const record = monitors.require(id);
      const balancer = this.#records.requireMutable(record.body.loadBalancerId);
      const { name, ...rest } = given(args);
      const body = { ...record.body, ...rest };
      checkTimes(body.delay, body.timeout);
      const saved = monitors.save({
        ...record,
        name: name ?? record.name,
        body: { ...body, pending: this.#records.pending("PENDING_UPDATE") },
      });
      this.#records.beginChange(balancer, `monitor ${id}`);
      return view(saved);
    });
  }

  delete(id: string): void {
    const { context, monitors } = this.#records;
    context.write(() => {
      const record = monitors.require(id);
      const balancer = this.#records.requireMutable(record.body.loadBalancerId);
      monitors.change(record, { pending: "PENDING_DELETE" });
      this.#records.beginChange(balancer, `monitor ${id}`);
    });
  }
}

function checkTimes(delay: number, timeout: number): void {
  if (!(delay > 0) || !(timeout > 0)) {
    throw invalid("delay and timeout must be greater than 0.");
  }
}

function view(record: StoredRecord<MonitorBody>): MonitorView {
  const { pending, loadBalancerId: _, ...body } = record.body;
  return {
    id: record.id,
    name: record.name,
    region: record.region,
    ...body,
    httpMethod: body.httpMethod,
    urlPath: body.urlPath,
    expectedCodes: body.expectedCodes,
    provisioningStatus: pending ?? "ACTIVE",
  };
}
