import { createHmac, timingSafeEqual } from "node:crypto";
import { type Call, type HttpApi, type Json, jsonObject, param, type Route } from "../../http/route.ts";
import { CloudError } from "../../kernel/cloud-error.ts";
import { given, listIn, mapIn, needTextIn, numberIn, objectIn, textIn, wordIn } from "../body-values.ts";
import { get, post, project, put, remove } from "../ovh-route.ts";
import type { BucketObjectView, BucketView, ReplicationRule, UpdateBucketArgs } from "./types.ts";

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

const storage = `${project}/region/:region/storage`;
const bucket = `${storage}/:bucket`;

/** Largest number of objects that one answer lists. Source: ovh/terraform-provider-ovh, deleteBucket. */
const mostObjects = 1000;

/** Buckets of a region, their objects, and signed addresses. */
export const storageRoutes: readonly Route[] = [
  get(storage, (call) => call.cloud.ovhStorage.list({ region: param(call, "region") }).map(bucketBody)),
  post(storage, (call) => {
    const lock = objectIn(call.body, "objectLock");
    return detailedBody(
      call,
      call.cloud.ovhStorage.create({
        ...settingsIn(call.body),
        region: param(call, "region"),
        name: needTextIn(call.body, "name"),
        ownerId: numberIn(call.body, "ownerId"),
        objectLock: wordIn(lock, "status", ["enabled", "disabled"], "ObjectLockStatusEnum") === "enabled",
      }),
    );
  }),
  get(bucket, (call) => detailedBody(call, bucketOf(call))),
  put(bucket, (call) => call.cloud.ovhStorage.update(bucketOf(call).name, settingsIn(call.body))),
  remove(bucket, (call) => call.cloud.ovhStorage.delete(bucketOf(call).name)),
  get(`${bucket}/object`, (call) => objectsOf(call, bucketOf(call).name)),
  remove(`${bucket}/object/*`, (call) =>
    call.cloud.ovhStorage.deleteObject(bucketOf(call).name, decodeURIComponent(param(call, "*")), call.query.versionId),
  ),
  post(`${bucket}/bulkDeleteObjects`, (call) => {
    const { name } = bucketOf(call);
    for (const entry of (listIn(call.body, "objects") ?? []).map(jsonObject)) {
      call.cloud.ovhStorage.deleteObject(name, needTextIn(entry, "key"), textIn(entry, "versionId"));
    }
    return null;
  }),
  post(`${bucket}/presign`, signUpload),
];

function bucketOf(call: Call): BucketView {
  return call.cloud.ovhStorage.get(param(call, "bucket"), param(call, "region"));
}

function objectsOf(call: Call, name: string): readonly BucketObjectView[] {
  const { ovhStorage, guestCopies } = call.cloud;
  // Machines that really run write their marks themselves; a mark that is only modelled has no version to delete.
  const marks = ovhStorage.stored === undefined ? guestCopies.marks(name) : [];
  const objects =
    call.query.withVersions === "true" ? ovhStorage.listEverything(name) : [...ovhStorage.listObjects(name), ...marks];
  return objects
    .filter(({ key }) => key.startsWith(call.query.prefix ?? "") && key > (call.query.marker ?? ""))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    .slice(0, Number(call.query.limit ?? mostObjects));
}

function bucketBody(view: BucketView): Json {
  return {
    name: view.name,
    region: view.region,
    ownerId: view.ownerId,
    versioning: { status: view.versioning },
    encryption: { sseAlgorithm: view.encryption },
    objectLock: {
      status: view.objectLock ? "enabled" : "disabled",
      ...(view.objectLockRule === undefined ? {} : { rule: view.objectLockRule }),
    },
    ...(view.replicationRules.length === 0 ? {} : { replication: { rules: view.replicationRules.map(ruleBody) } }),
    tags: view.tags,
    virtualHost: view.virtualHost,
    objectsCount: view.objectsCount,
    objectsSize: view.objectsSize,
    createdAt: view.createdAt,
  };
}

function detailedBody(call: Call, view: BucketView): Json {
  return { ...bucketBody(view), objects: objectsOf(call, view.name) };
}

function ruleBody({ destination, filter, ...rule }: ReplicationRule): Json {
  const { name, region, storageClass } = destination;
  return {
    ...rule,
    destination: { name, region, ...(storageClass === undefined ? {} : { storageClass }) },
    ...(filter === undefined ? {} : { filter }),
  };
}

function settingsIn(body: Json): UpdateBucketArgs {
  const versioning = wordIn(
    objectIn(body, "versioning"),
    "status",
    ["enabled", "suspended", "disabled"],
    "VersioningStatusEnum",
  );
  return {
    versioning,
    encryption: wordIn(
      objectIn(body, "encryption"),
      "sseAlgorithm",
      ["AES256", "plaintext"],
      "EncryptionAlgorithmEnum",
    ),
    replicationRules: listIn(objectIn(body, "replication"), "rules")?.map((rule, index) =>
      ruleIn(jsonObject(rule), index),
    ),
    tags: mapIn(body, "tags"),
    objectLockRule: lockRuleIn(body),
  };
}

/** A lock that is given without its rule has none. */
function lockRuleIn(body: Json): UpdateBucketArgs["objectLockRule"] {
  if (given(body, "objectLock") === undefined) return undefined;
  const rule = objectIn(objectIn(body, "objectLock"), "rule");
  const mode = wordIn(rule, "mode", ["compliance", "governance"], "ObjectLockModeEnum");
  return mode === undefined ? null : { mode, period: needTextIn(rule, "period") };
}

function ruleIn(rule: Json, index: number): ReplicationRule {
  const destination = objectIn(rule, "destination");
  const filter = objectIn(rule, "filter");
  const [prefix, tags] = [textIn(filter, "prefix"), mapIn(filter, "tags")];
  const onOff = (name: string) => wordIn(rule, name, ["enabled", "disabled"], "ReplicationStatusEnum");
  return {
    id: textIn(rule, "id") ?? `rule-${index + 1}`,
    status: onOff("status") ?? "enabled",
    priority: numberIn(rule, "priority") ?? index + 1,
    deleteMarkerReplication: onOff("deleteMarkerReplication") ?? "disabled",
    destination: {
      name: needTextIn(destination, "name"),
      region: needTextIn(destination, "region"),
      storageClass: textIn(destination, "storageClass"),
    },
    // A filter that is given without anything filters nothing.
    filter: prefix === undefined && tags === undefined ? undefined : { prefix, tags },
  };
}

/** OVHcloud's answer to `presign`: an address that needs no key. */
function signUpload(call: Call): Json {
  const { method, object, expire } = call.body;
  if (method !== "PUT" || typeof object !== "string" || object === "" || typeof expire !== "number") {
    throw new CloudError(400, "Client::BadRequest", "method (PUT), object and expire are needed");
  }
  const { name, region } = bucketOf(call);
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
