import type { Answer } from "./answer.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface SupplyFacts {
  /** Such as `GRA11`. */
  readonly region: string;
  /** Cloud names of the machine sizes that are asked for from now on, and of those that the way back needs. */
  readonly flavors: { readonly ahead: readonly string[]; readonly back: readonly string[] };
  /** The same of the load balancer's sizes. */
  readonly loadBalancerFlavors: { readonly ahead: readonly string[]; readonly back: readonly string[] };
  readonly offered: {
    readonly flavors: Answer<readonly string[]>;
    readonly loadBalancerFlavors: Answer<readonly string[]>;
  };
  /** Most that is needed at one moment besides what is there now; only what is needed. */
  readonly needs: readonly Need[];
  /** By resource, as far as the cloud tells. */
  readonly quotas: ReadonlyMap<string, Answer<{ readonly limit: number | undefined; readonly used: number }>>;
}

export interface Need {
  /** Such as `instances` or `memory`. */
  readonly resource: string;
  readonly amount: number;
  /** Such as ` MB`; empty for pieces. */
  readonly unit: string;
}

/** Whether the region has the sizes, for the way there and the way back, and the project the quota. */
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
      reason: `whether ${region} offers the ${what} sizes ${wanted.join(", ")} is not known: ${offered.why}`,
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
      ? `${region} does not offer the ${what} size ${missing.join(", ")} any more: there would be no way back`
      : `${region} does not offer the ${what} size ${missing.join(", ")}`,
    seen: offered.known.join(", "),
    accepted: wanted.join(", "),
    next: "lor-infra check, with another size or region in the settings; or ask the cloud's support",
  };
}

function quotas({ region, needs, quotas: told }: SupplyFacts): readonly PreflightCheck[] {
  const checkName = "quota";
  if (needs.length === 0) return [{ name: checkName, outcome: "ok", reason: "nothing more is needed than is there" }];
  const short: PreflightCheck[] = [];
  const unknown = new Map<string, string[]>();
  const enough: string[] = [];
  for (const { resource, amount, unit } of needs) {
    const answer = told.get(resource) ?? { why: "the cloud does not tell" };
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
      reason: `${resource}: ${amount}${unit} more are needed, and the quota of ${region} leaves ${Math.max(0, limit - used)}${unit}`,
      seen: `${used}${unit} of ${limit}${unit} ${resource} used`,
      accepted: `${used + amount}${unit} ${resource} or more`,
      next: "ask the cloud for a larger quota (OVHcloud: Quota and Regions in the console), then run the same command again",
    });
  }
  return [
    ...(enough.length === 0 ? [] : [{ name: checkName, outcome: "ok", reason: enough.join(", ") } as const]),
    ...[...unknown].map(
      ([why, resources]): PreflightCheck => ({
        name: checkName,
        outcome: "unknown",
        code: "quota-not-known",
        reason: `how much is left of ${resources.join(", ")} is not known: ${why}`,
        next: "look it up in the cloud's console, or run lor-infra doctor",
      }),
    ),
    ...short,
  ];
}
