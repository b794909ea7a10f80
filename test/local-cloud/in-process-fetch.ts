import type { CallAnswer, HttpCalls } from "../../src/local-cloud/http/http-calls.ts";
import { ConnectionDropped } from "../../src/local-cloud/kernel/cloud-error.ts";
import type { Host } from "../../src/os/host.ts";

/** Sends calls to a local cloud in this process, without a socket. @param base address that the clients have of it */
export function inProcessFetch(calls: HttpCalls, base: string): Host["fetch"] {
  return async (address, { method = "GET", headers, body } = {}) => {
    const { origin, pathname, search } = new URL(address);
    if (origin !== base) throw new TypeError(`fetch failed: ${origin} is not ${base}`);
    try {
      return responseOf(
        await calls.answer({
          method,
          target: `${pathname}${search}`,
          origin,
          base,
          headers: Object.fromEntries(new Headers(headers)),
          readContent: async () => (typeof body === "string" ? body : ""),
        }),
      );
    } catch (error) {
      if (error instanceof ConnectionDropped) throw new TypeError("fetch failed", { cause: { code: "ECONNRESET" } });
      throw error;
    }
  };
}

function responseOf({ status, headers, body }: CallAnswer): Response {
  const isEmpty = body === undefined || status === 204;
  return new Response(isEmpty ? null : typeof body === "string" ? body : new Uint8Array(body), { status, headers });
}
