import type { Answer } from "./answer.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface SupplyFacts {
  /** Such as `GRA11`. */
  readonly region: string;
  /** How to request a larger quota, such as `Quota and Regions in the console`. */
  readonly quotaRequest: string;
  /** Flavors of machines that the remaining steps create or resize to, and those that scaling down again needs. */
  readonly flavors: { readonly ahead: readonly string[]; readonly back: readonly string[] };
  /** The same for the load balancer. */
  readonly loadBalancerFlavors: { readonly ahead: readonly string[]; readonly back: readonly string[] };
  readonly offered: {
    readonly flavors: Answer<readonly string[]>;
    readonly loadBalancerFlavors: Answer<readonly string[]>;
  };
  /** Peak demand above the current usage; without resources that need nothing more. */
  readonly needs: readonly Need[];
  /** By resource, as far as the cloud reports them. */
  readonly quotas: ReadonlyMap<string, Answer<{ readonly limit: number | undefined; readonly used: number }>>;
}

export interface Need {
  /** Such as `instances` or `memory`. */
  readonly resource: string;
  readonly amount: number;
  /** Such as ` MB`; empty for pieces. */
  readonly unit: string;
}

/** Whether the region offers the sizes for scaling up and down again, and whether the quota of the project suffices. */
export function supplyChecks(facts: SupplyFacts): readonly PreflightCheck[] {
  return [
    sizes(facts, "machine", facts.flavors, facts.offered.flavors),
    sizes(facts, "load balancer", facts.loadBalancerFlavors, facts.offered.loadBalancerFlavors),
    ...quotas(facts),
  ].filter((one) => one !== undefined);
}

function sizes(
  { region }: SupplyFacts,
  what: "machine" | "load balancer",
  { ahead, back }: { readonly ahead: readonly string[]; readonly back: readonly string[] },
  offered: Answer<readonly string[]>,
): PreflightCheck | undefined {
  const checkName = "sizes";
  const wanted = [...new Set([...ahead, ...back])];
  if (wanted.length === 0) return undefined;
  if ("why" in offered) {
    return {
      name: checkName,
      outcome: "unknown",
      code: "sizes-not-known",
      reason: `whether ${region} offers the ${what} sizes ${wanted.join(", ")} is unknown: ${offered.why}`,
      next: "lor-infra doctor",
    };
  }
  const missing = wanted.filter((name) => !offered.known.includes(name));
  if (missing.length === 0) {
    return { name: checkName, outcome: "ok", reason: `${region} offers the ${what} sizes ${wanted.join(", ")}` };
  }
  const onlyBack = missing.every((name) => !ahead.includes(name));
  return {
    name: checkName,
    outcome: "refused",
    code: "size-not-offered",
    reason: onlyBack
      ? `${region} does not offer the ${what} size ${missing.join(", ")} any more: scaling down would be impossible`
      : `${region} does not offer the ${what} size ${missing.join(", ")}`,
    seen: offered.known.join(", "),
    accepted: wanted.join(", "),
    next: "lor-infra check, with another size or region in the settings; or ask the cloud's support",
  };
}

function quotas({ region, needs, quotas: told, quotaRequest }: SupplyFacts): readonly PreflightCheck[] {
  const checkName = "quota";
  if (needs.length === 0)
    return [{ name: checkName, outcome: "ok", reason: "the switch needs no more quota than it uses now" }];
  const short: PreflightCheck[] = [];
  const unknown = new Map<string, string[]>();
  const enough: string[] = [];
  for (const { resource, amount, unit } of needs) {
    const answer = told.get(resource) ?? { why: "the cloud does not report it" };
    if ("why" in answer) {
      unknown.set(answer.why, [...(unknown.get(answer.why) ?? []), resource]);
      continue;
    }
    const { limit, used } = answer.known;
    if (limit === undefined || used + amount <= limit) {
      enough.push(
        `${resource} +${amount}${unit} (${limit === undefined ? "no limit" : `${Math.max(0, limit - used)}${unit} free`})`,
      );
      continue;
    }
    short.push({
      name: checkName,
      outcome: "refused",
      code: "quota-too-small",
      reason: `${resource}: the switch needs ${amount}${unit} more, but the quota of ${region} has ${Math.max(0, limit - used)}${unit} left`,
      seen: `${used}${unit} of ${limit}${unit} ${resource} used`,
      accepted: `${used + amount}${unit} ${resource} or more`,
      next: `request a larger quota (${quotaRequest}), then run the same command again`,
    });
  }
  return [
    ...(enough.length === 0 ? [] : [{ name: checkName, outcome: "ok", reason: enough.join(", ") } as const]),
    ...[...unknown].map(
      ([why, resources]): PreflightCheck => ({
        name: checkName,
        outcome: "unknown",
        code: "quota-not-known",
        reason: `the remaining quota of ${resources.join(", ")} is unknown: ${why}`,
        next: "look it up in the cloud's console, or run lor-infra doctor",
      }),
    ),
    ...short,
  ];
}
