import type { Fleet } from "./fleet.ts";

/** What is really there, as the actions observed it just now. */
export interface LiveFleet {
  readonly loadBalancerBandwidth: number;
  /** Its provisioning status is ACTIVE. */
  readonly loadBalancerReady: boolean;
  readonly fronts: readonly LiveFront[];
}

export interface LiveFront {
  readonly name: string;
  /** Size as the customer names it (`b2-7`). */
  readonly size: string;
  readonly server: "building" | "active" | "resizing" | "verify-resize" | "error" | "stopped";
  /** `serving`: in the pool with a weight; `drained`: weight 0; `absent`: no member. */
  readonly pool: "serving" | "drained" | "absent";
  readonly healthy: boolean;
}

export interface SwitchGoal {
  readonly fleet: Fleet;
  /** Healthy serving members that must never be undercut: normal's number of fronts. */
  readonly minimumServing: number;
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

export type SwitchDecision =
  | { readonly kind: "step"; readonly step: SwitchStep }
  | { readonly kind: "done" }
  /** Cannot go on safely; the shop still serves on the others. */
  | { readonly kind: "stopped"; readonly code: string; readonly reason: string; readonly next: string };
export type { Fleet };
