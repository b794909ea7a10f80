import * as ovh from "@ovhcloud/pulumi-ovh";
import type { ComponentResourceOptions, Input, Output } from "@pulumi/pulumi";
import { Component, type DataProtection, dataHolder, ignoreDisplayNames } from "../base/component.ts";
import type { Transform } from "../base/transform.ts";

export interface Bucket {
  /** Cloud name; unique in the whole of OVHcloud's object storage. */
  readonly cloudName: string;
  /** Object storage region, such as `GRA`. */
  readonly region: string;
}

/** Adjustments of the resources that an `ObjectStorage` creates. */
export interface ObjectStorageTransforms {
  readonly bucket?: Transform<ovh.cloudproject.StorageArgs>;
  readonly user?: Transform<ovh.cloudproject.UserArgs>;
  readonly credential?: Transform<ovh.cloudproject.S3CredentialArgs>;
  readonly policy?: Transform<ovh.cloudproject.S3PolicyArgs>;
}

export interface ObjectStorageArgs extends DataProtection {
  /**
   * Public Cloud project of the buckets. Default: the provider's OVH_CLOUD_PROJECT_SERVICE; the provider then means to change them at every
   * update, because it compares the project with the one that it left out (terraform-provider-ovh v2.19.0).
   */
  readonly projectId?: Input<string> | undefined;
  /** Files of the shop; replicated to `copies`. */
  readonly images: Bucket;
  /** Off-site copies: of the images by replication, under the names that they have; of other data, under other names, by whoever is given its access. */
  readonly copies: Bucket;
  /** Prefix in `copies` of objects that may be deleted once they expire, such as `sets/`. Default: none may be deleted. */
  readonly expirablePrefix?: string;
  readonly transform?: ObjectStorageTransforms;
}

/** How a guest reaches a bucket. */
export interface BucketAccess {
  readonly endpoint: string;
  /** Region as S3 signs it, lower case. */
  readonly region: string;
  readonly bucket: string;
  readonly accessKey: Output<string>;
  /** Secret. */
  readonly secretKey: Output<string>;
}

export interface BucketNodes {
  readonly bucket: ovh.cloudproject.Storage;
  readonly user: ovh.cloudproject.User;
  readonly credential: ovh.cloudproject.S3Credential;
  readonly policy: ovh.cloudproject.S3Policy;
}

/** Resources that an `ObjectStorage` creates. */
export interface ObjectStorageNodes {
  readonly images: BucketNodes;
  readonly copies: BucketNodes;
}

const addAndRead = [
  "s3:GetObject",
  "s3:PutObject",
  "s3:ListBucket",
  "s3:GetBucketLocation",
  "s3:ListBucketMultipartUploads",
  "s3:ListMultipartUploadParts",
  "s3:AbortMultipartUpload",
];

/**
 * Two versioned, encrypted buckets, each with a user that reaches it and nothing else. `images` is replicated to `copies` in another
 * region, deletions are not. Nobody is given the right to delete a version: what is deleted or overwritten can be brought back, and is paid for until a person clears it. Both hold data and are protected: deleting one empties it.
 *
 * Source: OVHcloud docs, object storage (versioning is required on both sides of a replication).
 *
 * @example
 * ```ts
 * import { ObjectStorage } from "lor-infra/components";
 *
 * export const storage = new ObjectStorage("storage", {
 *   images: { cloudName: "shop-prod-images", region: "GRA" },
 *   copies: { cloudName: "shop-prod-copies", region: "SBG" },
 * });
 * ```
 */
export class ObjectStorage extends Component {
  /** Reads, writes and deletes. */
  readonly images: BucketAccess;
  /** Reads and writes, and deletes objects under `expirablePrefix`. Never deletes a version, so that an intruder on a guest cannot destroy copies. */
  readonly copies: BucketAccess;
  readonly #nodes: ObjectStorageNodes;

  constructor(name: string, args: ObjectStorageArgs, options?: ComponentResourceOptions) {
    super("ovh", "ObjectStorage", name, options);

    const copies = this.#createBucket("copies", args, args.copies, args.expirablePrefix, {});
    const images = this.#createBucket("images", args, args.images, "", {
      replication: {
        rules: [
          {
            id: "copies",
            status: "enabled",
            priority: 1,
            deleteMarkerReplication: "disabled",
            destination: { name: copies.bucket.name, region: args.copies.region },
          },
        ],
      },
    });

    this.images = describeAccess(args.images, images);
    this.copies = describeAccess(args.copies, copies);
    this.#nodes = { images, copies };
    this.registerOutputs({ images: args.images.cloudName, copies: args.copies.cloudName });
  }

  /** The resources themselves, for what this component has no argument for. */
  get nodes(): ObjectStorageNodes {
    return this.#nodes;
  }

  #createBucket(
    name: string,
    args: ObjectStorageArgs,
    bucket: Bucket,
    deletable: string | undefined,
    inputs: Pick<ovh.cloudproject.StorageArgs, "replication">,
  ): BucketNodes {
    const storage = new ovh.cloudproject.Storage(
      ...this.child(
        name,
        {
          name: bucket.cloudName,
          ...(args.projectId === undefined ? {} : { serviceName: args.projectId }),
          regionName: bucket.region,
          versioning: { status: "enabled" },
          encryption: { sseAlgorithm: "AES256" },
          // Up to 1000 object names would lie in the state otherwise (ovh/terraform-provider-ovh issue 1085).
          hideObjects: true,
          ...inputs,
        },
        args.transform?.bucket,
        dataHolder(args),
      ),
    );
    const user = new ovh.cloudproject.User(
      ...this.child(
        name,
        { description: bucket.cloudName, roleNames: ["objectstore_operator"] },
        args.transform?.user,
        ignoreDisplayNames(),
      ),
    );
    const credential = new ovh.cloudproject.S3Credential(
      ...this.child(name, { userId: user.id }, args.transform?.credential),
    );
    const policy = new ovh.cloudproject.S3Policy(
      ...this.child(name, { userId: user.id, policy: renderPolicy(bucket, deletable) }, args.transform?.policy),
    );
    return { bucket: storage, user, credential, policy };
  }
}

/** @param deletable prefix of the objects that may be deleted; undefined: none. */
function renderPolicy(bucket: Bucket, deletable: string | undefined): string {
  const own = `arn:aws:s3:::${bucket.cloudName}`;
  const statement = (Sid: string, Action: readonly string[], Resource: readonly string[]) => ({
    Sid,
    Effect: "Allow",
    Action,
    Resource,
  });
  return JSON.stringify({
    Statement: [
      statement("AddAndRead", addAndRead, [own, `${own}/*`]),
      ...(deletable === undefined ? [] : [statement("Delete", ["s3:DeleteObject"], [`${own}/${deletable}*`])]),
    ],
  });
}

function describeAccess(bucket: Bucket, nodes: BucketNodes): BucketAccess {
  const region = bucket.region.toLowerCase();
  return {
    endpoint: `https://s3.${region}.io.cloud.ovh.net`,
    region,
    bucket: bucket.cloudName,
    accessKey: nodes.credential.accessKeyId,
    secretKey: nodes.credential.secretAccessKey,
  };
}
