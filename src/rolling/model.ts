import type { Fleet } from "./fleet.ts";

/** What is really there, as the actions observed it just now. */
export interface LiveFleet {
  /** Mbit/s. */
  readonly loadBalancerBandwidth: number;
  /** Its provisioning status is ACTIVE. */
  readonly loadBalancerReady: boolean;
  /** Its provisioning status is ERROR: to wait does not help. Absent: it is not. */
  readonly loadBalancerFailed?: boolean;
  readonly fronts: readonly LiveFront[];
}

export interface LiveFront {
  readonly name: string;
  /** Size as the customer names it (`b2-7`). */
  readonly size: string;
  /** `absent`: its pool member is left, its server is gone. */
  readonly server: "building" | "active" | "resizing" | "verify-resize" | "error" | "stopped" | "absent";
  /** `serving`: in the pool with a weight; `drained`: weight 0; `absent`: no member. */
  readonly pool: "serving" | "drained" | "absent";
  /** Its health check passes, drained or not. */
  readonly healthy: boolean;
}

export interface SwitchGoal {
  readonly fleet: Fleet;
  /** Healthy serving members that must never be undercut: normal's number of fronts. */
  readonly minimumServing: number;
  /** How many fronts can exist at once: the number of `prestashop.addresses`. */
  readonly addresses: number;
}

/** The next safe step; an action carries out exactly one and then observes again. */
export type SwitchStep =
  | { readonly kind: "settle-resize"; readonly front: string; readonly how: "confirm" | "revert" }
  | { readonly kind: "recover-front"; readonly front: string }
  | { readonly kind: "readmit-front"; readonly front: string }
  | { readonly kind: "resize-load-balancer"; readonly from: number; readonly to: number }
  | { readonly kind: "add-front"; readonly front: string; readonly size: string; readonly temporary: boolean }
  | { readonly kind: "resize-front"; readonly front: string; readonly from: string; readonly to: string }
  | { readonly kind: "remove-front"; readonly front: string };

/** Why a switch cannot go on; each is an error code of docs/errors.md. */
export type StopCode =
  | "load-balancer-busy"
  | "load-balancer-failed"
  | "front-busy"
  | "front-stopped"
  | "front-unhealthy"
  | "no-address-for-extra-front"
  | "not-enough-serving";

/** Cannot go on safely; the shop still serves on the others. */
export interface SwitchStop {
  readonly kind: "stopped";
  readonly code: StopCode;
  readonly reason: string;
  /** The next command to type. */
  readonly next: string;
}

export type SwitchDecision =
  | { readonly kind: "step"; readonly step: SwitchStep }
  | { readonly kind: "done" }
  | SwitchStop;
