import { isIP } from "node:net";
import { createSecureContext } from "node:tls";
import { messageOf } from "../../../core/errors.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { given } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Secrets } from "../barbican/secrets.ts";
import { checkTexts, invalid, type ListenerBody, type OctaviaRecords } from "./octavia-records.ts";
import type { CreateListenerArgs, ListenersApi, ListenerView, UpdateListenerArgs } from "./types.ts";

const headers: readonly string[] = ["X-Forwarded-For", "X-Forwarded-Port", "X-Forwarded-Proto"];
/** Of the client's certificate: only where TLS ends. */
const certificateHeaders: readonly string[] = [
  "X-SSL-Client-Verify",
  "X-SSL-Client-Has-Cert",
  "X-SSL-Client-DN",
  "X-SSL-Client-CN",
  "X-SSL-Issuer",
  "X-SSL-Client-SHA1",
  "X-SSL-Client-Not-Before",
  "X-SSL-Client-Not-After",
];

/** Which pool protocols a listener's protocol may lead to. */
export const poolProtocols: Readonly<Record<string, readonly string[]>> = {
  HTTP: ["HTTP", "PROXY", "PROXYV2"],
  HTTPS: ["HTTPS", "PROXY", "PROXYV2", "TCP"],
  TCP: ["HTTP", "HTTPS", "PROXY", "PROXYV2", "TCP"],
  TERMINATED_HTTPS: ["HTTP", "HTTPS", "PROXY", "PROXYV2"],
  UDP: ["UDP"],
  SCTP: ["SCTP"],
  PROMETHEUS: [],
};

export class Listeners implements ListenersApi {
  readonly #records: OctaviaRecords;
  readonly #secrets: Secrets;

  constructor(records: OctaviaRecords, secrets: Secrets) {
    this.#records = records;
    this.#secrets = secrets;
  }

  create(args: CreateListenerArgs): ListenerView {
    checkTexts(args);
    const { context, listeners } = this.#records;
    return context.write(() => {
      checkLimit(args.connectionLimit);
      checkTimeouts(args);
      checkCidrs(args.allowedCidrs);
      if (poolProtocols[args.protocol] === undefined) {
        throw invalid(
          `Invalid input for field/attribute protocol. Value: '${args.protocol}'. Value should be one of: ${Object.keys(poolProtocols).join(", ")}`,
        );
      }
      this.#checkPool(args.loadBalancerId, args.protocol, args.defaultPoolId);
      const balancer = this.#records.requireMutable(args.loadBalancerId);
      checkHeaders(args.protocol, args.insertHeaders);
      this.#checkCertificates(args.protocol, args);
      const used = listeners
        .list({ parent: balancer.id })
        .some(({ body }) => body.protocolPort === args.protocolPort && isUdp(body.protocol) === isUdp(args.protocol));
      if (used) {
        throw new CloudError(
          409,
          "DuplicateListenerEntry",
          `Another Listener on this Load Balancer is already using protocol ${args.protocol} and protocol_port ${args.protocolPort}`,
        );
      }
      const name = args.name ?? "";
      const record = listeners.insert({
        id: context.uuid("listener", balancer.region, `${balancer.id} ${name} ${args.protocol} ${args.protocolPort}`),
        region: balancer.region,
        name,
        parent: balancer.id,
        body: {
          description: args.description ?? "",
          loadBalancerId: balancer.id,
          protocol: args.protocol,
          protocolPort: args.protocolPort,
          defaultPoolId: args.defaultPoolId,
          defaultTlsContainerRef: args.defaultTlsContainerRef,
          sniContainerRefs: [...(args.sniContainerRefs ?? [])],
          insertHeaders: { ...args.insertHeaders },
          allowedCidrs: [...(args.allowedCidrs ?? [])],
          adminStateUp: args.adminStateUp ?? true,
          connectionLimit: args.connectionLimit ?? -1,
          timeoutClientData: args.timeoutClientData ?? 50_000,
          timeoutMemberConnect: args.timeoutMemberConnect ?? 5000,
          timeoutMemberData: args.timeoutMemberData ?? 50_000,
          timeoutTcpInspect: args.timeoutTcpInspect ?? 0,
          tags: [...(args.tags ?? [])],
          pending: this.#records.pending("PENDING_CREATE"),
        },
      });
      this.#records.beginChange(balancer, `listener ${record.id}`);
      return view(record);
    });
  }

