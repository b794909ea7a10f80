export interface ReplicationRule {
  readonly id: string;
  readonly status: "enabled" | "disabled";
  readonly priority: number;
  readonly deleteMarkerReplication: "enabled" | "disabled";
  readonly destination: {
    readonly name: string;
    /** Empty in a view while there is no such bucket. */
    readonly region: string;
    readonly storageClass?: string | undefined;
    readonly removeOnMainBucketDeletion?: boolean | undefined;
  };
  readonly filter?:
    | { readonly prefix?: string | undefined; readonly tags?: Readonly<Record<string, string>> | undefined }
    | undefined;
}

export interface ObjectLockRule {
  readonly mode: "compliance" | "governance";
  /** ISO 8601, such as `P30D`; whole weeks are kept as weeks. */
  readonly period: string;
}

export interface BucketView {
  /** Unique in the whole cloud; its id within a region. */
  readonly name: string;
  readonly region: string;
  readonly ownerId: number;
  readonly versioning: "enabled" | "suspended" | "disabled";
  readonly encryption: "AES256" | "plaintext";
  readonly replicationRules: readonly ReplicationRule[];
  readonly tags: Readonly<Record<string, string>>;
  readonly objectLock: boolean;
  /** How long a new object is locked; undefined where objects have no lock of their own. */
  readonly objectLockRule?: ObjectLockRule | undefined;
  readonly objectsCount: number;
  readonly objectsSize: number;
  /** `https://<name>.s3.<region>.io.cloud.ovh.net/` */
  readonly virtualHost: string;
  readonly createdAt: string;
}

export interface UpdateBucketArgs {
  readonly versioning?: "enabled" | "suspended" | "disabled" | undefined;
  readonly encryption?: "AES256" | "plaintext" | undefined;
  readonly replicationRules?: readonly ReplicationRule[] | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  /** null takes it away. */
  readonly objectLockRule?: ObjectLockRule | null | undefined;
}

export interface CreateBucketArgs extends UpdateBucketArgs {
  /** Object storage region, such as `GRA`. */
  readonly region: string;
  readonly name: string;
  readonly ownerId?: number | undefined;
  readonly objectLock?: boolean | undefined;
}

export interface BucketObjectView {
  readonly key: string;
  readonly versionId: string;
  readonly isLatest: boolean;
  readonly isDeleteMarker: boolean;
  readonly size: number;
  readonly etag: string;
  readonly lastModified: string;
}

/** Objects that machines store by S3; they are in no record. */
export interface StoredObjects {
  list(bucket: string, region: string): BucketObjectView[];
  empty(bucket: string, region: string): void;
  remove(bucket: string, region: string, key: string): void;
}

export interface OvhStorageApi {
  create(args: CreateBucketArgs): BucketView;
  get(name: string, region?: string): BucketView;
  list(filter?: { region?: string | undefined }): BucketView[];
  update(name: string, args: UpdateBucketArgs): BucketView;
  /** 409 while it holds an object, a version or a delete marker. */
  delete(name: string): void;
  /** Deletes every object, version and marker: what the provider does before it deletes a bucket. */
  empty(name: string): void;

  putObject(bucket: string, key: string, content: string): BucketObjectView;
  /** The newest version's content; 404 when there is none or it is a delete marker. */
  getObject(bucket: string, key: string, versionId?: string): string;
  /** Newest versions that are no markers. */
  listObjects(bucket: string): BucketObjectView[];
  /** All versions and markers, newest first. */
  listVersions(bucket: string): BucketObjectView[];
  /** In a versioned bucket without versionId: leaves a delete marker. */
  deleteObject(bucket: string, key: string, versionId?: string): void;
  /** All versions, markers and stored objects, newest first: what has to go before a bucket can be deleted. */
  listEverything(bucket: string): BucketObjectView[];

  /** Objects that machines store; undefined while no machine runs, and the default. */
  stored: StoredObjects | undefined;
}
