import { type Caller, type CloudCall, CloudCallError } from "../../../clouds/http/call.ts";

/** All pages of a list: both forges name the next one in the `Link` header. */
export async function readPages(caller: Caller, first: CloudCall): Promise<readonly unknown[]> {
  const all: unknown[] = [];
  let call: CloudCall | undefined = first;
  while (call !== undefined) {
    const { body, headers, status } = await caller.send(call);
    if (!Array.isArray(body)) throw new CloudCallError(call, status, "not a list");
    all.push(...body);
    const next: string | undefined = /<([^>]+)>\s*;[^,]*\brel="?next"?/.exec(headers.get("link") ?? "")?.[1];
    // The request carries the token, so it must go to the forge itself only.
    if (next !== undefined && new URL(next).origin !== new URL(first.url).origin) {
      throw new CloudCallError(call, status, `its next page is on another host, ${new URL(next).origin}`);
    }
    call = next === undefined ? undefined : { ...first, url: next };
  }
  return all;
}
