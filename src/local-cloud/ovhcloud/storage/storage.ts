import { createHash } from "node:crypto";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import { given, Records } from "../../kernel/records.ts";
import { requireRegion, storageRegions } from "../../kernel/regions.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type {
  BucketObjectView,
  BucketView,
  CreateBucketArgs,
  ObjectLockRule,
  OvhStorageApi,
  ReplicationRule,
  StoredObjects,
  UpdateBucketArgs,
} from "./types.ts";

interface BucketBody extends Omit<BucketView, "name" | "region" | "objectsCount" | "objectsSize" | "virtualHost"> {}

interface VersionBody {
  readonly key: string;
  readonly versionId: string;
  readonly isDeleteMarker: boolean;
  readonly content: string;
  readonly etag: string;
  readonly lastModified: string;
}

interface ReplicaBody {
  readonly destination: string;
  readonly key: string;
  readonly content: string;
  readonly isDeleteMarker: boolean;
}

/** Version id of objects in a bucket without versioning, as in S3. */
const onlyVersion = "null";

/** OVHcloud's S3 object storage; see BEHAVIOUR.md. */
export class OvhStorage implements OvhStorageApi {
  stored: StoredObjects | undefined;
  readonly #context: CloudContext;
  readonly #buckets: Records<BucketBody>;
  readonly #versions: Records<VersionBody>;
  readonly #replicas: Records<ReplicaBody>;

