import type { BucketPlace, ContainerClient } from "../clients.ts";
import { unlessMissing } from "../finder-query.ts";
import { optionalText } from "../http/json-answer.ts";
import type { OpenStack } from "./openstack-api.ts";

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

  #call(region: string, method: "GET" | "HEAD", path: string) {
    return this.#openstack.inRegion(region).send({ service: "object-store", method, path });
  }
}
