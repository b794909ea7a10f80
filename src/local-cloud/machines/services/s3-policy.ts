import type { IncomingMessage } from "node:http";

/** A request as S3's policies see it. */
export interface S3Request {
  /** Access key that the request claims; its signature is checked by the server behind. Undefined: anonymous. */
  readonly accessKey: string | undefined;
  readonly bucket: string;
  /** Empty for a request about the bucket. */
  readonly key: string;
  /** What each action needs: all of them must be allowed. Undefined: not modelled. */
  readonly actions: readonly S3Action[] | undefined;
}

interface S3Action {
  readonly action: string;
  /** Such as `arn:aws:s3:::bucket/key`. */
  readonly resource: string;
}

interface Statement {
  readonly Effect: "Allow" | "Deny";
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** Reads a request. @param virtualBucket bucket in the host name; undefined: it is the first part of the path */
export function readS3Request(request: IncomingMessage, virtualBucket: string | undefined): S3Request {
  const url = new URL(request.url ?? "/", "http://s3");
  const path = decodeURIComponent(url.pathname).slice(1);
  const slash = path.indexOf("/");
  const bucket = virtualBucket ?? (slash < 0 ? path : path.slice(0, slash));
  const key = virtualBucket === undefined ? (slash < 0 ? "" : path.slice(slash + 1)) : path;
  return {
    accessKey: accessKeyOf(request, url),
    bucket,
    key,
    actions: actionsOf(request, url.searchParams, bucket, key),
  };
}

/** Source: Amazon S3, "Signature calculations for the Authorization header", "… query parameters". */
function accessKeyOf({ headers }: IncomingMessage, url: URL): string | undefined {
  const credential =
    url.searchParams.get("X-Amz-Credential") ?? /Credential=([^,\s]+)/.exec(headers.authorization ?? "")?.[1];
  return credential?.split("/", 1)[0];
}

/** Source: Amazon S3, "Required permissions for Amazon S3 API operations". */
function actionsOf(
  request: IncomingMessage,
  query: URLSearchParams,
  bucket: string,
  key: string,
): readonly S3Action[] | undefined {
  const own = `arn:aws:s3:::${bucket}`;
  const action = key === "" ? bucketAction(request.method, query) : objectAction(request.method, query);
  if (action === undefined || bucket === "") return undefined;
  const resource = key === "" && action !== "DeleteObject" ? own : `${own}/${key === "" ? "*" : key}`;
  const source = request.headers["x-amz-copy-source"];
  return [
    { action: `s3:${action}`, resource },
    ...(typeof source === "string"
      ? [{ action: "s3:GetObject", resource: `arn:aws:s3:::${decodeURIComponent(source).replace(/^\//, "")}` }]
      : []),
  ];
}

function bucketAction(method: string | undefined, query: URLSearchParams): string | undefined {
  if (method === "HEAD") return "ListBucket";
  if (method === "POST" && query.has("delete")) return "DeleteObject";
  if (method !== "GET") return undefined;
  if (query.has("location")) return "GetBucketLocation";
  if (query.has("uploads")) return "ListBucketMultipartUploads";
  const about = [...query.keys()].some((name) => !listingParameters.has(name) && !name.startsWith("X-Amz-"));
  return about ? undefined : "ListBucket";
}

const listingParameters = new Set(
  "list-type delimiter prefix marker start-after continuation-token max-keys encoding-type fetch-owner x-id".split(" "),
);

function objectAction(method: string | undefined, query: URLSearchParams): string | undefined {
  const upload = query.has("uploadId");
  switch (method) {
    case "HEAD":
      return "GetObject";
    case "GET":
      return upload ? "ListMultipartUploadParts" : "GetObject";
    case "PUT":
      return "PutObject";
    case "POST":
      return upload || query.has("uploads") ? "PutObject" : undefined;
    case "DELETE":
      if (upload) return "AbortMultipartUpload";
      return query.has("versionId") ? "DeleteObjectVersion" : "DeleteObject";
    default:
      return undefined;
  }
}

/** Whether a policy (JSON text) allows an action: some statement allows it and none denies it. */
export function allows(policy: string, { action, resource }: S3Action): boolean {
  if (policy === "") return false;
  const { Statement: statements } = JSON.parse(policy) as { readonly Statement: readonly Statement[] };
  const meant = statements.filter(
    ({ Action, Resource }) => matches(Action, action, "i") && matches(Resource, resource, ""),
  );
  return meant.some(({ Effect }) => Effect === "Allow") && !meant.some(({ Effect }) => Effect === "Deny");
}

function matches(patterns: string | readonly string[], text: string, flags: string): boolean {
  return [patterns].flat().some((pattern) => {
    const escaped = pattern.replace(/[.+^${}()|[\]\\]/g, "\\$&");
    return new RegExp(`^${escaped.replaceAll("*", ".*").replaceAll("?", ".")}$`, flags).test(text);
  });
}
