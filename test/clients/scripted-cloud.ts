import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { CloudCredentials } from "../../src/clouds/ovh/credentials.ts";

export interface SeenCall {
  readonly method: string;
  /** Path with its query. */
  readonly path: string;
  readonly token: string | undefined;
  readonly body: unknown;
}

/** Answer to one call; `cut` closes the connection instead. */
export type Answer = { readonly status?: number; readonly body?: unknown; readonly token?: string } | "cut";

/** An HTTP server whose answers a test writes by hand, and that remembers what it was asked. */
export interface ScriptedCloud {
  readonly url: string;
  readonly calls: SeenCall[];
  readonly credentials: CloudCredentials;
  close(): Promise<void>;
}

/** Keystone is answered by itself, with tokens `token-1`, `token-2`…; everything else by `answer`. */
export async function scriptedCloud(answer: (call: SeenCall) => Answer): Promise<ScriptedCloud> {
  const calls: SeenCall[] = [];
  let tokens = 0;
  let url = "";
  const server = createServer(async (request, response) => {
    const token = request.headers["x-auth-token"];
    const call: SeenCall = {
      method: request.method ?? "",
      path: request.url ?? "",
      token: typeof token === "string" ? token : undefined,
      body: await json(request),
    };
    calls.push(call);
    const reply: Answer =
      call.path === "/identity/v3/auth/tokens"
        ? { status: 201, body: { token: { catalog: catalog(url) } }, token: `token-${++tokens}` }
        : answer(call);
    if (reply === "cut") {
      request.socket.destroy();
      return;
    }
    if (reply.token !== undefined) response.setHeader("x-subject-token", reply.token);
    response.statusCode = reply.status ?? 200;
    response.end(reply.body === undefined ? undefined : JSON.stringify(reply.body));
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  await promise;
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    calls,
    credentials: {
      openstack: {
        authUrl: `${url}/identity/v3`,
        region: "GRA11",
        identity: {
          kind: "password",
          user: "operator",
          password: "planted-password",
          userDomain: "Default",
          projectId: "project-1",
          projectName: undefined,
          projectDomain: "Default",
        },
      },
      ovh: { kind: "address", url: `${url}/1.0`, token: "planted-token" },
      projectId: "project-1",
    },
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeAllConnections();
      await closed.promise;
    },
  };
}

function catalog(url: string): unknown {
  return ["compute", "network", "load-balancer", "block-storage", "object-store"].map((type) => ({
    type,
    endpoints: [
      { interface: "internal", region_id: "GRA11", url: "http://192.0.2.1/never" },
      { interface: "public", region_id: "BHS5", url: "http://192.0.2.2/never" },
      { interface: "public", region_id: "GRA11", url: `${url}/${type}${type === "compute" ? "/v2.1" : ""}` },
    ],
  }));
}

async function json(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString("utf8"));
}
