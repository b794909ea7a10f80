/** Location of the shared state of a project's stacks. */
export type StateBackend =
  /** The state folder of this machine: `.lor-infra`, or LOR_INFRA_HOME. */
  | { readonly kind: "own-folder" }
  /** A folder that several machines share. */
  | { readonly kind: "folder"; readonly path: string }
  | S3Backend;

/** A bucket of an S3 server. */
export interface S3Backend {
  readonly kind: "s3";
  readonly bucket: string;
  /** Prefix of every key, without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly region: string;
  /** Default: Amazon's own endpoint of the region. */
  readonly endpoint: string | undefined;
  /** Whether the bucket is named in the path instead of the host. */
  readonly pathStyle: boolean;
}

const parameters = ["region", "endpoint", "s3ForcePathStyle"];

/**
 * Parses the setting. The parameters of an S3 URL are those of Pulumi's engine (gocloud.dev: `s3blob.URLOpener`, `aws.V2ConfigFromURLParams`) that
 * name a location; credentials are excluded.
 * @throws RangeError with the problem, never with the value of a parameter
 */
export function parseStateBackend(text: string): StateBackend {
  if (text === "folder") {
    return { kind: "own-folder" };
  }
  const url = URL.parse(text);
  if (url === null) {
    throw new RangeError("is no URL");
  }
  if (url.username !== "" || url.password !== "") {
    throw new RangeError("holds a user or a key");
  }
  if (url.protocol === "file:") {
    if (url.host !== "" || url.search !== "" || url.pathname === "/") {
      throw new RangeError("names no folder of this machine");
    }
    return { kind: "folder", path: decodeURIComponent(url.pathname).replace(/\/+$/, "") };
  }
  if (url.protocol !== "s3:") {
    throw new RangeError(`begins with ${url.protocol}`);
  }
  return parseS3(url);
}

function parseS3({ host, pathname, searchParams }: URL): S3Backend {
  const unknown = [...searchParams.keys()].find((name) => !parameters.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`has the parameter ${unknown}`);
  }
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(host)) {
    throw new RangeError("names no bucket of 3 to 63 small letters, digits, dots and hyphens");
  }
  const prefix = pathname.replace(/^\/+|\/+$/g, "");
  if (!/^[A-Za-z0-9._/-]*$/.test(prefix) || prefix.includes("//") || /(^|\/)\.{1,2}(\/|$)/.test(prefix)) {
    throw new RangeError("has a prefix that is not a path of letters, digits, dots, hyphens and underscores");
  }
  const region = searchParams.get("region") ?? "";
  if (!/^[a-z0-9][a-z0-9-]*$/i.test(region)) {
    throw new RangeError("has no region");
  }
  const endpoint = searchParams.get("endpoint") ?? undefined;
  if (endpoint !== undefined && !/^https?:\/\/[a-z0-9.:[\]-]+\/?$/i.test(endpoint)) {
    throw new RangeError("has an endpoint that is not a URL such as https://s3.example.org");
  }
  const style = searchParams.get("s3ForcePathStyle") ?? "false";
  if (style !== "true" && style !== "false") {
    throw new RangeError("has another s3ForcePathStyle than true or false");
  }
  return {
    kind: "s3",
    bucket: host,
    prefix,
    region,
    endpoint: endpoint?.replace(/\/$/, ""),
    pathStyle: style === "true",
  };
}

/** URL of a part of the bucket, in the form that Pulumi's engine takes. */
export function s3Url({ bucket, prefix, region, endpoint, pathStyle }: S3Backend, path: string): string {
  const query = new URLSearchParams({
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(pathStyle ? { s3ForcePathStyle: "true" } : {}),
  });
  return `s3://${[bucket, prefix, path].filter((part) => part !== "").join("/")}?${query}`;
}