  #checkPool(loadBalancerId: string, protocol: string, poolId: string | undefined | null): void {
    if (poolId === undefined || poolId === null) {
      return;
    }
    const pool = this.#records.pools.require(poolId);
    if (pool.body.loadBalancerId !== loadBalancerId) {
      throw new CloudError(404, "NotFound", `Pool ${poolId} not found.`);
    }
    if (poolProtocols[protocol]?.includes(pool.body.protocol) !== true) {
      throw invalid(
        `The pool protocol '${pool.body.protocol}' is invalid while the listener protocol is '${protocol}'.`,
      );
    }
  }

  #checkCertificates(
    protocol: string,
    refs: { defaultTlsContainerRef?: string | undefined; sniContainerRefs?: readonly string[] | undefined },
  ): void {
    const all = [refs.defaultTlsContainerRef, ...(refs.sniContainerRefs ?? [])].filter((ref) => ref !== undefined);
    if (protocol !== "TERMINATED_HTTPS") {
      if (all.length === 0) return;
      throw invalid(`Certificate container references are not allowed on ${protocol} protocol listeners.`);
    }
    if (all.length === 0) {
      throw invalid(
        "An SNI or default certificate container reference must be provided for TERMINATED_HTTPS listeners.",
      );
    }
    for (const ref of all) {
      this.#checkCertificate(ref);
    }
  }

  #checkCertificate(ref: string): void {
    let pfx: Uint8Array;
    try {
      pfx = this.#secrets.payload(ref);
    } catch {
      throw new CloudError(400, "CertificateRetrievalException", `Could not retrieve certificate: ['${ref}']`);
    }
    try {
      createSecureContext({ pfx: Buffer.from(pfx) });
    } catch (error) {
      throw new CloudError(
        400,
        "UnreadablePKCS12",
        `The PKCS12 bundle is unreadable. Please check the PKCS12 bundle validity. In addition, make sure it does not require a pass phrase. Error: ${messageOf(error)}`,
      );
    }
  }

  get(id: string): ListenerView {
    return this.#records.context.read(() => view(this.#records.listeners.require(id)));
  }

  list(
    filter: { region?: string | undefined; name?: string | undefined; loadBalancerId?: string | undefined } = {},
  ): ListenerView[] {
    return this.#records.context.read(() =>
      this.#records.listeners
        .list({ region: filter.region, name: filter.name, parent: filter.loadBalancerId })
        .map(view),
    );
  }

  update(id: string, args: UpdateListenerArgs): ListenerView {
    checkTexts(args);
    const { context, listeners } = this.#records;
    return context.write(() => {
      const record = listeners.require(id);
      checkLimit(args.connectionLimit);
      checkTimeouts(args);
      checkCidrs(args.allowedCidrs);
      this.#checkPool(record.parent, record.body.protocol, args.defaultPoolId);
      checkHeaders(record.body.protocol, args.insertHeaders);
      const balancer = this.#records.requireMutable(record.parent);
      if (args.defaultTlsContainerRef !== undefined || args.sniContainerRefs !== undefined) {
        this.#checkCertificates(record.body.protocol, { ...record.body, ...given(args) });
      }
      const { name, defaultPoolId, ...rest } = given(args);
      const saved = listeners.save({
        ...record,
        name: name ?? record.name,
        body: {
          ...record.body,
          ...rest,
          defaultPoolId: defaultPoolId === undefined ? record.body.defaultPoolId : (defaultPoolId ?? undefined),
          pending: this.#records.pending("PENDING_UPDATE"),
        },
      });
      this.#records.beginChange(balancer, `listener ${id}`);
      return view(saved);
    });
  }

  delete(id: string): void {
    const { context, listeners } = this.#records;
    context.write(() => {
      const record = listeners.require(id);
      const balancer = this.#records.requireMutable(record.parent);
      listeners.change(record, { pending: "PENDING_DELETE" });
      this.#records.beginChange(balancer, `listener ${id}`);
    });
  }
}

function isUdp(protocol: string): boolean {
  return protocol === "UDP" || protocol === "SCTP";
}

function view(record: StoredRecord<ListenerBody>): ListenerView {
  const { pending, ...body } = record.body;
  return {
    id: record.id,
    name: record.name,
    region: record.region,
    ...body,
    defaultPoolId: body.defaultPoolId,
    defaultTlsContainerRef: body.defaultTlsContainerRef,
    provisioningStatus: pending ?? "ACTIVE",
    operatingStatus: body.adminStateUp && pending !== "PENDING_CREATE" ? "ONLINE" : "OFFLINE",
  };
}

/** Milliseconds. Source: Octavia, common/constants.py (MAX_TIMEOUT). */
const longestTimeout = 31_536_000_000;

function checkTimeouts(args: UpdateListenerArgs): void {
  const { timeoutClientData, timeoutMemberConnect, timeoutMemberData, timeoutTcpInspect } = args;
  for (const [name, value = 0] of Object.entries({
    timeout_client_data: timeoutClientData,
    timeout_member_connect: timeoutMemberConnect,
    timeout_member_data: timeoutMemberData,
    timeout_tcp_inspect: timeoutTcpInspect,
  })) {
    if (value < 0 || value > longestTimeout) {
      throw invalid(`Invalid input for field/attribute ${name}. Value: '${value}'.`);
    }
  }
}

/** -1 is no limit. */
function checkLimit(limit = -1): void {
  if (limit < -1) throw invalid(`Invalid input for field/attribute connection_limit. Value: '${limit}'.`);
}

function checkHeaders(protocol: string, wanted: Readonly<Record<string, string>> = {}): void {
  const names = Object.keys(wanted);
  if (names.length === 0) return;
  if (protocol !== "HTTP" && protocol !== "TERMINATED_HTTPS") {
    throw invalid(`insert-headers is not a valid option for a ${protocol} protocol listener.`);
  }
  const accepted = protocol === "HTTP" ? headers : [...headers, ...certificateHeaders];
  const wrong = names.find((name) => !accepted.includes(name));
  if (wrong !== undefined) throw invalid(`${wrong} is not a valid option for insert_headers.`);
}

/** An address with or without a length; its host bits may be set. */
function checkCidrs(cidrs: readonly string[] = []): void {
  for (const cidr of cidrs) {
    const [address = "", length = "32", more] = cidr.split("/");
    if (
      isIP(address) === 0 ||
      more !== undefined ||
      !/^\d{1,3}$/.test(length) ||
      Number(length) > (isIP(address) === 4 ? 32 : 128)
    ) {
      throw invalid(
        `Invalid input for field/attribute allowed_cidrs. Value: '${cidr}'. Value should be IPv4 or IPv6 CIDR format`,
      );
    }
    if (isIP(address) === 6) throw invalid(`CIDR ${cidr} IP version incompatible with VIP IP version.`);
  }
}
