import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { host } from "../../os/host.ts";
import type { DatabaseConnections } from "./database-connections.ts";
import type { InstanceModel } from "./model.ts";

/** Longest time that a request may ask to be kept open, milliseconds. */
const longestHoldMs = 60_000;

/**
 * The web server of one instance: `/health` and pages by the modelled state; plain HTTP that a balancer marked is sent to HTTPS
 * as the guest's nginx does. The request header `x-local-cloud-hold-ms` keeps an answer open, so that a test can watch a drain.
 */
export function createInstanceServer(
  instance: () => InstanceModel | undefined,
  pkcs12: Buffer | undefined,
  connections: DatabaseConnections,
): Server {
  const respond = (request: IncomingMessage, response: ServerResponse) => {
    const now = instance();
    if (now?.database !== undefined && asksDatabase(now, request)) {
      const giveBack = connections.take(now.database);
      if (giveBack === undefined) return refuse(now, request, response);
      response.once("close", giveBack);
    }
    const hold = Math.min(Number(request.headers["x-local-cloud-hold-ms"] ?? 0) || 0, longestHoldMs);
    if (hold === 0) return answer(instance(), request, response);
    host().after(hold, () => answer(instance(), request, response));
  };
  const server: Server =
    pkcs12 === undefined ? createServer(respond) : createTlsServer({ pfx: pkcs12, passphrase: "" }, respond);
  // A balancer's connection is not kept: otherwise a machine that leaves would be noticed by its next request.
  server.keepAliveTimeout = 1_000;
  return server;
}

/** Health is asked by processes that have their own connection (src/machines/prestashop/health.php): a busy front is not an unhealthy one. */
function asksDatabase(instance: InstanceModel, request: IncomingMessage): boolean {
  return new URL(request.url ?? "/", "http://instance").pathname !== "/health" && !isPlain(instance, request);
}

function refuse(instance: InstanceModel, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  response.setHeader("x-served-by", instance.name);
  send(response, 500, {
    server: instance.name,
    reason: `the database ${instance.database?.id} refuses one more connection`,
  });
}

/** Behind a balancer its mark tells; a guest that ends TLS itself sees on which port the request came. */
function isPlain(instance: InstanceModel, request: IncomingMessage): boolean {
  return instance.ports.includes(443)
    ? !("encrypted" in request.socket)
    : request.headers["x-forwarded-proto"] === "http";
}

function answer(instance: InstanceModel | undefined, request: IncomingMessage, response: ServerResponse): void {
  request.resume();
  if (instance === undefined) {
    response.destroy();
    return;
  }
  const url = new URL(request.url ?? "/", "http://instance");
  const health = instance.health();
  response.setHeader("x-served-by", instance.name);
  if (url.pathname === "/health") {
    send(response, health.healthy ? 200 : 503, { status: health.healthy ? "ok" : "failed", reason: health.reason });
    return;
  }
  const [, token] = /^\/\.well-known\/acme-challenge\/([\w-]+)$/.exec(url.pathname) ?? [];
  const thumbprint = token === undefined ? undefined : instance.acmeThumbprint?.();
  if (thumbprint !== undefined) {
    response.setHeader("content-type", "text/plain");
    response.end(`${token}.${thumbprint}`);
    return;
  }
  if (isPlain(instance, request)) {
    response.setHeader("location", `https://${hostOf(request)}${request.url ?? "/"}`);
    send(response, 301, {});
    return;
  }
  send(response, health.healthy ? 200 : 503, {
    server: instance.name,
    flavor: instance.flavor,
    path: url.pathname,
    ...(health.healthy ? {} : { reason: health.reason }),
  });
}

/** Without the port, as nginx's $host: HTTPS answers at its own one. */
function hostOf(request: IncomingMessage): string {
  return (request.headers.host ?? "localhost").replace(/:\d+$/, "");
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.statusCode = status;
  response.setHeader("content-type", "application/json");
  response.end(`${JSON.stringify(body)}\n`);
}
