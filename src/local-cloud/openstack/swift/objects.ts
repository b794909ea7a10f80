import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import { CloudError } from "../../kernel/cloud-error.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { ContainerBody, ObjectBody, SwiftRecords } from "./swift-records.ts";
import type { ObjectsApi, ObjectView, PutObjectArgs } from "./types.ts";

/** Hexadecimal digits of a signature tell its digest, as in Swift. */
const digestOfLength: Readonly<Record<number, string>> = { 40: "sha1", 64: "sha256", 128: "sha512" };

/** When a signed address ends, in milliseconds since 1970; undefined when it names no time. */
export function signedUrlExpiry(text: string): number | undefined {
  return URL.canParse(text) ? expiryOf(new URL(text)) : undefined;
}

function expiryOf(url: URL): number | undefined {
  const text = url.searchParams.get("temp_url_expires") ?? "";
  const expiry = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text);
  return Number.isNaN(expiry) ? undefined : expiry;
}

/** With `temp_url_prefix` the signature covers every object whose name begins with it. Source: Swift, middleware/tempurl, "Prefix-based". */
function signedPath(url: URL, path: string): string {
  const prefix = url.searchParams.get("temp_url_prefix");
  if (prefix === null) return path;
  const [, container = "", name = ""] = /^(\/v1\/[^/]+\/[^/]+\/)(.+)$/.exec(path) ?? [];
  if (!name.startsWith(prefix)) throw new CloudError(401, "Unauthorized", "401 Unauthorized: Temp URL invalid");
  return `prefix:${container}${prefix}`;
}

export class Objects implements ObjectsApi {
  readonly #records: SwiftRecords;
  readonly #projectId: string;

  constructor(records: SwiftRecords, projectId: string) {
    this.#records = records;
    this.#projectId = projectId;
  }

  put(args: PutObjectArgs): ObjectView {
    const { context, containers, objects } = this.#records;
    return context.write(() => {
      const container = containers.require(this.#records.containerId(args.container, args.region));
      const id = `${container.id}/${args.name}`;
      const etag = createHash("md5").update(args.content).digest("hex");
      const body: ObjectBody = {
        contentType: args.contentType ?? "application/octet-stream",
        contentLength: Buffer.byteLength(args.content),
        etag,
        metadata: { ...args.metadata },
        lastModified: context.clock.iso(),
        transactionId: `tx${etag.slice(0, 21)}`,
        content: args.content,
      };
      this.#keepVersion(container);
      const existing = objects.find(id);
      return this.#view(
        existing === undefined
          ? objects.insert({ id, region: container.region, name: args.name, parent: container.id, body })
          : objects.save({ ...existing, body }),
      );
    });
  }

  get(container: string, name: string, region?: string): ObjectView {
    return this.#records.context.read(() => this.#view(this.#require(container, name, region)));
  }

  content(container: string, name: string, region?: string): string {
    return this.#records.context.read(() => this.#require(container, name, region).body.content);
  }

  list(container: string, region?: string): ObjectView[] {
    return this.#records.context.read(() => {
      const { id } = this.#records.containers.require(this.#records.containerId(container, region));
      return this.#records.objects.list({ parent: id }).map((record) => this.#view(record));
    });
  }

  delete(container: string, name: string, region?: string): void {
    const { context, containers, objects } = this.#records;
    context.write(() => {
      objects.remove(this.#require(container, name, region).id);
      this.#keepVersion(containers.require(this.#records.containerId(container, region)));
    });
  }

  #keepVersion(container: StoredRecord<ContainerBody>): void {
    if (container.body.versioning) this.#records.containers.change(container, { hasVersions: true });
  }

  contentBySignedUrl(text: string): { object: ObjectView; content: string } {
    return this.#records.context.read(() => {
      const { container, name, region } = this.#openSigned(text, ["GET"]);
      const record = this.#require(container, name, region);
      return { object: this.#view(record), content: record.body.content };
    });
  }

  headBySignedUrl(text: string): ObjectView {
    return this.#records.context.read(() => {
      // Whoever may read or write an object may see its size. Source: Swift, middleware/tempurl.
      const { container, name, region } = this.#openSigned(text, ["HEAD", "GET", "PUT"]);
      return this.#view(this.#require(container, name, region));
    });
  }

  putBySignedUrl(text: string, content: string, contentType?: string): ObjectView {
    return this.#records.context.write(() => {
      const target = this.#openSigned(text, ["PUT"]);
      return this.put({ ...target, content, contentType });
    });
  }

  #openSigned(
    text: string,
    methods: readonly string[],
  ): { container: string; name: string; region: string | undefined } {
    const url = new URL(text);
    const path = decodeURIComponent(url.pathname);
    const [, account, container, name] = /^\/v1\/([^/]+)\/([^/]+)\/(.+)$/.exec(path) ?? [];
    const region = /^storage\.([a-z0-9-]+)\.cloud\.ovh\.net$/.exec(url.hostname)?.[1];
    if (account !== `AUTH_${this.#projectId}` || container === undefined || name === undefined) {
      throw new CloudError(404, "Not Found", "The resource could not be found.");
    }
    const record = this.#records.containers.find(this.#records.containerId(container, region));
    this.#checkSignature(url, path, methods, record?.body.tempUrlKeys ?? []);
    return { container, name, region };
  }

  // An unknown container has no key: Swift answers 401, too.
  #checkSignature(url: URL, path: string, methods: readonly string[], keys: readonly string[]): void {
    const signature = url.searchParams.get("temp_url_sig") ?? "";
    const expiry = expiryOf(url) ?? Number.NaN;
    const digest = digestOfLength[signature.length];
    const seconds = String(Math.floor(expiry / 1000));
    const signed = signedPath(url, path);
    const valid =
      digest !== undefined &&
      expiry > this.#records.context.clock.now() &&
      keys.some((key) =>
        methods.some((method) => {
          const expected = createHmac(digest, key).update(`${method}\n${seconds}\n${signed}`).digest("hex");
          return timingSafeEqual(Buffer.from(expected), Buffer.from(signature.toLowerCase()));
        }),
      );
    if (!valid) {
      throw new CloudError(401, "Unauthorized", "401 Unauthorized: Temp URL invalid");
    }
  }

  #require(container: string, name: string, region: string | undefined): StoredRecord<ObjectBody> {
    return this.#records.objects.require(`${this.#records.containerId(container, region)}/${name}`);
  }

  #view(record: StoredRecord<ObjectBody>): ObjectView {
    const { content: _, ...body } = record.body;
    const container = record.parent.slice(record.parent.indexOf("/") + 1);
    return { container, name: record.name, region: record.region, ...body };
  }
}
