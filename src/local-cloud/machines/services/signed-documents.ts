import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { LocalCloud } from "../../local-cloud.ts";

/** Largest object taken; documents and host keys are far smaller. */
const largestBytes = 16 * 1024 * 1024;

/** Swift as far as temporary URLs reach: GET and HEAD of an object, PUT with a URL that is signed for PUT. */
export function serveSignedDocuments(cloud: LocalCloud): RequestListener {
  return (request, response) => {
    void answer(cloud, request, response).catch((error: unknown) => {
      const refused = error instanceof CloudError ? error : undefined;
      response.writeHead(refused?.status ?? 500, { "content-type": "text/html; charset=UTF-8" });
      response.end(`<html><h1>${refused?.code ?? "Internal Error"}</h1></html>`);
    });
  };
}

async function answer(cloud: LocalCloud, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", `https://${request.headers.host ?? ""}`);
  // The query carries the signature: only the path is journaled.
  const call = {
    api: "http",
    service: "swift",
    operation: "http",
    name: `${request.method} ${url.hostname}${url.pathname}`,
  } as const;
  const content = request.method === "PUT" ? await read(request) : "";
  await cloud.perform(call, () => {
    const { objects } = cloud.swift;
    if (request.method === "PUT") {
      const { etag } = objects.putBySignedUrl(url.href, content, request.headers["content-type"]);
      response.writeHead(201, { etag }).end();
    } else if (request.method === "GET") {
      const found = objects.contentBySignedUrl(url.href);
      response.writeHead(200, { "content-type": found.object.contentType, etag: found.object.etag });
      response.end(found.content);
    } else if (request.method === "HEAD") {
      const found = objects.headBySignedUrl(url.href);
      response.writeHead(200, { "content-length": found.contentLength, etag: found.etag }).end();
    } else {
      throw new CloudError(405, "Method Not Allowed", "The method is not allowed for this resource.");
    }
  });
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBytes) throw new CloudError(413, "Request Entity Too Large", "The body is too large.");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}
