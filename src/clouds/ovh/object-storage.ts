import type { BucketPlace, ObjectStorageClient, StoredObject } from "../clients.ts";
import { object, objects, optionalText, text } from "../http/json-answer.ts";
import type { OvhApi } from "./ovh-api.ts";

/**
 * OVHcloud's S3 buckets through its own API, so that no S3 key is needed. Calls and fields: `ovh_cloud_project_storage_objects` and
 * `ovh_cloud_project_region_storage_presign` of terraform-provider-ovh.
 */
export class OvhObjectStorage implements ObjectStorageClient {
  readonly #ovh: OvhApi;
  readonly #projectId: string;

  constructor(ovh: OvhApi, projectId: string) {
    this.#ovh = ovh;
    this.#projectId = projectId;
  }

  async find(bucket: BucketPlace, key: string): Promise<StoredObject | undefined> {
    // Keys are sorted, so the key that equals the prefix is the first one with this prefix.
    const query = new URLSearchParams({ prefix: key, limit: "10" });
    const answer = await this.#ovh.get(`${this.#path(bucket)}/object?${query}`);
    const found = (Array.isArray(answer) ? objects(answer) : objects(object(answer).objects)).find(
      (one) => one.key === key && one.isLatest !== false && one.isDeleteMarker !== true,
    );
    if (found === undefined) return undefined;
    const bytes = Number(found.size);
    const lastModified = new Date(text(found.lastModified));
    const version = [optionalText(found.versionId), text(found.etag), text(found.lastModified)].join(" ");
    return { bytes: Number.isFinite(bytes) ? bytes : 0, lastModified, version };
  }

  async uploadUrl(bucket: BucketPlace, key: string, seconds: number): Promise<string> {
    const answer = await this.#ovh.post(`${this.#path(bucket)}/presign`, {
      method: "PUT",
      object: key,
      expire: seconds,
    });
    return text(object(answer).url);
  }

  #path({ region, name }: BucketPlace): string {
    const [project, place, bucket] = [this.#projectId, region, name].map(encodeURIComponent);
    return `/cloud/project/${project}/region/${place}/storage/${bucket}`;
  }
}
