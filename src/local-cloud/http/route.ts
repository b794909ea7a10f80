import type { IncomingHttpHeaders } from "node:http";
import type { LocalCloud } from "../local-cloud.ts";
import type { MachineReport } from "../machines/machine-report.ts";
import type { TrafficView } from "../traffic/traffic-view.ts";
import type { ErrorFormat } from "./error-format.ts";

/**
 * Who may call: anyone, holders of a token from Keystone, holders of the local cloud's own bearer token, or whoever the API's own rule lets in:
 * it throws a CloudError for anybody else.
 */
type Access = "public" | "keystone" | "token" | ((asked: AskedCall) => void);

/** A call as it arrived, before anything is done. */
export interface AskedCall {
  readonly method: string;
  /** As the client wrote it: scheme, host, path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** The body, byte for byte. */
  readonly content: string;
  /** Bearer token of the local cloud. Secret. */
  readonly token: string;
  /** Milliseconds of the cloud's clock. */
  readonly now: number;
}

export interface Call {
  readonly cloud: LocalCloud;
  readonly traffic: TrafficView;
  /** Machines that really boot; undefined: they are modelled. */
  readonly machines?: { readonly releases: string; report(): readonly MachineReport[] } | undefined;
  /** Certificate of the cloud's own authority, PEM; undefined where it has none. */
  readonly authority?: string | undefined;
  /** Address of this server, such as `http://127.0.0.1:41234`. */
  readonly base: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON body; an empty object when there is none. */
  readonly body: Readonly<Record<string, unknown>>;
  /** Of a route that takes content instead of JSON. */
  readonly content: string;
}

export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes are sent as they are, anything else as JSON; undefined sends nothing. */
  readonly body?: unknown;
}

export interface Route {
  readonly method: "GET" | "HEAD" | "POST" | "PUT" | "DELETE";
  /** Path with `:parameters`. */
  readonly path: string;
  /** Takes content as it comes. */
  readonly takesContent?: boolean;
  readonly handle: (call: Call) => Reply | Promise<Reply>;
  /** Details of a call for the journal, beyond method and path. Never a secret. */
  readonly asked?: (call: Call) => string;
}

/** A raw API of one service. */
export interface HttpApi {
  /** Name in the journal. */
  readonly name: string;
  readonly errors: ErrorFormat;
  readonly access: Access;
  /** Added to every answer. Default: none. */
  readonly headers?: () => Readonly<Record<string, string>>;
  /** Noted in the journal and subject to faults; the control API is neither. */
  readonly journaled: boolean;
  readonly routes: readonly Route[];
}

/** A JSON object of an answer or a request. */
export type Json = Readonly<Record<string, unknown>>;

export function jsonObject(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

/** A path parameter; the router guarantees that it is there. */
export function param(call: Call, name: string): string {
  return call.params[name] ?? "";
}

/** Query keys that page or shape a list instead of filtering it. */
const notFilters = new Set(["limit", "marker", "fields", "sort_key", "sort_dir", "page_reverse", "format", "prefix"]);

/** Entries whose fields equal every filter of the query, as Neutron and Octavia filter by any field. */
export function filtered(entries: readonly Json[], query: Readonly<Record<string, string>>): readonly Json[] {
  const filters = Object.entries(query).filter(([key]) => !notFilters.has(key));
  return entries.filter((entry) =>
    filters.every(([key, value]) => !(key in entry) || String(entry[key] ?? "") === value),
  );
}

/** A list of a region's resources that can be filtered by any field; its key is the collection's name in snake case. */
export function listRoute(
  root: string,
  collection: string,
  entries: (call: Call, region: string) => readonly Json[],
): Route {
  return {
    method: "GET",
    path: `${root}/${collection}`,
    handle: (call) => ({
      body: { [collection.replaceAll("-", "_")]: filtered(entries(call, param(call, "region")), call.query) },
    }),
  };
}
