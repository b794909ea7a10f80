import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import { checkTexts, invalid, type MonitorBody, type OctaviaRecords } from "./octavia-records.ts";
import type { CreateMonitorArgs, MonitorsApi, MonitorView, UpdateMonitorArgs } from "./types.ts";

const mostRetries = 10;
const httpMethods: readonly string[] = ["GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "OPTIONS", "CONNECT", "PATCH"];
const types: readonly string[] = ["HTTP", "HTTPS", "PING", "SCTP", "TCP", "TLS-HELLO", "UDP-CONNECT"];

export class Monitors implements MonitorsApi {
  readonly #records: OctaviaRecords;

  constructor(records: OctaviaRecords) {
    this.#records = records;
  }

  create(args: CreateMonitorArgs): MonitorView {
    checkTexts(args);
    const { context, monitors, pools } = this.#records;
    return context.write(() => {
      checkSettings(args);
      if (!types.includes(args.type)) {
        throw invalid(
          `Invalid input for field/attribute type. Value: '${args.type}'. Value should be one of: ${types.join(", ")}`,
        );
      }
      const pool = pools.require(args.poolId);
      const balancer = this.#records.requireMutable(pool.parent);
      const http = args.type === "HTTP" || args.type === "HTTPS";
      if (!http) requireNoHttp(args);
      if (monitors.list({ parent: pool.id }).length > 0) {
        throw new CloudError(409, "DuplicateHealthMonitor", "This pool already has a health monitor");
      }
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
    checkTexts(args);
    const { context, monitors } = this.#records;
    return context.write(() => {
      const record = monitors.require(id);
      checkSettings(args);
      const balancer = this.#records.requireMutable(record.body.loadBalancerId);
      const { name, ...rest } = given(args);
      const body = { ...record.body, ...rest };
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

/** Source: Octavia, api/v2/types/health_monitor.py. */
function checkSettings(args: UpdateMonitorArgs): void {
  const { delay = 0, timeout = 0, maxRetries = 1, maxRetriesDown = 1, urlPath = "/", expectedCodes = "200" } = args;
  const { httpMethod = "GET" } = args;
  requireField("delay", delay, delay >= 0);
  requireField("timeout", timeout, timeout >= 0);
  requireField("max_retries", maxRetries, maxRetries >= 1 && maxRetries <= mostRetries);
  requireField("max_retries_down", maxRetriesDown, maxRetriesDown >= 1 && maxRetriesDown <= mostRetries);
  requireField("http_method", httpMethod, httpMethods.includes(httpMethod));
  requireField("url_path", urlPath, /^\/[^\s]*$/.test(urlPath));
  requireField("expected_codes", expectedCodes, /^(\d{3}(\s*,\s*\d{3})*)$|^(\d{3}-\d{3})$/.test(expectedCodes));
}

function requireField(field: string, value: number | string, is: boolean): void {
  if (!is) throw invalid(`Invalid input for field/attribute ${field}. Value: '${value}'.`);
}

function requireNoHttp({ type, httpMethod, urlPath, expectedCodes }: CreateMonitorArgs): void {
  for (const [field, value] of Object.entries({
    http_method: httpMethod,
    url_path: urlPath,
    expected_codes: expectedCodes,
  })) {
    if (value !== undefined) throw invalid(`${field} is not a valid option for health monitors of type ${type}.`);
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
