import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer } from "node:https";
import type { AddressInfo } from "node:net";
import { TLSSocket } from "node:tls";
import { CloudError, ConnectionDropped } from "../kernel/cloud-error.ts";
import type { CertificateAuthority } from "../machines/services/certificate-authority.ts";
import { type CallAnswer, HttpCalls, type HttpCallsArgs } from "./http-calls.ts";

/** Largest body read; no call of a client comes near. */
const largestBodyBytes = 1024 * 1024;

export interface HttpApiArgs extends Omit<HttpCallsArgs, "authorityCertificate"> {
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

/** Names that the certificate of the HTTPS address is issued for; the first is the one in it. */
const secureNames = ["localhost", "127.0.0.1"] as const;

/** Serves the raw APIs on a free port of loopback, and by TLS on another one. */
export async function startHttpApi({ authority, ...args }: HttpApiArgs): Promise<RunningHttpApi> {
  const calls = new HttpCalls({ ...args, authorityCertificate: authority?.certificate });
  let url = "";
  const listener: RequestListener = (request, response) => void answer(calls, url, request, response);
  const plain = createServer(listener);
  url = `http://127.0.0.1:${await listen(plain)}`;
  const secure = authority === undefined ? undefined : createSecureServer(certificate(authority), listener);
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

async function answer(
  calls: HttpCalls,
  base: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const scheme = request.socket instanceof TLSSocket ? "https" : "http";
  try {
    const answered = await calls.answer({
      method: request.method ?? "GET",
      target: request.url ?? "/",
      origin: `${scheme}://${request.headers.host ?? ""}`,
      base,
      headers: request.headers,
      readContent: () => readContent(request),
    });
    // A call that was not read to its end leaves a connection that no other call can use.
    send(response, answered, answered.status >= 400 && !request.complete);
  } catch (error) {
    if (!(error instanceof ConnectionDropped)) console.error(error);
    request.socket.destroy();
  }
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

function send(response: ServerResponse, { status, headers, body }: CallAnswer, closes: boolean): void {
  response.statusCode = status;
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  if (closes) response.setHeader("connection", "close");
  response.end(body);
}
