import type { PreflightCheck } from "./preflight-check.ts";

/** Sizes of both profiles, and whether the cloud can change one into the other and back. */
export interface ReversibilityFacts {
  readonly fronts: {
    /** Sizes as the settings name them. */
    readonly small: FrontSize;
    readonly large: FrontSize;
    readonly advice: SettingAdvice;
  };
  readonly loadBalancer: {
    /** Whether its size changes in place. */
    readonly resizes: boolean;
    /** Mbit/s. */
    readonly normal: number;
    readonly rush: number;
    readonly advice: SettingAdvice;
  };
  /** Databases that are equal in both profiles, such as `mysql essential db1-4`, and those that differ. */
  readonly databases: { readonly same: readonly string[]; readonly differing: readonly string[] };
}

/** Setting to change in case of a refusal, and the values that it accepts. */
interface SettingAdvice {
  readonly path: string;
  readonly accepted: string;
}

interface FrontSize {
  readonly size: string;
  readonly flavor: string;
  /** System disk in GB, from the cloud or else from its price list; undefined: unknown. */
  readonly diskGigabytes: number | undefined;
}

const checkName = "reversibility";

/** Whether everything that a rush scales up can be scaled down again: disk, flavor, load balancer, database. */
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

function fronts({ fronts: { small, large, advice } }: ReversibilityFacts): PreflightCheck | undefined {
  if (small.diskGigabytes === undefined || large.diskGigabytes === undefined) {
    const unknown = small.diskGigabytes === undefined ? small : large;
    return {
      name: checkName,
      outcome: "unknown",
      code: "reversibility-not-known",
      reason: `the system disk of ${unknown.flavor} is neither in the cloud nor in its price list: whether ${large.size} can be resized back to ${small.size} is unknown`,
      next: "lor-infra doctor",
    };
  }
  if (large.diskGigabytes <= small.diskGigabytes) return undefined;
  return {
    name: checkName,
    outcome: "refused",
    code: "not-reversible",
    reason: "the fronts could not be scaled down to normal after the rush: a disk cannot shrink",
    path: advice.path,
    seen: `${large.flavor} has a system disk of ${large.diskGigabytes} GB, ${small.flavor} one of ${small.diskGigabytes} GB`,
    accepted: advice.accepted,
    next: "lor-infra check",
  };
}

function loadBalancer({
  loadBalancer: { resizes, normal, rush, advice },
}: ReversibilityFacts): PreflightCheck | undefined {
  if (resizes || normal === rush) return undefined;
  return {
    name: checkName,
    outcome: "refused",
    code: "not-reversible",
    reason: "the load balancer could not be scaled down to normal after the rush: its size is fixed at creation",
    path: advice.path,
    seen: `${normal} and ${rush} Mbit/s`,
    accepted: advice.accepted,
    next: "lor-infra check",
  };
}

function databases({ databases: { differing } }: ReversibilityFacts): PreflightCheck | undefined {
  if (differing.length === 0) return undefined;
  return {
    name: checkName,
    outcome: "refused",
    code: "not-reversible",
    reason: "a database that is scaled up for a rush could not be scaled down again: its disk cannot shrink",
    seen: differing.join(", "),
    accepted: "the same database in both profiles",
    next: "lor-infra check",
  };
}
