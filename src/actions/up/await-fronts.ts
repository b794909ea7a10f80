import { ExitCode, LorError } from "../../core/errors.ts";
import { machineReason } from "../../stack/machine-reason.ts";
import { type KnownFleet, type ObservedFleet, observeFleet } from "../../stack/observe-fleet.ts";
import { ReasonAsker } from "../../stack/reason-asker.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { describeUnboundAddresses } from "../../stack/unbound-addresses.ts";
import { waitUntil } from "../../stack/wait-until.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { readmitMembers } from "../rush/front-traffic.ts";

/**
 * Waits until the fronts of a stack are healthy, a person is to act, or none is healthy and nobody can ask why; and puts back into the pool those
 * that an earlier run left out.
 */
export async function admitFronts(context: StackContext, plan: SystemPlan): Promise<ObservedFleet> {
  const { timings, emit } = context;
  const known: KnownFleet = {
    loadBalancerBandwidth: plan.fleet.loadBalancerBandwidth,
    fronts: plan.fleet.fronts.map((front) => front.name),
  };
  const look = () => observeFleet(context, known);
  const asker = new ReasonAsker(context);
  const told = new Set<string>();
  const { seen } = await waitUntil(context, {
    limit: timings.gateLimit,
    // A balancer trusts a new member until a check has failed.
    hold: timings.gateHold,
    look: async () => {
      const fleet = await look();
      const unhealthy = unhealthyFronts(plan, fleet);
      for (const name of unhealthy.filter((one) => !told.has(one))) {
        told.add(name);
        emit({ kind: "front", front: name, moment: "waiting-for-health" });
      }
      const [first] = unhealthy;
      if (first === undefined) return { ...fleet, ended: true };
      const outlook = await asker.outlook(first);
      // Where others serve, the last one may only need its time.
      const noneServes = unhealthy.length === known.fronts.length;
      return { ...fleet, ended: outlook === "person" || (outlook === "unknown" && noneServes) };
    },
    good: ({ ended }) => ended,
  });
  const unhealthy = unhealthyFronts(plan, seen);
  const unbound = unhealthy.length === 0 ? undefined : await describeUnboundAddresses(context);
  const why = unbound === undefined ? "" : `: ${unbound}; next: lor-infra cloud status`;
  for (const name of unhealthy) {
    emit({ kind: "warning", code: "front-unhealthy", message: `${name} does not pass its health check yet${why}` });
  }
  const drained = new Set(seen.fronts.filter((one) => one.healthy && one.pool === "drained").map((one) => one.name));
  const left = known.fronts.filter((name) => drained.has(name));
  await readmitMembers(context, left, "lor-infra up");
  return await look();
}

/** @throws LorError `front-unhealthy`: everything was built, but a front does not serve */
export async function requireHealthy(context: StackContext, plan: SystemPlan, fleet: ObservedFleet): Promise<void> {
  const failing = unhealthyFronts(plan, fleet);
  const [first] = failing;
  if (first === undefined) return;
  const reason = await machineReason(context, first);
  throw new LorError({
    code: "front-unhealthy",
    message: `everything is as the settings say, but ${failing.join(", ")} ${failing.length === 1 ? "does" : "do"} not pass the health check${reason === undefined ? "" : `; ${reason.text}`}`,
    exit: ExitCode.failed,
    culprit: "cloud",
    seen: `${plan.fleet.fronts.length - failing.length} of ${plan.fleet.fronts.length} fronts healthy`,
    accepted: "every front healthy",
    next:
      reason?.next ??
      `lor-infra status; a front that stays unhealthy is replaced by lor-infra recover --replace ${first}`,
  });
}

/** Names of the Plan's fronts that do not pass the health check, or do not exist. */
function unhealthyFronts(plan: SystemPlan, fleet: ObservedFleet): readonly string[] {
  const healthy = new Set(fleet.fronts.filter((one) => one.healthy).map((one) => one.name));
  return plan.fleet.fronts.map((one) => one.name).filter((name) => !healthy.has(name));
}
