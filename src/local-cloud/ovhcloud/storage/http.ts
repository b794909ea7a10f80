import { createHmac, timingSafeEqual } from "node:crypto";
import { type Call, type HttpApi, type Json, param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { get, post, project } from "../ovh-route.ts";

/** S3 as far as a signed address reaches: whoever has one may PUT that object until it ends. */
export const s3: HttpApi = {
  name: "s3",
  errors: { body: () => undefined },
  access: "public",
  journaled: true,
  routes: [
    {
      method: "PUT",
      path: "/s3/:region/:bucket/*",
      takesContent: true,
      handle: (call) => {
        const { bucket, key } = requireSigned(call);
        const { etag, versionId } = call.cloud.ovhStorage.putObject(bucket, key, call.content);
        return { headers: { etag: `"${etag}"`, "x-amz-version-id": versionId } };
      },
    },
  ],
};

/** Buckets of a region, their objects, and signed addresses. */
export const storageRoutes: readonly Route[] = [
  get(`${project}/region/:region/storage`, (call) =>
    call.cloud.ovhStorage.list({ region: param(call, "region") }).map((bucket) => ({
      name: bucket.name,
      region: bucket.region,
      ownerId: bucket.ownerId,
      versioning: { status: bucket.versioning },
      virtualHost: bucket.virtualHost,
      objectsCount: bucket.objectsCount,
      objectsSize: bucket.objectsSize,
      createdAt: bucket.createdAt,
    })),
  ),
  get(`${project}/region/:region/storage/:bucket/object`, (call) => {
    const { name } = call.cloud.ovhStorage.get(param(call, "bucket"), param(call, "region"));
    // Machines that really run write their marks themselves.
    const marks = call.cloud.ovhStorage.stored === undefined ? call.cloud.guestCopies.marks(name) : [];
    return [...call.cloud.ovhStorage.listObjects(name), ...marks]
      .filter(({ key }) => key.startsWith(call.query.prefix ?? ""))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
      .slice(0, Number(call.query.limit ?? 1000));
  }),
  post(`${project}/region/:region/storage/:bucket/presign`, signUpload),
];

/** OVHcloud's answer to `presign`: an address that needs no key. */
function signUpload(call: Call): Json {
  const { method, object, expire } = call.body;
  if (method !== "PUT" || typeof object !== "string" || object === "" || typeof expire !== "number") {
    throw new CloudError(400, "Client::BadRequest", "method (PUT), object and expire are needed");
  }
  const { name, region } = call.cloud.ovhStorage.get(param(call, "bucket"), param(call, "region"));
  const expires = String(Math.floor(call.cloud.clock.now() / 1000) + expire);
  const query = new URLSearchParams({
    "X-Amz-Expires": expires,
    "X-Amz-Signature": signature(call, [region, name, object, expires]),
  });
  const path = object.split("/").map(encodeURIComponent).join("/");
  return { method, url: `${call.base}/s3/${region}/${name}/${path}?${query}`, signedHeaders: {} };
}

function requireSigned(call: Call): { readonly bucket: string; readonly key: string } {
  const bucket = param(call, "bucket");
  const key = param(call, "*");
  const expires = call.query["X-Amz-Expires"] ?? "";
  const wanted = Buffer.from(signature(call, [param(call, "region"), bucket, key, expires]));
  const given = Buffer.from(call.query["X-Amz-Signature"] ?? "");
  if (given.length !== wanted.length || !timingSafeEqual(given, wanted)) {
    throw new CloudError(403, "SignatureDoesNotMatch", "The request signature does not match");
  }
  if (Number(expires) * 1000 < call.cloud.clock.now()) {
    throw new CloudError(403, "AccessDenied", "Request has expired");
  }
  return { bucket, key };
}

function signature({ cloud }: Call, parts: readonly string[]): string {
  return createHmac("sha256", cloud.keystone.operator().password).update(JSON.stringify(parts)).digest("hex");
}
