import { ExitCode, LorError } from "../../core/errors.ts";
import type { MemberView, OperatingStatus, TrafficPool, TrafficReading } from "../clients.ts";
import { AmbiguousName } from "../finder-query.ts";
import { type Caller, CloudCallError } from "../http/call.ts";
import { type JsonObject, number, object, objects, optionalText, text } from "../http/json-answer.ts";
import type { OpenStack } from "./openstack-api.ts";

const operatingStatuses: ReadonlySet<string> = new Set([
  "ONLINE",
  "OFFLINE",
  "DRAINING",
  "DEGRADED",
  "ERROR",
  "NO_MONITOR",
] satisfies OperatingStatus[]);

/** Octavia: drain, readmit, read members. One change at a time: a load balancer is immutable until it is ACTIVE again. */
export class OctaviaLoadBalancer implements TrafficPool {
  readonly #openstack: OpenStack;
  readonly #caller: Caller;

  constructor(openstack: OpenStack, caller: Caller) {
    this.#openstack = openstack;
    this.#caller = caller;
  }

  async find(name: string): Promise<{ readonly id: string; readonly provisioningStatus: string } | undefined> {
    const found = await this.#named("loadbalancers", name);
    return found === undefined
      ? undefined
      : { id: text(found.id), provisioningStatus: text(found.provisioning_status) };
  }

  async traffic(id: string): Promise<TrafficReading> {
    const answer = await this.#openstack.read({
      service: "load-balancer",
      method: "GET",
      path: `/lbaas/loadbalancers/${id}/stats`,
    });
    const stats = object(answer.stats);
    const connections = number(stats.total_connections);
    const openConnections = number(stats.active_connections);
    if (connections === undefined || openConnections === undefined) {
      throw new LorError({
        code: "cloud-answer-unexpected",
        message: "Octavia does not count the connections of the load balancer",
        exit: ExitCode.failed,
        culprit: "cloud",
        seen: Object.keys(stats).join(", ") || "no figures",
        accepted: "total_connections and active_connections",
        next: "lor-infra status",
      });
    }
    return { connections, openConnections, requestErrors: number(stats.request_errors) ?? 0 };
  }

  /** Members of a pool, by name; none when the pool does not exist yet. */
  async members(poolName: string): Promise<readonly MemberView[]> {
    const pool = await this.#named("pools", poolName);
    if (pool === undefined) return [];
    const poolId = text(pool.id);
    const members = await this.#openstack.list("load-balancer", `/lbaas/pools/${poolId}/members`, "members");
    return members.map((member) => memberView(poolId, member)).sort((a, b) => a.name.localeCompare(b.name));
  }

  async setWeight(member: MemberView, weight: number): Promise<void> {
    const pool = await this.#openstack.read({
      service: "load-balancer",
      method: "GET",
      path: `/lbaas/pools/${member.poolId}`,
    });
    const loadBalancer = text(objects(object(pool.pool).loadbalancers)[0]?.id);
    await this.#caller.waitFor(
      `the load balancer to take the weight of ${member.name}`,
      async () => {
        await this.#active(loadBalancer);
        return await this.#putWeight(member, weight);
      },
      (taken) => taken,
    );
    await this.#active(loadBalancer);
  }

  /** False when another change made the load balancer immutable again meanwhile. */
  async #putWeight(member: MemberView, weight: number): Promise<boolean> {
    try {
      await this.#openstack.send({
        service: "load-balancer",
        method: "PUT",
        path: `/lbaas/pools/${member.poolId}/members/${member.id}`,
        body: { member: { weight } },
      });
      return true;
    } catch (error) {
      if (error instanceof CloudCallError && error.status === 409 && /immutable/i.test(error.answer)) return false;
      throw error;
    }
  }

  async #active(loadBalancer: string): Promise<void> {
    const status = await this.#caller.waitFor(
      "the load balancer to be ACTIVE",
      async () => {
        const answer = await this.#openstack.read({
          service: "load-balancer",
          method: "GET",
          path: `/lbaas/loadbalancers/${loadBalancer}`,
        });
        return text(object(answer.loadbalancer).provisioning_status);
      },
      (seen) => !seen.startsWith("PENDING_"),
    );
    if (status !== "ACTIVE") {
      throw new LorError({
        code: "load-balancer-not-active",
        message: `the load balancer cannot be changed: its provisioning status is ${status}`,
        exit: ExitCode.failed,
        culprit: "cloud",
        seen: status,
        accepted: "ACTIVE",
        next: "lor-infra status",
      });
    }
  }

  async #named(collection: "loadbalancers" | "pools", name: string): Promise<JsonObject | undefined> {
    const path = `/lbaas/${collection}?name=${encodeURIComponent(name)}`;
    const found = (await this.#openstack.list("load-balancer", path, collection)).filter(
      (entry) => entry.name === name,
    );
    if (found.length > 1)
      throw new AmbiguousName(
        collection === "pools" ? "pools" : "load balancers",
        name,
        found.map((entry) => text(entry.id)),
      );
    return found[0];
  }
}

function memberView(poolId: string, member: JsonObject): MemberView {
  const status = text(member.operating_status);
  return {
    id: text(member.id),
    poolId,
    name: optionalText(member.name) ?? text(member.address),
    address: text(member.address),
    weight: number(member.weight) ?? 1,
    operatingStatus: operatingStatuses.has(status) ? (status as OperatingStatus) : "UNKNOWN",
    provisioningStatus: text(member.provisioning_status),
    // Not in Octavia: only the local cloud counts per member.
    activeConnections: number(member.active_connections),
  };
}
