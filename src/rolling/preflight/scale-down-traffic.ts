import type { ServingCapacity, Traffic } from "../traffic.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface ScaleDownTrafficFacts {
  /** Measured traffic, or why it could not be measured. */
  readonly traffic: { readonly seen: Traffic } | { readonly why: string };
  /** Traffic that the normal profile can serve, or the limit of the settings. */
  readonly limit: ServingCapacity;
  /** `--busy`: accept that visitors may have to wait. */
  readonly busy: boolean;
}

const checkName = "traffic";

/** Whether the normal profile can serve the current visitors. */
export function scaleDownTrafficCheck({ traffic, limit, busy }: ScaleDownTrafficFacts): PreflightCheck {
  if ("why" in traffic) {
    return {
      name: checkName,
      outcome: "unknown",
      code: "traffic-not-known",
      reason: `how many visitors there are is not known: ${traffic.why}`,
      next: "lor-infra status",
    };
  }
  const { openConnections, connectionsPerSecond, requestErrors } = traffic.seen;
  const seen = `${openConnections} open connections, ${describeRate(connectionsPerSecond)}`;
  const most = `at most ${limit.connections} open connections and ${limit.connectionsPerSecond} new ones a second`;
  if (openConnections > limit.connections || (connectionsPerSecond ?? 0) > limit.connectionsPerSecond) {
    const reason = `more visitors than normal can serve: ${seen}; normal takes ${most}`;
    return busy
      ? { name: checkName, outcome: "warning", code: "traffic-too-high", reason: `${reason}, accepted by --busy` }
      : {
          name: checkName,
          outcome: "refused",
          code: "traffic-too-high",
          reason,
          path: "hooks.beforeScaleDown",
          seen,
          accepted: `${most}, or --busy`,
          next: "lor-infra normal at a quieter hour, or lor-infra normal --busy",
        };
  }
  if (connectionsPerSecond === undefined) {
    return {
      name: checkName,
      outcome: "unknown",
      code: "traffic-not-known",
      reason: `${seen}: the load balancer reset its counters in between`,
      next: "lor-infra normal measures again",
    };
  }
  const errors = requestErrors === 0 ? "" : `; ${requestErrors} requests that it could not read`;
  return { name: checkName, outcome: "ok", reason: `${seen}${errors}; normal takes ${most}` };
}

function describeRate(rate: number | undefined): string {
  return rate === undefined ? "new ones not counted" : `${Number(rate.toFixed(1))} new ones a second`;
}
