import { createRequire } from "node:module";
import type OvhFactory from "@ovhcloud/node-ovh";
import { type Caller, CloudCallError } from "../http/call.ts";
import type { OvhCredentials } from "./credentials.ts";

/** The OVHcloud API v1. Paths start after `/1.0`, such as `/cloud/project/{id}/user`. */
export interface OvhApi {
  get(path: string): Promise<unknown>;
  /** Only for idempotent calls. */
  post(path: string, body: Readonly<Record<string, unknown>>): Promise<unknown>;
  /** Requests the deletion; a resource that does not exist counts as deleted. */
  delete(path: string): Promise<void>;
}

/** The official client for OVHcloud itself. It supports https only, so a simulator on loopback is called directly. */
export function connectOvh(caller: Caller, credentials: OvhCredentials): OvhApi {
  return credentials.kind === "address"
    ? standIn(caller, credentials.url, credentials.token)
    : official(caller, credentials);
}

function standIn(caller: Caller, url: string, token: string): OvhApi {
  const send: Send = async (method, path, body) =>
    (
      await caller.send({
        service: "OVHcloud",
        method,
        url: url + path,
        headers: { authorization: `Bearer ${token}` },
        idempotent: true,
        ...(body === undefined ? {} : { body }),
      })
    ).body;
  return api(send);
}

function official(caller: Caller, credentials: Exclude<OvhCredentials, { kind: "address" }>): OvhApi {
  // Loaded on first use: the client brings OAuth libraries that most commands do not need.
  const ovh = createRequire(import.meta.url)("@ovhcloud/node-ovh") as typeof OvhFactory;
  const client = ovh({
    endpoint: credentials.endpoint,
    timeout: 60_000,
    ...(credentials.kind === "oauth2"
      ? { clientID: credentials.clientId, clientSecret: credentials.clientSecret }
      : { appKey: credentials.key, appSecret: credentials.secret, consumerKey: credentials.consumerKey }),
  });
  // The official client does not retry; the calls made here are all idempotent.
  return api((method, path, body) =>
    caller.repeat(async () => {
      try {
        return await client.requestPromised(method, path, body);
      } catch (error) {
        const { error: reason, message } = error as { error?: unknown; message?: unknown };
        const status = typeof reason === "number" && reason >= 100 ? reason : 0;
        const answer = typeof message === "string" ? message : typeof reason === "string" ? reason : "no answer";
        const url = `https://api.ovh.com/1.0${path}`;
        throw new CloudCallError({ service: "OVHcloud", method, url }, status, answer);
      }
    }),
  );
}

type Send = (
  method: "GET" | "POST" | "DELETE",
  path: string,
  body?: Readonly<Record<string, unknown>>,
) => Promise<unknown>;

function api(send: Send): OvhApi {
  return {
    get: (path) => send("GET", path),
    post: (path, body) => send("POST", path, body),
    async delete(path) {
      try {
        await send("DELETE", path);
      } catch (error) {
        if (!(error instanceof CloudCallError) || error.status !== 404) throw error;
      }
    },
  };
}
