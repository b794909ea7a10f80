import type { GuestDocument } from "../../../machines/document.ts";
import { parseIdentity } from "../../../machines/user-data.ts";
import type { CloudContext } from "../../kernel/context.ts";
import type { Nova } from "../../openstack/nova/nova.ts";
import { lastBackupMoment } from "../../openstack/restrictions.ts";
import type { Objects } from "../../openstack/swift/objects.ts";
import type { BucketObjectView } from "../../ovhcloud/storage/types.ts";

export interface GuestCopiesApi {
  /** The marks of the newest complete copies in a bucket; none before the first one is due. */
  marks(bucket: string): BucketObjectView[];
}

/** A guest's timer starts a minute after its machine did. */
const firstAfter = 60_000;

/** No guest runs here: what their timers would have done follows from time and from what their documents ask of them. See BEHAVIOUR.md. */
export class GuestCopies implements GuestCopiesApi {
  readonly #context: CloudContext;
  readonly #nova: Nova;
  readonly #objects: Objects;

  constructor(context: CloudContext, nova: Nova, objects: Objects) {
    this.#context = context;
    this.#nova = nova;
    this.#objects = objects;
  }

  marks(bucket: string): BucketObjectView[] {
    return this.#context.read(() => {
      const newest = new Map<string, number>();
      for (const { userData, createdAt } of this.#nova.servers.list()) {
        const document = userData === undefined ? undefined : this.#fetch(userData);
        if (document?.copies.bucket !== bucket) continue;
        for (const [name, copy] of [
          ["filestore", document.filestore],
          ["images", document.imagesCopy],
        ] as const) {
          const at = copy && this.#lastCopy(Date.parse(createdAt), copy.copyEverySeconds * 1000);
          if (at !== undefined) newest.set(name, Math.max(at, newest.get(name) ?? at));
        }
      }
      return [...newest].map(([name, at]) => markOf(name, this.#context.clock.iso(at), at));
    });
  }

  #lastCopy(created: number, every: number): number | undefined {
    const since = lastBackupMoment(this.#context) - created - firstAfter;
    return since < 0 ? undefined : created + firstAfter + Math.floor(since / every) * every;
  }

  #fetch(userData: string): GuestDocument | undefined {
    const identity = parseIdentity(userData);
    if (identity === undefined) return undefined;
    try {
      return JSON.parse(this.#objects.contentBySignedUrl(identity.documentUrl).content) as GuestDocument;
    } catch {
      // A guest without its document copies nothing.
      return undefined;
    }
  }
}

function markOf(name: string, lastModified: string, at: number): BucketObjectView {
  return {
    key: `status/${name}-success.json`,
    versionId: String(at),
    isLatest: true,
    isDeleteMarker: false,
    size: 0,
    etag: String(at),
    lastModified,
  };
}
