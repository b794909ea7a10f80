import { randomUUID, timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import createRouter from "find-my-way";
import { CloudError, ConnectionDropped, type LocalCloud } from "../behaviour/index.ts";
import type { Traffic } from "../traffic/traffic.ts";
import { control } from "./control.ts";
import { doorCode, errorBody } from "./error-body.ts";
import { keystone } from "./keystone.ts";
import { neutron } from "./neutron.ts";
import { nova } from "./nova.ts";
import { octavia } from "./octavia.ts";
import { ovh, ovhPublic } from "./ovh.ts";
import { type Call, jsonObject, type Reply, type Route, type Service } from "./route.ts";
import { s3 } from "./s3.ts";
import { barbican, cinder, swift } from "./storage.ts";

const services: readonly Service[] = [
  keystone,
  nova,
  neutron,
  octavia,
  cinder,
  swift,
  barbican,
  ovhPublic,
  ovh,
  s3,
  control,
];

/** Largest body read; no call of a client comes near. */
const LARGEST_BODY_BYTES = 1024 * 1024;

export interface HttpDoorArgs {
  readonly cloud: LocalCloud;
  readonly traffic: Traffic;
  /** Bearer token of the control API and of the OVHcloud API. */
  readonly token: string;
}

export interface HttpDoor {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  close(): Promise<void>;
}

interface Target {
  readonly service: Service;
  readonly route: Route;
}

/** Serves the raw APIs on a free port of loopback. */
export async function openHttpDoor(args: HttpDoorArgs): Promise<HttpDoor> {
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: 500 });
  for (const service of services) {
    for (const route of service.routes) {
      router.on(route.method, route.path, () => undefined, { service, route } satisfies Target);
    }
  }
  let url = "";
  const server = createServer((request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const found = router.find((request.method ?? "GET") as "GET", path);
    const target = found?.store as Target | undefined;
    void answer(request, response, target, () =>
      handle(args, url, request, target, found?.params as Record<string, string> | undefined),
    );
  });
  // Longer than any client keeps an idle connection: it is the client who closes, so that no call meets a connection that is just ending.
  server.keepAliveTimeout = 3_600_000;
  url = `http://127.0.0.1:${await listen(server)}`;
  return {
    url,
    close: async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      server.close(() => resolve());
      server.closeAllConnections();
      await promise;
    },
  };
}

function listen(server: Server): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen({ host: "127.0.0.1", port: 0 }, () => resolve((server.address() as AddressInfo).port));
  return promise;
}

async function handle(
  args: HttpDoorArgs,
  base: string,
  request: IncomingMessage,
  target: Target | undefined,
  params: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const url = new URL(request.url ?? "/", base);
  if (target === undefined) throw new CloudError(404, "not-found", `${request.method} ${url.pathname} is not modelled`);
  const { service, route } = target;
  authorize(args, service, request);
  const call: Call = {
    cloud: args.cloud,
    traffic: args.traffic,
    base,
    params,
    query: Object.fromEntries(url.searchParams),
    ...(await readBody(request, target)),
  };
  if (!service.journaled) return await route.handle(call);
  const asked = route.asked === undefined ? "" : ` ${route.asked(call)}`;
  return await args.cloud.perform(
    { door: "http", service: service.name, operation: "http", name: `${request.method} ${url.pathname}${asked}` },
    () => route.handle(call),
  );
}

function authorize(args: HttpDoorArgs, service: Service, request: IncomingMessage): void {
  switch (service.access) {
    case "public":
      return;
    case "openstack": {
      const token = request.headers["x-auth-token"];
      try {
        args.cloud.keystone.validate(typeof token === "string" ? token : "");
        return;
      } catch (error) {
        if (error instanceof CloudError) throw unauthorized(service);
        throw error;
      }
    }
    case "ovh":
    case "control": {
      const given = Buffer.from(request.headers.authorization ?? "");
      const wanted = Buffer.from(`Bearer ${args.token}`);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw unauthorized(service);
    }
  }
}

function unauthorized(service: Service): CloudError {
  return new CloudError(401, doorCode(service.dialect, 401), "The request you have made requires authentication.");
}

async function readBody(request: IncomingMessage, { service, route }: Target): Promise<Pick<Call, "body" | "content">> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > LARGEST_BODY_BYTES) throw new CloudError(413, "too-large", "the body is too large");
    chunks.push(chunk);
  }
  const content = Buffer.concat(chunks).toString("utf8");
  if (route.takesContent === true) return { body: {}, content };
  if (size === 0) return { body: {}, content: "" };
  try {
    return { body: jsonObject(JSON.parse(content)), content: "" };
  } catch {
    throw new CloudError(400, doorCode(service.dialect, 400), "the body is not JSON");
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target | undefined,
  work: () => Promise<Reply>,
): Promise<void> {
  const dialect = target?.service.dialect ?? "control";
  try {
    const reply = await work();
    for (const [name, value] of Object.entries(reply.headers ?? {})) response.setHeader(name, value);
    send(response, dialect, reply.status ?? 200, reply.body);
  } catch (error) {
    if (error instanceof ConnectionDropped) {
      request.socket.destroy();
      return;
    }
    const refused =
      error instanceof CloudError ? error : new CloudError(500, doorCode(dialect, 500), "the local cloud has a defect");
    if (refused !== error) console.error(request.method, request.url?.split("?", 1)[0], error);
    // A call that was not read to its end leaves a connection that no other call can use.
    if (!request.complete) response.setHeader("connection", "close");
    send(response, dialect, refused.status, errorBody(dialect, refused));
  }
}

function send(response: ServerResponse, dialect: string, status: number, body: unknown): void {
  response.statusCode = status;
  if (dialect === "ovh") response.setHeader("x-ovh-queryid", `LOCAL.${randomUUID()}`);
  if (body === undefined) {
    response.end();
    return;
  }
  const html = typeof body === "string";
  response.setHeader("content-type", html ? "text/html; charset=UTF-8" : "application/json");
  response.end(html ? body : JSON.stringify(body));
}
