import type { StepForecast } from "../forecast.ts";
import { minimumServing } from "../min-healthy.ts";
import type { LiveFleet, SwitchGoal, SwitchStop } from "../model.ts";
import { serves } from "../serving.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface FrontsServeFacts {
  readonly live: LiveFleet;
  readonly goal: SwitchGoal;
  /** Why the planner would not go on, at its first step or a later one. */
  readonly stop: SwitchStop | undefined;
  readonly steps: readonly StepForecast[];
  /** A cause outside of the fronts that explains why they are not healthy. */
  readonly cause?: { readonly reason: string; readonly next: string } | undefined;
}

/** Whether every front is healthy now, and how many serve at each moment of the switch. */
export function frontsServeChecks(facts: FrontsServeFacts): readonly PreflightCheck[] {
  return [healthNow(facts), ...(facts.stop === undefined ? [capacity(facts)] : [])];
}

function healthNow({ live, goal, stop, cause }: FrontsServeFacts): PreflightCheck {
  const checkName = "fronts now";
  const told = live.fronts.map(({ name, size, healthy }) => `${name} ${size} ${healthy ? "healthy" : "NOT HEALTHY"}`);
  if (stop !== undefined) {
    return {
      name: checkName,
      outcome: "refused",
      code: "fronts-not-ready",
      reason: cause === undefined ? stop.reason : `${stop.reason}: ${cause.reason}`,
      seen: told.join(", "),
      accepted: "every front active and healthy, the load balancer ready",
      next: cause?.next ?? stop.next,
    };
  }
  const wanted = new Set(goal.fleet.fronts.map((front) => front.name));
  const ill = live.fronts.filter((front) => wanted.has(front.name) && !serves(front));
  if (ill.length === 0) return { name: checkName, outcome: "ok", reason: told.join(", ") };
  return {
    name: checkName,
    outcome: "warning",
    code: "front-out-of-service",
    reason: `${told.join(", ")}; ${ill.map((front) => front.name).join(", ")}: not in service, the switch repairs it first`,
    next: "lor-infra status",
  };
}

function capacity({ live, goal, steps }: FrontsServeFacts): PreflightCheck {
  const checkName = "capacity";
  const now = live.fronts.filter(serves).length;
  const fewest = Math.min(now, ...steps.flatMap((step) => [step.servingDuring, step.servingAfter]));
  const atEnd = steps.at(-1)?.servingAfter ?? now;
  const minimum = minimumServing(live, goal.minHealthy);
  if (fewest >= minimum) {
    return {
      name: checkName,
      outcome: "ok",
      reason: `at least ${fewest} healthy fronts serve at each moment (minimum ${minimum}), ${atEnd} at the end`,
    };
  }
  return {
    name: checkName,
    outcome: "warning",
    code: "capacity-below-normal",
    reason: `${now} healthy fronts serve now, fewer than the minimum of ${minimum}; no front is taken out until enough others serve, ${atEnd} serve at the end`,
    next: "lor-infra status",
  };
}
