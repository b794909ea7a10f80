import { createReadStream, existsSync, readdirSync, statSync } from "node:fs";
import type { RequestListener } from "node:http";
import { join, normalize } from "node:path";
import { pipeline } from "node:stream";

/**
 * Release archives from a folder that mirrors their addresses: `https://downloads.example/shop/8.2.1.zip` is the file
 * `downloads.example/shop/8.2.1.zip`. Files may be added at any time.
 */
export class ReleaseFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Whether this folder holds files of that host. */
  has(host: string): boolean {
    return !host.includes("/") && existsSync(this.#folder) && readdirSync(this.#folder).includes(host);
  }

  readonly serve: RequestListener = (request, response) => {
    const { hostname, pathname } = new URL(request.url ?? "/", `https://${request.headers.host ?? ""}`);
    const path = join(this.#folder, hostname, normalize(decodeURIComponent(pathname)));
    const file = existsSync(path) ? statSync(path) : undefined;
    if (!this.has(hostname) || file?.isFile() !== true) {
      response.writeHead(404).end();
      return;
    }
    if (request.method !== "GET" && request.method !== "HEAD") {
      response.writeHead(405, { allow: "GET, HEAD" }).end();
      return;
    }
    response.writeHead(200, { "content-type": "application/octet-stream", "content-length": file.size });
    if (request.method === "HEAD") {
      response.end();
      return;
    }
    pipeline(createReadStream(path), response, () => undefined);
  };
}
