import { createHmac } from "node:crypto";

/** Access granted by a temporary URL of OpenStack Swift. */
export interface TempUrlRequest {
  /** Default: GET, which also allows HEAD. */
  readonly method?: "GET" | "PUT";
  /** Base of the account, such as `https://storage.gra.cloud.ovh.net/v1/AUTH_0123`. */
  readonly accountUrl: string;
  readonly container: string;
  /** Object name, or with `prefix` the beginning of object names; slashes stay slashes. */
  readonly object: string;
  /** Whether the access is to every object whose name begins with `object`; the name goes between the path and the query. Default: false. */
  readonly prefix?: boolean;
  /** The container's `Temp-URL-Key`. */
  readonly key: string;
  /** End of the access, seconds since 1970-01-01 UTC. */
  readonly expiresAtSeconds: number;
}

/**
 * Address by which anybody may read one object, or write it, until a date, and nothing else. The signature covers method, date and path;
 * HMAC-SHA256 is one of the digests that Swift accepts by default.
 *
 * Source: OpenStack Swift, "Temporary URL middleware" (docs.openstack.org/swift, api/temporary_url_middleware).
 */
export function signTempUrl(request: TempUrlRequest): string {
  const account = new URL(request.accountUrl);
  const segments = [request.container, ...request.object.split("/")];
  // Swift signs the path as it is named and receives it percent-encoded.
  const signedPath = `${decodeURIComponent(account.pathname)}/${segments.join("/")}`;
  const signature = createHmac("sha256", request.key)
    .update(
      `${request.method ?? "GET"}\n${request.expiresAtSeconds}\n${request.prefix === true ? "prefix:" : ""}${signedPath}`,
    )
    .digest("hex");
  const prefix = request.prefix === true ? `&temp_url_prefix=${encodeURIComponent(request.object)}` : "";
  const sentPath = `${account.pathname}/${segments.map(encodeURIComponent).join("/")}`;
  return `${account.origin}${sentPath}?temp_url_sig=${signature}&temp_url_expires=${request.expiresAtSeconds}${prefix}`;
}
