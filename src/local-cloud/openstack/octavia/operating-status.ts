import type { FrontHealthOf } from "../../guests/front-health/types.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { LoadBalancerRecord, MemberBody, OctaviaRecords, PoolBody } from "./octavia-records.ts";
import type { OperatingStatus } from "./types.ts";

/** Operating status of members, pools and load balancers, computed from the modelled machines; never stored. */
export class OperatingStatuses {
  readonly #records: OctaviaRecords;
  readonly #health: FrontHealthOf;

  constructor(records: OctaviaRecords, health: FrontHealthOf) {
    this.#records = records;
    this.#health = health;
  }

  ofMember(member: StoredRecord<MemberBody>): { status: OperatingStatus; reason: string | undefined } {
    const { body } = member;
    if (!body.adminStateUp) {
      return { status: "OFFLINE", reason: "it is switched off (admin_state_up false)" };
    }
    if (body.pending === "PENDING_CREATE") {
      return { status: "OFFLINE", reason: "it is not checked yet" };
    }
    if (this.#records.monitors.list({ parent: body.poolId }).length === 0) {
      return { status: "NO_MONITOR", reason: "its pool has no health monitor" };
    }
    const { healthy, reason } = this.#health(body.monitorAddress ?? body.address, { from: body.loadBalancerId });
    if (!healthy) {
      return { status: "ERROR", reason };
    }
    return body.weight === 0
      ? { status: "DRAINING", reason: "it is healthy and gets no new connection (weight 0)" }
      : { status: "ONLINE", reason: undefined };
  }

  ofPool(pool: StoredRecord<PoolBody>): OperatingStatus {
    if (!pool.body.adminStateUp) {
      return "OFFLINE";
    }
    return combine(this.#records.members.list({ parent: pool.id }).map((member) => this.ofMember(member).status));
  }

  ofBalancer(balancer: LoadBalancerRecord): OperatingStatus {
    if (!balancer.body.adminStateUp || balancer.body.status === "PENDING_CREATE") {
      return "OFFLINE";
    }
    return combine(this.#records.pools.list({ parent: balancer.id }).map((pool) => this.ofPool(pool)));
  }
}

function combine(parts: readonly OperatingStatus[]): OperatingStatus {
  const bad = parts.filter((status) => status === "ERROR");
  if (bad.length > 0) {
    return bad.length === parts.length ? "ERROR" : "DEGRADED";
  }
  return parts.includes("DEGRADED") ? "DEGRADED" : "ONLINE";
}
