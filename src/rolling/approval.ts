import { fingerprint } from "../core/fingerprint.ts";
import type { Profile } from "../domain/profile.ts";
import { type LiveFleet, type LiveMember, membersOf, type SwitchStep } from "./model.ts";

/** Complete approval of a switch, compared with the actual state before each step. */
export interface ApprovedSwitch {
  readonly version: 3;
  readonly project: string;
  readonly stack: string;
  readonly cloud: string;
  readonly target: Profile;
  /** Fingerprint of the checked settings of both profiles. */
  readonly settings: string;
  /** Fingerprint of the state, after a refresh. */
  readonly state: StatePrints;
  /** The fleet at the time of the approval. */
  readonly live: FleetPicture;
  readonly steps: readonly ApprovedStep[];
}

/** Fingerprint of each resource of a state, by type and name, such as `openstack:compute/instance:Instance ps-0`. */
export type StatePrints = Readonly<Record<string, string>>;

interface ApprovedStep {
  readonly step: SwitchStep;
  /** Exact changes of the engine, such as `update openstack:compute/instance:Instance ps-0`. */
  readonly changes: readonly string[];
  /** Calls to the cloud besides the engine's, in order. */
  readonly calls: readonly string[];
}

/** Facts that reveal a change by somebody else; health and operations in progress are excluded because they change by themselves. */
export interface FleetPicture {
  /** Mbit/s. */
  readonly loadBalancerBandwidth: number;
  readonly fronts: readonly Pick<LiveMember, "name" | "size" | "pool">[];
}

export function pictureOf({ loadBalancerBandwidth, fronts }: LiveFleet): FleetPicture {
  return { loadBalancerBandwidth, fronts: fronts.map(({ name, size, pool }) => ({ name, size, pool })) };
}

/** Short name of a plan: two plans that differ in anything have different ones. */
export function planId(approved: ApprovedSwitch): string {
  return fingerprint(approved).slice(0, 12);
}

/** Calls of a step besides the engine's run. Octavia and Nova: the OpenStack services of load balancers and machines. */
export function callsOf(step: SwitchStep): readonly string[] {
  const names = membersOf(step);
  const drain = names.map((name) => `Octavia: weight of ${name} to 0, then its connections end`);
  const readmit = names.map((name) => `Octavia: weight of ${name} to 1, once it is healthy`);
  switch (step.kind) {
    case "settle-resize":
      return [`Nova: ${step.how} the resize of ${step.member}`];
    case "recover-front":
      return [`Nova: reset the state of ${step.member} to active`];
    case "readmit-front":
    case "add-front":
      return readmit;
    case "resize-load-balancer":
      return [];
    case "resize-front":
      return [...drain, ...readmit];
    case "remove-front":
      return drain;
  }
}

/** Repairs a fault: only adds capacity, so it needs no approval. */
export function isRepair(step: SwitchStep): boolean {
  return step.kind === "settle-resize" || step.kind === "recover-front" || step.kind === "readmit-front";
}

/** All differences for display; none when both are equal. */
export function pictureDifferences(expected: FleetPicture, seen: FleetPicture): readonly string[] {
  const differences: string[] = [];
  if (expected.loadBalancerBandwidth !== seen.loadBalancerBandwidth) {
    differences.push(
      `load balancer ${expected.loadBalancerBandwidth} Mbit/s expected, ${seen.loadBalancerBandwidth} seen`,
    );
  }
  const names = [...new Set([...expected.fronts, ...seen.fronts].map((front) => front.name))].toSorted();
  for (const name of names) {
    const [before, now] = [expected, seen].map(({ fronts }) => describe(fronts.find((front) => front.name === name)));
    if (before !== now) {
      differences.push(`${name} ${before} expected, ${now} seen`);
    }
  }
  return differences;
}

/** How many resources of a state are named when they differ. */
const mostNamed = 5;

/** Each resource in which two states differ as a person reads it, of many the first few; none when both are the same. */
export function stateDifferences(expected: StatePrints, seen: StatePrints): readonly string[] {
  const names = [...new Set([...Object.keys(expected), ...Object.keys(seen)])].toSorted();
  const differences = names
    .filter((name) => expected[name] !== seen[name])
    .map((name) => `${name} ${changeBetween(expected[name], seen[name])} the state`);
  const more = differences.length - mostNamed;
  return more > 0 ? [...differences.slice(0, mostNamed), `${more} more resources of the state`] : differences;
}

function changeBetween(before: string | undefined, now: string | undefined): string {
  if (before === undefined) return "is new in";
  return now === undefined ? "is gone from" : "has changed in";
}

/** All differences between an approved plan and the current one. */
export function approvalDifferences(approved: ApprovedSwitch, now: ApprovedSwitch): readonly string[] {
  const differences = (["project", "stack", "cloud", "target"] as const)
    .filter((key) => approved[key] !== now[key])
    .map((key) => `${key} ${approved[key]} expected, ${now[key]} seen`);
  if (approved.settings !== now.settings) {
    differences.push("the settings have changed");
  }
  differences.push(...stateDifferences(approved.state, now.state), ...pictureDifferences(approved.live, now.live));
  if (differences.length === 0 && fingerprint(approved.steps) !== fingerprint(now.steps)) {
    differences.push("the steps are others: this version of lor-infra plans them differently");
  }
  return differences;
}

function describe(front: FleetPicture["fronts"][number] | undefined): string {
  return front === undefined ? "absent" : `${front.size}, ${front.pool}`;
}
