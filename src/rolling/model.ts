import type { Fleet, Member } from "./fleet.ts";

/** The fleet as the actions observed it just now. */
export interface LiveFleet {
  /** Mbit/s. */
  readonly loadBalancerBandwidth: number;
  /** Its provisioning status is ACTIVE. */
  readonly loadBalancerReady: boolean;
  /** Its provisioning status is ERROR: to wait does not help. Absent: it is not. */
  readonly loadBalancerFailed?: boolean;
  readonly fronts: readonly LiveMember[];
}

export interface LiveMember extends Member {
  /** `absent`: its pool member is left, its server is gone. */
  readonly server: MachineState | "absent";
  /** `serving`: in the pool with a weight; `drained`: weight 0; `absent`: no member. */
  readonly pool: "serving" | "drained" | "absent";
  /** Its health check passes, drained or not. */
  readonly healthy: boolean;
}

/**
 * State of a machine on any cloud. `changing`: the cloud resizes or reboots it; `awaiting-confirmation`: a resize has ended and waits to be confirmed or
 * reverted; `unknown`: a state that this version does not know.
 */
export type MachineState =
  | "starting"
  | "active"
  | "stopped"
  | "changing"
  | "awaiting-confirmation"
  | "failed"
  | "unknown";

/** Whether nobody may change a machine now, because the cloud does or because its state is not known. */
export function isBusy({ server }: LiveMember): boolean {
  return server === "starting" || server === "changing" || server === "unknown";
}

export interface SwitchGoal {
  readonly fleet: Fleet;
  /** Members that stay healthy and in service while others change. */
  readonly minHealthy: MinHealthy;
  /** Members that both profiles have: only these copy data away, so a wave leaves one of them in service. Default: none. */
  readonly lasting?: readonly string[];
  /** Names of all members that may exist at once, and the setting that limits them. */
  readonly names: { readonly all: readonly string[]; readonly setting: string };
}

/** How many members stay healthy and in service while others change. */
export type MinHealthy =
  | { readonly kind: "members"; readonly members: number }
  /** Percentage of the members in the pool now, rounded up; `normal`: the number of members of normal. */
  | { readonly kind: "percent"; readonly percent: number; readonly normal: number };

/** A member that changes its size. */
interface MemberResize {
  readonly name: string;
  readonly from: string;
  readonly to: string;
}

/**
 * The next safe step; an action carries out exactly one and then observes again. A step with several members is a wave: one run of the engine
 * changes all of them, and all changes are of one kind.
 */
export type SwitchStep =
  | { readonly kind: "settle-resize"; readonly member: string; readonly how: "confirm" | "revert" }
  | { readonly kind: "recover-front"; readonly member: string }
  | { readonly kind: "readmit-front"; readonly members: readonly string[] }
  | { readonly kind: "resize-load-balancer"; readonly from: number; readonly to: number }
  | {
      readonly kind: "add-front";
      readonly members: readonly Member[];
      /** Only for the duration of the switch. */
      readonly temporary: boolean;
    }
  | { readonly kind: "resize-front"; readonly members: readonly MemberResize[] }
  | { readonly kind: "remove-front"; readonly members: readonly string[] };

/** Names of the members that a step touches, in its order; empty for the load balancer's. */
export function membersOf(step: SwitchStep): readonly string[] {
  switch (step.kind) {
    case "settle-resize":
    case "recover-front":
      return [step.member];
    case "readmit-front":
    case "remove-front":
      return step.members;
    case "add-front":
    case "resize-front":
      return step.members.map(({ name }) => name);
    case "resize-load-balancer":
      return [];
  }
}

/** `resize-front ps-0 ps-1`: for the journal and for messages. */
export function describeStep(step: SwitchStep): string {
  return [step.kind, ...membersOf(step)].join(" ");
}

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