  constructor(context: CloudContext) {
    this.#context = context;
    this.#buckets = new Records(context, "bucket", (id) =>
      notFound("NoSuchBucket", `The specified bucket does not exist: ${id}`),
    );
    this.#versions = new Records(context, "bucket-version", () =>
      notFound("NoSuchKey", "The specified key does not exist."),
    );
    this.#replicas = new Records(context, "bucket-replica", () =>
      notFound("NoSuchKey", "The specified key does not exist."),
    );
    context.onDue<ReplicaBody>("bucket-replica", (record) => this.#deliver(record));
  }

  create(args: CreateBucketArgs): BucketView {
    const region = requireRegion(args.region, storageRegions);
    this.#context.requireRegion(region);
    return this.#context.write(() => {
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(args.name)) {
        throw new CloudError(400, "InvalidBucketName", `The specified bucket is not valid: ${args.name}`);
      }
      if (this.#buckets.find(args.name) !== undefined) {
        throw new CloudError(409, "BucketAlreadyExists", `The requested bucket name is not available: ${args.name}`);
      }
      const objectLock = args.objectLock ?? false;
      // Objects are locked by version. Source: Amazon S3, Object Lock.
      const versioning = objectLock ? "enabled" : (args.versioning ?? "disabled");
      const replicationRules = args.replicationRules ?? [];
      checkRules(replicationRules, versioning);
      this.#makeDestinations(replicationRules);
      return this.#view(
        this.#buckets.insert({
          id: args.name,
          region,
          name: args.name,
          body: {
            ownerId: args.ownerId ?? 0,
            versioning,
            encryption: args.encryption ?? "plaintext",
            replicationRules,
            tags: { ...args.tags },
            objectLock,
            objectLockRule: lockRuleOf(args.objectLockRule, objectLock),
            createdAt: this.#context.clock.iso(),
          },
        }),
      );
    });
  }

  get(name: string, region?: string): BucketView {
    return this.#context.read(() => {
      const record = this.#buckets.require(name);
      if (region !== undefined && record.region !== region.toUpperCase()) {
        throw notFound("NoSuchBucket", `The specified bucket does not exist: ${name} in ${region}`);
      }
      return this.#view(record);
    });
  }

  list(filter: { region?: string | undefined } = {}): BucketView[] {
    return this.#context.read(() => this.#buckets.list(filter).map((record) => this.#view(record)));
  }

  update(name: string, args: UpdateBucketArgs): BucketView {
    return this.#context.write(() => {
      const record = this.#buckets.require(name);
      const { objectLockRule = record.body.objectLockRule, ...settings } = args;
      const body = {
        ...record.body,
        ...given(settings),
        objectLockRule: lockRuleOf(objectLockRule, record.body.objectLock),
      };
      if (body.versioning === "disabled" && record.body.versioning !== "disabled") {
        throw new CloudError(
          400,
          "IllegalVersioningConfigurationException",
          "Versioning can be suspended, not disabled again",
        );
      }
      checkRules(body.replicationRules, body.versioning);
      this.#makeDestinations(body.replicationRules);
      return this.#view(this.#buckets.save({ ...record, body }));
    });
  }

  /** OVHcloud makes the bucket that a rule copies to. Source: BEHAVIOUR.md, replication. */
  #makeDestinations(rules: readonly ReplicationRule[]): void {
    for (const { destination } of rules) {
      if (this.#buckets.find(destination.name) !== undefined) continue;
      this.create({ name: destination.name, region: destination.region, versioning: "enabled" });
    }
  }

  delete(name: string): void {
    this.#context.write(() => {
      const { region } = this.#buckets.require(name);
      if (this.#versions.list({ parent: name }).length > 0 || (this.stored?.list(name, region) ?? []).length > 0) {
        throw new CloudError(409, "BucketNotEmpty", "The bucket you tried to delete is not empty");
      }
      this.#buckets.remove(name);
    });
  }

  empty(name: string): void {
    this.#context.write(() => {
      const { region } = this.#buckets.require(name);
      for (const version of this.#versions.list({ parent: name })) {
        this.#versions.remove(version.id);
      }
      this.stored?.empty(name, region);
    });
  }

  putObject(bucket: string, key: string, content: string): BucketObjectView {
    return this.#context.write(() => {
      const record = this.#buckets.require(bucket);
      const version = this.#add(record, key, content, false);
      this.#replicate(record, key, content, false);
      return this.#objectView(version, true);
    });
  }

  #add(
    bucket: StoredRecord<BucketBody>,
    key: string,
    content: string,
    isDeleteMarker: boolean,
  ): StoredRecord<VersionBody> {
    const versioned = bucket.body.versioning === "enabled";
    const versionId = versioned ? this.#context.hex("bucket-version", bucket.id, key, 32) : onlyVersion;
    const id = `${bucket.id}/${key}/${versionId}`;
    this.#versions.remove(id);
    return this.#versions.insert({
      id,
      region: bucket.region,
      name: key,
      parent: bucket.id,
      body: {
        key,
        versionId,
        isDeleteMarker,
        content,
        etag: createHash("md5").update(content).digest("hex"),
        lastModified: this.#context.clock.iso(),
      },
    });
  }

  #replicate(bucket: StoredRecord<BucketBody>, key: string, content: string, isDeleteMarker: boolean): void {
    for (const rule of bucket.body.replicationRules) {
      const applies =
        rule.status === "enabled" &&
        key.startsWith(rule.filter?.prefix ?? "") &&
        (!isDeleteMarker || rule.deleteMarkerReplication === "enabled");
      if (applies) {
        const destination = rule.destination.name;
        this.#replicas.insert({
          id: this.#context.uuid("bucket-replica", destination, key),
          region: bucket.region,
          name: key,
          parent: destination,
          due: this.#context.after("bucketReplication"),
          body: { destination, key, content, isDeleteMarker },
        });
      }
    }
  }

  /** Completes a replication; retries later while its destination does not exist or its region is lost. */
  #deliver(record: StoredRecord<ReplicaBody>): void {
    const destination = this.#buckets.find(record.body.destination);
    if (destination !== undefined && this.#context.faults.isLost(destination.region)) {
      this.#replicas.save({ ...record, due: this.#context.after("bucketReplication") });
      return;
    }
    if (destination !== undefined) {
      this.#add(destination, record.body.key, record.body.content, record.body.isDeleteMarker);
    }
    this.#replicas.remove(record.id);
  }

  getObject(bucket: string, key: string, versionId?: string): string {
    return this.#context.read(() => {
      this.#buckets.require(bucket);
      const version =
        versionId === undefined ? this.#latest(bucket, key) : this.#versions.find(`${bucket}/${key}/${versionId}`);
      if (version === undefined || version.body.isDeleteMarker) {
        throw notFound("NoSuchKey", "The specified key does not exist.");
      }
      return version.body.content;
    });
  }

  #latest(bucket: string, key: string): StoredRecord<VersionBody> | undefined {
    return this.#versions.list({ parent: bucket, name: key }).at(-1);
  }

  listObjects(bucket: string): BucketObjectView[] {
    return this.#context.read(() => {
      const { region } = this.#buckets.require(bucket);
      const own = this.listVersions(bucket).filter(({ isLatest, isDeleteMarker }) => isLatest && !isDeleteMarker);
      return [...own, ...(this.stored?.list(bucket, region) ?? [])];
    });
  }

  listVersions(bucket: string): BucketObjectView[] {
    return this.#context.read(() => {
      this.#buckets.require(bucket);
      const seen = new Set<string>();
      return this.#versions
        .list({ parent: bucket })
        .reverse()
        .map((version) => {
          const isLatest = !seen.has(version.body.key);
          seen.add(version.body.key);
          return this.#objectView(version, isLatest);
        });
    });
  }

  listEverything(bucket: string): BucketObjectView[] {
    return this.#context.read(() => {
      const { region } = this.#buckets.require(bucket);
      return [...this.listVersions(bucket), ...(this.stored?.list(bucket, region) ?? [])];
    });
  }

  deleteObject(bucket: string, key: string, versionId?: string): void {
    this.#context.write(() => {
      const record = this.#buckets.require(bucket);
      if (this.stored?.list(bucket, record.region).some((object) => object.key === key) === true) {
        this.stored.remove(bucket, record.region, key);
        return;
      }
      if (versionId !== undefined || record.body.versioning === "disabled") {
        this.#versions.remove(`${bucket}/${key}/${versionId ?? onlyVersion}`);
        return;
      }
      this.#add(record, key, "", true);
      this.#replicate(record, key, "", true);
    });
  }

  #objectView(version: StoredRecord<VersionBody>, isLatest: boolean): BucketObjectView {
    const { content, ...body } = version.body;
    return { ...body, isLatest, size: Buffer.byteLength(content) };
  }

  /** A destination that was deleted has no region. Source: ovh/terraform-provider-ovh, resource_cloud_project_storage.go, Delete. */
  #ruleView(rule: ReplicationRule): ReplicationRule {
    if (this.#buckets.find(rule.destination.name) !== undefined) return rule;
    return { ...rule, destination: { ...rule.destination, region: "" } };
  }

  #view(record: StoredRecord<BucketBody>): BucketView {
    const objects = this.listObjects(record.id);
    return {
      name: record.name,
      region: record.region,
      ...record.body,
      replicationRules: record.body.replicationRules.map((rule) => this.#ruleView(rule)),
      objectsCount: objects.length,
      objectsSize: objects.reduce((sum, { size }) => sum + size, 0),
      virtualHost: `https://${record.name}.s3.${record.region.toLowerCase()}.io.cloud.ovh.net/`,
    };
  }
}

/** @throws CloudError 400 for a rule without a lock, or for a period that is none */
function lockRuleOf(rule: ObjectLockRule | null | undefined, objectLock: boolean): ObjectLockRule | undefined {
  if (rule === undefined || rule === null) return undefined;
  const period = /^P([1-9]\d*)([DWMY])$/.exec(rule.period);
  if (!objectLock || period === null) {
    throw new CloudError(400, "InvalidRequest", `The object lock rule (${rule.period}) is not valid for this bucket`);
  }
  const [, count, unit] = period;
  // Source: ovh/terraform-provider-ovh, resource_cloud_project_storage_test.go: P7D is answered as P1W, P8D as it is.
  const weeks = Number(count) / 7;
  return { mode: rule.mode, period: unit === "D" && Number.isInteger(weeks) ? `P${weeks}W` : rule.period };
}

function checkRules(rules: readonly ReplicationRule[], versioning: BucketBody["versioning"]): void {
  if (rules.some(({ status }) => status === "enabled") && versioning !== "enabled") {
    throw new CloudError(
      400,
      "InvalidRequest",
      "Versioning must be 'Enabled' on the bucket to apply a replication configuration",
    );
  }
}

function notFound(code: string, message: string): CloudError {
  return new CloudError(404, code, message);
}
