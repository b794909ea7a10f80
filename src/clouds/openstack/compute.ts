import { ExitCode, LorError } from "../../core/errors.ts";
import type { Machines, ServerView } from "../clients.ts";
import { unlessMissing } from "../finder-query.ts";
import { type Caller, CloudCallError } from "../http/call.ts";
import { type JsonObject, object, objects, optionalText, text } from "../http/json-answer.ts";
import type { OpenStack } from "./openstack-api.ts";

/** From 2.47 on, a server has its flavor's name instead of an id that may no longer exist. */
const flavorNameMicroversion = "2.47";

/** Nova's server statuses (API reference, "Server concepts"); one that is not listed is `unknown`. */
const states: Readonly<Record<string, ServerView["state"]>> = {
  BUILD: "starting",
  ACTIVE: "active",
  SHUTOFF: "stopped",
  PAUSED: "stopped",
  SUSPENDED: "stopped",
  SHELVED: "stopped",
  SHELVED_OFFLOADED: "stopped",
  RESIZE: "changing",
  REVERT_RESIZE: "changing",
  REBOOT: "changing",
  HARD_REBOOT: "changing",
  REBUILD: "changing",
  MIGRATING: "changing",
  VERIFY_RESIZE: "awaiting-confirmation",
  ERROR: "failed",
  DELETED: "deleted",
  SOFT_DELETED: "deleted",
};

/** Nova calls of a switch that Pulumi does not offer. */
export class NovaCompute implements Machines {
  readonly #openstack: OpenStack;
  readonly #caller: Caller;

  constructor(openstack: OpenStack, caller: Caller) {
    this.#openstack = openstack;
    this.#caller = caller;
  }

  /** Servers whose name starts with the prefix, by name. */
  async findServers(namePrefix: string): Promise<readonly ServerView[]> {
    const filter = encodeURIComponent(`^${namePrefix.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`);
    const found = await this.#openstack.list(
      "compute",
      `/servers/detail?name=${filter}`,
      "servers",
      flavorNameMicroversion,
    );
    return found
      .map(serverView)
      .filter((server) => server.name.startsWith(namePrefix))
      .sort((a, b) => a.name.localeCompare(b.name));
  }

  /** Resolves when the server is active in its new size; also when the resize was already confirmed. */
  async confirmResize(id: string): Promise<void> {
    await this.#settle(id, "confirmResize");
  }

  /** Resolves when the server is active in its old size again. */
  async revertResize(id: string): Promise<void> {
    await this.#settle(id, "revertResize");
  }

  /**
   * Brings a server out of ERROR: by os-resetState, which only administrators may call on most public clouds, or else by a hard reboot, which every
   * project member may call on a server in ERROR and which ends in ACTIVE.
   */
  async resetState(id: string): Promise<void> {
    try {
      await this.#act(id, { "os-resetState": { state: "active" } });
    } catch (error) {
      if (!(error instanceof CloudCallError) || error.status !== 403) throw error;
      await this.#act(id, { reboot: { type: "HARD" } });
    }
    await this.#caller.waitFor(
      `server ${id} to leave ERROR`,
      () => this.#server(id),
      (seen) => seen.state !== "failed",
    );
  }

  async deleteServer(id: string): Promise<void> {
    const path = `/servers/${encodeURIComponent(id)}`;
    await unlessMissing(() => this.#openstack.send({ service: "compute", method: "DELETE", path, idempotent: true }));
    await this.#caller.waitFor(
      `server ${id} to be gone`,
      () => unlessMissing(() => this.#server(id)),
      (seen) => seen === undefined || seen.state === "deleted",
    );
  }

  async #settle(id: string, action: "confirmResize" | "revertResize"): Promise<void> {
    const before = await this.#server(id);
    if (before.state === "awaiting-confirmation") {
      try {
        await this.#act(id, { [action]: null });
      } catch (error) {
        // The response to a first attempt may have been lost: Nova then refuses the second one, and the status decides.
        if (!(error instanceof CloudCallError) || error.status !== 409) throw error;
      }
    }
    const after = await this.#caller.waitFor(
      `server ${before.name} to end its resize`,
      () => this.#server(id),
      (seen) => seen.state !== "awaiting-confirmation" && seen.state !== "changing",
    );
    if (after.state === "failed") {
      throw new LorError({
        code: "resize-failed",
        message: `${after.name} is in ERROR after ${action}: ${after.fault ?? "Nova gives no reason"}`,
        exit: ExitCode.failed,
        culprit: "cloud",
        next: "lor-infra status",
      });
    }
  }

  async #act(id: string, body: JsonObject): Promise<void> {
    await this.#openstack.send({
      service: "compute",
      method: "POST",
      path: `/servers/${encodeURIComponent(id)}/action`,
      body,
      idempotent: true,
    });
  }

  async #server(id: string): Promise<ServerView> {
    const answer = await this.#openstack.read({
      service: "compute",
      method: "GET",
      path: `/servers/${encodeURIComponent(id)}`,
      microversion: flavorNameMicroversion,
    });
    return serverView(object(answer.server));
  }
}

function serverView(server: JsonObject): ServerView {
  return {
    id: text(server.id),
    name: text(server.name),
    state: states[text(server.status)] ?? "unknown",
    flavor: text(object(server.flavor).original_name),
    address: firstFixedAddress(server.addresses),
    fault: optionalText(object(server.fault).message),
    // Null until it first runs; unknown when the cloud omits it.
    createdAt: optionalText(server.created) === undefined ? undefined : new Date(text(server.created)),
    launched: server["OS-SRV-USG:launched_at"] !== null,
  };
}

function firstFixedAddress(addresses: unknown): string | undefined {
  for (const network of Object.values(object(addresses))) {
    for (const address of objects(network)) {
      if (address["OS-EXT-IPS:type"] !== "floating" && address.version !== 6) return optionalText(address.addr);
    }
  }
  return undefined;
}
