import type { KeyManager, StoredSecret } from "../clients.ts";
import { objects, text } from "../http/json-answer.ts";
import type { OpenStack } from "./openstack-api.ts";

/** Barbican, and Octavia's reference to its secrets. */
export class BarbicanKeyManager implements KeyManager {
  readonly #openstack: OpenStack;

  constructor(openstack: OpenStack) {
    this.#openstack = openstack;
  }

  async secrets(name: string): Promise<readonly StoredSecret[]> {
    const query = new URLSearchParams({ name, limit: "100" });
    const answer = await this.#openstack.read({ service: "key-manager", method: "GET", path: `/secrets?${query}` });
    const found: StoredSecret[] = [];
    for (const secret of objects(answer.secrets).filter((one) => one.name === name)) {
      const ref = text(secret.secret_ref);
      found.push({ ref, createdAt: text(secret.created), payload: await this.#payload(ref.replace(/^.*\//, "")) });
    }
    return found;
  }

  async usedBy(listenerName: string): Promise<string | undefined> {
    const path = `/lbaas/listeners?${new URLSearchParams({ name: listenerName })}`;
    const listeners = await this.#openstack.list("load-balancer", path, "listeners");
    return text(listeners.find((one) => one.name === listenerName)?.default_tls_container_ref) || undefined;
  }

  async #payload(id: string): Promise<Uint8Array> {
    const path = `/secrets/${encodeURIComponent(id)}/payload`;
    return (
      await this.#openstack.send({ service: "key-manager", method: "GET", path, accept: "application/octet-stream" })
    ).bytes;
  }
}
