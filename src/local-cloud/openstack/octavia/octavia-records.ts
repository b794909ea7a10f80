import { CloudError } from "../../kernel/cloud-error.ts";
import type { CloudContext } from "../../kernel/context.ts";
import type { LatencyName } from "../../kernel/latency.ts";
import { Records } from "../../kernel/records.ts";
import type { StoredRecord } from "../../kernel/store.ts";
import type { Ports } from "../neutron/ports.ts";
import type { ListenerView, LoadBalancerView, MemberView, MonitorView, PoolView, ProvisioningStatus } from "./types.ts";

type Identity = "id" | "name" | "region" | "provisioningStatus" | "operatingStatus";

/** Provisioning status of a part while its load balancer is pending; ERROR stays. */
interface Pending {
  readonly pending: Exclude<ProvisioningStatus, "ACTIVE"> | undefined;
}

export interface LoadBalancerBody
  extends Omit<LoadBalancerView, Identity | "listenerIds" | "poolIds" | "securityGroupIds"> {
  readonly status: ProvisioningStatus;
  /** Ports of its own machines, besides the address's. */
  readonly machinePortIds: readonly string[];
  readonly step: "create" | "change" | "resize" | "delete" | undefined;
  readonly newFlavorId: string | undefined;
  /** Parts that change with it: `kind id`. */
  readonly changing: readonly string[];
  /** An address port that it did not make stays when it goes. */
  readonly ownPort: boolean;
}
export interface ListenerBody extends Omit<ListenerView, Identity>, Pending {}
export interface PoolBody extends Omit<PoolView, Identity | "listenerIds" | "memberIds" | "monitorId">, Pending {}
export interface MemberBody extends Omit<MemberView, Identity | "reason">, Pending {
  readonly loadBalancerId: string;
}
export interface MonitorBody extends Omit<MonitorView, Identity>, Pending {
  readonly loadBalancerId: string;
}

export type LoadBalancerRecord = StoredRecord<LoadBalancerBody>;

/** The tree under each load balancer, and the rule that it changes one thing at a time. */
export class OctaviaRecords {
  readonly context: CloudContext;
  readonly balancers: Records<LoadBalancerBody>;
  readonly listeners: Records<ListenerBody>;
  readonly pools: Records<PoolBody>;
  readonly members: Records<MemberBody>;
  readonly monitors: Records<MonitorBody>;
  readonly #ports: Ports;

  constructor(context: CloudContext, ports: Ports) {
    this.context = context;
    this.#ports = ports;
    this.balancers = new Records(context, "load-balancer", (id) => notFound("Load Balancer", id));
    this.listeners = new Records(context, "listener", (id) => notFound("Listener", id));
    this.pools = new Records(context, "pool", (id) => notFound("Pool", id));
    this.members = new Records(context, "member", (id) => notFound("Member", id));
    this.monitors = new Records(context, "monitor", (id) => notFound("Health Monitor", id));
    context.onDue<LoadBalancerBody>("load-balancer", (record) => this.#settle(record));
  }

  /** The load balancer, able to change; 409 while another change is carried out. */
  requireMutable(loadBalancerId: string): LoadBalancerRecord {
    const balancer = this.balancers.require(loadBalancerId);
    if (balancer.body.status !== "ACTIVE") {
      throw new CloudError(
        409,
        "ImmutableObject",
        `Load Balancer ${loadBalancerId} is immutable and cannot be updated.`,
      );
    }
    return balancer;
  }

  /** Locks the tree until the change of these parts (`kind id`) is done. */
  beginChange(balancer: LoadBalancerRecord, ...parts: string[]): void {
    this.begin(balancer, "change", "loadBalancerChange", { status: "PENDING_UPDATE", changing: parts });
  }

  begin(
    balancer: LoadBalancerRecord,
    step: NonNullable<LoadBalancerBody["step"]>,
    latency: LatencyName,
    body: Partial<LoadBalancerBody>,
  ): LoadBalancerRecord {
    return this.balancers.save({
      ...balancer,
      due: this.context.after(latency),
      body: { ...balancer.body, updatedAt: this.context.clock.iso(), ...body, step },
    });
  }

  /** Provisioning status of a new or changed part: ERROR when a fault was ordered. */
  pending(status: "PENDING_CREATE" | "PENDING_UPDATE"): Pending["pending"] {
    return this.context.injected("error-state") ? "ERROR" : status;
  }

  #settle(balancer: LoadBalancerRecord): void {
    const at = balancer.due ?? this.context.clock.now();
    if (balancer.body.step === "delete") {
      this.remove(balancer);
      return;
    }
    if (balancer.body.step === "resize") {
      // The new size shows first; the load balancer is ACTIVE only when its second machine is there too.
      this.balancers.save({
        ...balancer,
        due: this.context.after("loadBalancerSettle", at),
        body: {
          ...balancer.body,
          flavorId: balancer.body.newFlavorId,
          newFlavorId: undefined,
          step: "change",
        },
      });
      return;
    }
    for (const part of balancer.body.changing) {
      this.#settlePart(part);
    }
    const status = balancer.body.status === "ERROR" ? "ERROR" : "ACTIVE";
    this.balancers.save({
      ...balancer,
      due: undefined,
      body: { ...balancer.body, status, step: undefined, changing: [], updatedAt: this.context.clock.iso(at) },
    });
  }

  #settlePart(part: string): void {
    const [kind, id = ""] = part.split(" ");
    for (const records of [this.listeners, this.pools, this.members, this.monitors] as Records<Pending>[]) {
      const record = records.kind === kind ? records.find(id) : undefined;
      if (record?.body.pending === "PENDING_DELETE") {
        records.remove(id);
      } else if (record !== undefined && record.body.pending !== "ERROR") {
        records.change(record, { pending: undefined });
      }
    }
  }

  /** Takes the load balancer away with its whole tree and its ports. */
  remove(balancer: LoadBalancerRecord): void {
    for (const listener of this.listeners.list({ parent: balancer.id })) {
      this.listeners.remove(listener.id);
    }
    for (const pool of this.pools.list({ parent: balancer.id })) {
      for (const member of this.members.list({ parent: pool.id })) {
        this.members.remove(member.id);
      }
      for (const monitor of this.monitors.list({ parent: pool.id })) {
        this.monitors.remove(monitor.id);
      }
      this.pools.remove(pool.id);
    }
    for (const portId of balancer.body.machinePortIds) {
      this.#ports.discard(portId);
    }
    if (balancer.body.ownPort) {
      this.#ports.discard(balancer.body.vipPortId);
    } else {
      this.#ports.detach(balancer.body.vipPortId);
    }
    this.balancers.remove(balancer.id);
  }
}

export function notFound(resource: string, id: string): CloudError {
  return new CloudError(404, "NotFound", `${resource} ${id} not found.`);
}

export function invalid(message: string): CloudError {
  return new CloudError(400, "ValidationException", `Validation failure: ${message}`);
}

/** Characters of a text, at most. Source: Octavia, api/v2/types. */
const longestText = 255;

/** Octavia looks at the texts of a request before anything else. */
export function checkTexts(args: {
  readonly name?: string | undefined;
  readonly description?: string | undefined;
  readonly tags?: readonly string[] | undefined;
}): void {
  const texts = { name: [args.name], description: [args.description], tags: args.tags ?? [] };
  for (const [field, values] of Object.entries(texts)) {
    const long = values.find((text) => text !== undefined && [...text].length > longestText);
    if (long !== undefined) {
      throw invalid(
        `Invalid input for field/attribute ${field}. Value: '${long}'. Value should have a maximum character requirement of ${longestText}`,
      );
    }
  }
}
