import { timingSafeEqual } from "node:crypto";
import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import createRouter from "find-my-way";
import { CloudError, ConnectionDropped } from "../kernel/cloud-error.ts";
import type { LocalCloud } from "../local-cloud.ts";
import type { CertificateAuthority } from "../machines/services/certificate-authority.ts";
import type { Traffic } from "../traffic/traffic.ts";
import { control } from "./control.ts";
import { plainErrors, refusalCode } from "./error-format.ts";
import { type Call, type HttpApi, jsonObject, type Reply, type Route } from "./route.ts";

/** Largest body read; no call of a client comes near. */
const largestBodyBytes = 1024 * 1024;

export interface HttpApiArgs {
  readonly cloud: LocalCloud;
  readonly traffic: Traffic;
  /** Machines that really boot; absent: they are modelled. */
  readonly machines?: Call["machines"];
  /** The simulators' APIs, served beside the control API. */
  readonly apis: readonly HttpApi[];
  /** Bearer token of the control API and of every API with the access `token`. */
  readonly token: string;
  /** Signs the certificate of the HTTPS address. Default: there is no HTTPS address. */
  readonly authority?: CertificateAuthority | undefined;
}

export interface RunningHttpApi {
  /** Such as `http://127.0.0.1:41234`. */
  readonly url: string;
  /** The same by TLS, such as `https://localhost:41235`; undefined without an authority. */
  readonly secureUrl: string | undefined;
  close(): Promise<void>;
}

interface Target {
  readonly api: HttpApi;
  readonly route: Route;
}

/** Names that the certificate of the HTTPS address is issued for; the first is the one in it. */
const secureNames = ["localhost", "127.0.0.1"] as const;

/** Serves the raw APIs on a free port of loopback, and by TLS on another one. */
export async function startHttpApi(args: HttpApiArgs): Promise<RunningHttpApi> {
  const router = createRouter({ ignoreTrailingSlash: true, maxParamLength: 500 });
  for (const api of [...args.apis, control]) {
    for (const route of api.routes) {
      router.on(route.method, route.path, () => undefined, { api, route } satisfies Target);
    }
  }
  let url = "";
  const listener: RequestListener = (request, response) => {
    const path = (request.url ?? "/").split("?", 1)[0] ?? "/";
    const found = router.find((request.method ?? "GET") as "GET", path);
    const target = found?.store as Target | undefined;
    void answer(request, response, target, () =>
      handle(args, url, request, target, found?.params as Record<string, string> | undefined),
    );
  };
  const plain = createServer(listener);
  url = `http://127.0.0.1:${await listen(plain)}`;
  const secure = args.authority === undefined ? undefined : createSecureServer(certificate(args.authority), listener);
  return {
    url,
    secureUrl: secure === undefined ? undefined : `https://${secureNames[0]}:${await listen(secure)}`,
    close: async () => {
      await Promise.all([plain, secure].map(async (server) => await close(server)));
    },
  };
}

function certificate(authority: CertificateAuthority): { readonly cert: string; readonly key: string } {
  const issued = authority.issue(secureNames);
  return { cert: issued.certificate, key: issued.key };
}

async function close(server: Server | undefined): Promise<void> {
  if (server === undefined) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

function listen(server: Server): Promise<number> {
  // Longer than any client keeps an idle connection: it is the client who closes, so that no call meets a connection that is just ending.
  server.keepAliveTimeout = 3_600_000;
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  server.once("error", reject);
  server.listen({ host: "127.0.0.1", port: 0 }, () => resolve((server.address() as AddressInfo).port));
  return promise;
}

async function handle(
  args: HttpApiArgs,
  base: string,
  request: IncomingMessage,
  target: Target | undefined,
  params: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const url = new URL(request.url ?? "/", base);
  if (target === undefined) throw new CloudError(404, "not-found", `${request.method} ${url.pathname} is not modelled`);
  const { api, route } = target;
  const content = typeof api.access === "function" ? await readContent(request) : undefined;
  authorize(args, api, request, content ?? "");
  const call: Call = {
    cloud: args.cloud,
    traffic: args.traffic,
    machines: args.machines,
    authority: args.authority?.certificate,
    base,
    params,
    query: Object.fromEntries(url.searchParams),
    ...bodyOf(content ?? (await readContent(request)), target),
  };
  if (!api.journaled) return await route.handle(call);
  const asked = route.asked === undefined ? "" : ` ${route.asked(call)}`;
  return await args.cloud.perform(
    { api: "http", service: api.name, operation: "http", name: `${request.method} ${url.pathname}${asked}` },
    () => route.handle(call),
  );
}

function authorize(args: HttpApiArgs, api: HttpApi, request: IncomingMessage, content: string): void {
  if (typeof api.access === "function") {
    const scheme = request.socket instanceof TLSSocket ? "https" : "http";
    api.access({
      method: request.method ?? "GET",
      url: `${scheme}://${request.headers.host ?? ""}${request.url ?? ""}`,
      headers: request.headers,
      content,
      token: args.token,
      now: args.cloud.clock.now(),
    });
    return;
  }
  switch (api.access) {
    case "public":
      return;
    case "keystone": {
      const token = request.headers["x-auth-token"];
      try {
        args.cloud.keystone.validate(typeof token === "string" ? token : "");
        return;
      } catch (error) {
        if (error instanceof CloudError) throw unauthorized(api);
        throw error;
      }
    }
    case "token": {
      const given = Buffer.from(request.headers.authorization ?? "");
      const wanted = Buffer.from(`Bearer ${args.token}`);
      if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw unauthorized(api);
    }
  }
}

function unauthorized(api: HttpApi): CloudError {
  return new CloudError(401, refusalCode(api.errors, 401), "The request you have made requires authentication.");
}

async function readContent(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBodyBytes) throw new CloudError(413, "too-large", "the body is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

function bodyOf(content: string, { api, route }: Target): Pick<Call, "body" | "content"> {
  if (route.takesContent === true) return { body: {}, content };
  if (content === "") return { body: {}, content: "" };
  try {
    return { body: jsonObject(JSON.parse(content)), content: "" };
  } catch {
    throw new CloudError(400, refusalCode(api.errors, 400), "the body is not JSON");
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  target: Target | undefined,
  work: () => Promise<Reply>,
): Promise<void> {
  const errors = target?.api.errors ?? plainErrors;
  try {
    const reply = await work();
    send(response, { ...target?.api.headers?.(), ...reply.headers }, reply.status ?? 200, reply.body);
  } catch (error) {
    if (error instanceof ConnectionDropped) {
      request.socket.destroy();
      return;
    }
    const refused =
      error instanceof CloudError
        ? error
        : new CloudError(500, refusalCode(errors, 500), "the local cloud has a defect");
    if (refused !== error) console.error(request.method, request.url?.split("?", 1)[0], error);
    // A call that was not read to its end leaves a connection that no other call can use.
    const close = request.complete ? {} : { connection: "close" };
    send(response, { ...target?.api.headers?.(), ...close }, refused.status, errors.body(refused));
  }
}

function send(
  response: ServerResponse,
  headers: Readonly<Record<string, string>>,
  status: number,
  body: unknown,
): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (body === undefined) {
    response.end();
    return;
  }
  if (body instanceof Uint8Array) {
    response.setHeader("content-type", "application/octet-stream");
    response.end(body);
    return;
  }
  const html = typeof body === "string";
  response.setHeader("content-type", html ? "text/html; charset=UTF-8" : "application/json");
  response.end(html ? body : JSON.stringify(body));
}
