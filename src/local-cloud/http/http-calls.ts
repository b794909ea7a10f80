import { timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import createRouter from "find-my-way";
import { CloudError, ConnectionDropped } from "../kernel/cloud-error.ts";
import type { LocalCloud } from "../local-cloud.ts";
import { noTraffic, type TrafficView } from "../traffic/traffic-view.ts";
import { control } from "./control.ts";
import { plainErrors, refusalCode } from "./error-format.ts";
import { type Call, type HttpApi, jsonObject, type Reply, type Route } from "./route.ts";

export interface HttpCallsArgs {
  readonly cloud: LocalCloud;
  /** Default: there is none. */
  readonly traffic?: TrafficView;
  /** Machines that really boot; absent: they are modelled. */
  readonly machines?: Call["machines"];
  /** The simulators' APIs, served beside the control API. */
  readonly apis: readonly HttpApi[];
  /** Bearer token of the control API and of every API with the access `token`. */
  readonly token: string;
  /** Certificate of the cloud's own authority, PEM. */
  readonly authorityCertificate?: string | undefined;
}

/** A call as it arrived. */
export interface ArrivedCall {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  /** Scheme and host as the client wrote them, such as `http://127.0.0.1:41234`. */
  readonly origin: string;
  /** Address under which the server is known, in links that answers contain. */
  readonly base: string;
  readonly headers: IncomingHttpHeaders;
  /** @throws CloudError 413 when it is too large */
  readContent(): Promise<string>;
}

export interface CallAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined sends nothing. */
  readonly body: Uint8Array | string | undefined;
}

interface Target {
  readonly api: HttpApi;
  readonly route: Route;
}

/** The raw APIs, without a server: routing, access, faults, journal and the form of answers. */
export class HttpCalls {
  readonly #args: HttpCallsArgs;
  readonly #router = createRouter({ ignoreTrailingSlash: true, maxParamLength: 500 });

  constructor(args: HttpCallsArgs) {
    this.#args = args;
    for (const api of [...args.apis, control]) {
      for (const route of api.routes) {
        this.#router.on(route.method, route.path, () => undefined, { api, route } satisfies Target);
      }
    }
  }

  /** @throws ConnectionDropped when the connection must be closed without an answer */
  async answer(call: ArrivedCall): Promise<CallAnswer> {
    const path = call.target.split("?", 1)[0] ?? "/";
    const found = this.#router.find(call.method as "GET", path);
    const target = found?.store as Target | undefined;
    const added = () => target?.api.headers?.() ?? {};
    try {
      const reply = await this.#handle(call, target, found?.params as Record<string, string> | undefined);
      return written(reply.status ?? 200, { ...added(), ...reply.headers }, reply.body);
    } catch (error) {
      if (error instanceof ConnectionDropped) throw error;
      const errors = target?.api.errors ?? plainErrors;
      const refused =
        error instanceof CloudError
          ? error
          : new CloudError(500, refusalCode(errors, 500), "the local cloud has a defect");
      if (refused !== error) console.error(call.method, path, error);
      return written(refused.status, added(), errors.body(refused));
    }
  }

  async #handle(
    arrived: ArrivedCall,
    target: Target | undefined,
    params: Readonly<Record<string, string>> = {},
  ): Promise<Reply> {
    const url = new URL(arrived.target, arrived.base);
    if (target === undefined) {
      throw new CloudError(404, "not-found", `${arrived.method} ${url.pathname} is not modelled`);
    }
    const { api, route } = target;
    const { cloud, traffic = noTraffic, machines, authorityCertificate } = this.#args;
    const content = typeof api.access === "function" ? await arrived.readContent() : undefined;
    this.#authorize(api, arrived, content ?? "");
    const call: Call = {
      cloud,
      traffic,
      machines,
      authority: authorityCertificate,
      base: arrived.base,
      params,
      query: Object.fromEntries(url.searchParams),
      ...bodyOf(content ?? (await arrived.readContent()), target),
    };
    if (!api.journaled) return await route.handle(call);
    const asked = route.asked === undefined ? "" : ` ${route.asked(call)}`;
    return await cloud.perform(
      { api: "http", service: api.name, operation: "http", name: `${arrived.method} ${url.pathname}${asked}` },
      () => route.handle(call),
    );
  }

  #authorize(api: HttpApi, { method, origin, target, headers }: ArrivedCall, content: string): void {
    const { cloud, token } = this.#args;
    if (typeof api.access === "function") {
      api.access({ method, url: `${origin}${target}`, headers, content, token, now: cloud.clock.now() });
      return;
    }
    switch (api.access) {
      case "public":
        return;
      case "keystone": {
        const given = headers["x-auth-token"];
        try {
          cloud.keystone.validate(typeof given === "string" ? given : "");
          return;
        } catch (error) {
          if (error instanceof CloudError) throw unauthorized(api);
          throw error;
        }
      }
      case "token": {
        const given = Buffer.from(headers.authorization ?? "");
        const wanted = Buffer.from(`Bearer ${token}`);
        if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) throw unauthorized(api);
      }
    }
  }
}

function unauthorized(api: HttpApi): CloudError {
  return new CloudError(401, refusalCode(api.errors, 401), "The request you have made requires authentication.");
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

function written(status: number, headers: CallAnswer["headers"], body: unknown): CallAnswer {
  if (body === undefined) return { status, headers, body };
  if (body instanceof Uint8Array) {
    return { status, headers: { ...headers, "content-type": "application/octet-stream" }, body };
  }
  const isHtml = typeof body === "string";
  const type = isHtml ? "text/html; charset=UTF-8" : "application/json";
  return { status, headers: { ...headers, "content-type": type }, body: isHtml ? body : JSON.stringify(body) };
}
