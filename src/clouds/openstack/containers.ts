import type { BucketPlace, ContainerClient } from "../clients.ts";
import { unlessMissing } from "../finder-query.ts";
import { objects, optionalText, text } from "../http/json-answer.ts";
import type { OpenStack } from "./openstack-api.ts";

/** Most names in an answer of Swift by default. Source: Swift, `CONTAINER_LISTING_LIMIT`. */
const pageSize = 10_000;

/** Swift, as the owner of the account: the machines' documents, and the key that signs their URLs. */
export class SwiftContainers implements ContainerClient {
  readonly #openstack: OpenStack;

  constructor(openstack: OpenStack) {
    this.#openstack = openstack;
  }

  async addressKey({ region, name }: BucketPlace): Promise<string | undefined> {
    const answer = await unlessMissing(() => this.#call(region, "HEAD", `/${encodeURIComponent(name)}`));
    return optionalText(answer?.headers.get("x-container-meta-temp-url-key"));
  }

  async read({ region, name }: BucketPlace, object: string): Promise<unknown> {
    const path = [name, ...object.split("/")].map(encodeURIComponent).join("/");
    return (await unlessMissing(() => this.#call(region, "GET", `/${path}`)))?.body;
  }

  async list({ region, name }: BucketPlace, prefix: string): Promise<readonly string[]> {
    const found: string[] = [];
    for (;;) {
      const query = new URLSearchParams({
        prefix,
        marker: found.at(-1) ?? "",
        limit: String(pageSize),
        format: "json",
      });
      const answer = await unlessMissing(() => this.#call(region, "GET", `/${encodeURIComponent(name)}?${query}`));
      const page = objects(answer?.body).map((object) => text(object.name));
      found.push(...page);
      if (page.length < pageSize) return found;
    }
  }

  #call(region: string, method: "GET" | "HEAD", path: string) {
    return this.#openstack.inRegion(region).send({ service: "object-store", method, path });
  }
}
