import type { PreflightCheck } from "./preflight-check.ts";

/** What the two profiles are to each other, and what the cloud says of it. */
export interface ReversibilityFacts {
  readonly fronts: {
    /** Sizes as the customer names them. */
    readonly small: FrontSize;
    readonly large: FrontSize;
  };
  readonly loadBalancer: {
    /** Whether its size changes in place. */
    readonly resizes: boolean;
    /** Mbit/s. */
    readonly normal: number;
    readonly rush: number;
  };
  /** Databases that the two profiles have the same in, such as `mysql essential db1-4`; those that differ. */
  readonly databases: { readonly same: readonly string[]; readonly differing: readonly string[] };
}

interface FrontSize {
  readonly size: string;
  readonly flavor: string;
  /** System disk in GB, as the cloud says, or else as its price list does; undefined: not known. */
  readonly diskGigabytes: number | undefined;
}

const checkName = "reversibility";

/** Whether everything that a rush makes larger can be made small again: disk, flavor, load balancer, database. */
export function reversibilityChecks(facts: ReversibilityFacts): readonly PreflightCheck[] {
  const refused = [fronts(facts), loadBalancer(facts), databases(facts)].filter((one) => one !== undefined);
  if (refused.length > 0) return refused;
  const { small, large } = facts.fronts;
  const { normal, rush } = facts.loadBalancer;
  return [
    {
      name: checkName,
      outcome: "ok",
      reason: [
        `${large.size} back to ${small.size} on the same system disk of ${small.diskGigabytes} GB`,
        normal === rush
          ? "the load balancer keeps its size"
          : `load balancer ${rush} back to ${normal} Mbit/s in place`,
        `databases (${facts.databases.same.join(", ")}) are not touched`,
      ].join("; "),
    },
  ];
}

function fronts({ fronts: { small, large } }: ReversibilityFacts): PreflightCheck | undefined {
  if (small.diskGigabytes === undefined || large.diskGigabytes === undefined) {
    const unknown = small.diskGigabytes === undefined ? small : large;
    return {
      name: checkName,
      outcome: "unknown",
      code: "reversibility-not-known",
      reason: `neither the cloud nor its price list tells the system disk of ${unknown.flavor}: whether ${large.size} can become ${small.size} again is not known`,
      next: "lor-infra doctor",
    };
  }
  if (large.diskGigabytes <= small.diskGigabytes) return undefined;
  return {
    name: checkName,
    outcome: "refused",
    code: "not-reversible",
    reason: "after rush the fronts could not go back to normal: a disk cannot shrink",
    path: "prestashop.flavorFamily",
    seen: `${large.flavor} has a system disk of ${large.diskGigabytes} GB, ${small.flavor} one of ${small.diskGigabytes} GB`,
    accepted: "flex, whose sizes all have the same system disk, or the same size in both profiles",
    next: "lor-infra check",
  };
}

function loadBalancer({ loadBalancer: { resizes, normal, rush } }: ReversibilityFacts): PreflightCheck | undefined {
  if (resizes || normal === rush) return undefined;
  return {
    name: checkName,
    outcome: "refused",
    code: "not-reversible",
    reason:
      "after rush the load balancer could not go back to normal: the size of this one is fixed when it is created",
    path: "loadBalancer.shell",
    seen: `${normal} and ${rush} Mbit/s`,
    accepted: "ovh, or the same bandwidth in both profiles",
    next: "lor-infra check",
  };
}

function databases({ databases: { differing } }: ReversibilityFacts): PreflightCheck | undefined {
  if (differing.length === 0) return undefined;
  return {
    name: checkName,
    outcome: "refused",
    code: "not-reversible",
    reason: "a database that was made larger for a rush could not become small again: its disk cannot shrink",
    seen: differing.join(", "),
    accepted: "the same database in both profiles",
    next: "lor-infra check",
  };
}
