import type { MonthlyPrice, MonthlyPrices } from "../../domain/calendar/price.ts";
import type { Profile } from "../../domain/profile.ts";
import { forecastSwitch, type StepForecast } from "../../rolling/forecast.ts";
import type { LiveFleet, SwitchGoal, SwitchStop } from "../../rolling/model.ts";
import { fleetAfter, fleetOfLive, liveAfter, pathTo } from "../../rolling/step-fleet.ts";
import type { ObservedFleet } from "../../stack/observe-fleet.ts";
import { durationHistory } from "../../stack/run-journal.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { itemsOf, planFleet, planProfile, sameFleet } from "../../systems/project-plan.ts";
import { requirePriceBook } from "../cost/estimate-cost.ts";
import { priceItems, pricePlans, unpricedDifferences } from "../cost/price-profiles.ts";

/** Everything that a switch is judged and approved by, made once before anything changes. */
export interface SwitchPicture {
  readonly target: Profile;
  readonly goal: SwitchGoal;
  /** The fleet that was observed. */
  readonly live: ObservedFleet;
  /** Plan of that fleet. */
  readonly before: SystemPlan;
  /** Plans of both profiles; that of the target is the Plan after the switch. */
  readonly profiles: Readonly<Record<Profile, SystemPlan>>;
  /** The steps that are left, in order. */
  readonly steps: readonly PlannedStep[];
  /** Why the planner would not go on. */
  readonly stop: SwitchStop | undefined;
  /** An earlier run has done a part of this switch. */
  readonly begun: boolean;
  readonly prices: {
    readonly profiles: MonthlyPrices;
    /** Charges without a known price that differ between the profiles. */
    readonly unpriced: readonly string[];
  };
}

/** A step as foreseen: never a substitute for an observation. */
export interface PlannedStep extends StepForecast {
  /** The fleet that it begins with, and its Plan. */
  readonly live: LiveFleet;
  readonly before: SystemPlan;
  /** Plan that its engine update builds, and the price of a month in it. */
  readonly after: SystemPlan;
  readonly price: MonthlyPrice;
}

/** Where a switch begins. */
interface SwitchStart {
  readonly target: Profile;
  readonly goal: SwitchGoal;
  readonly live: ObservedFleet;
  /** Profile that the state names; undefined between two profiles. */
  readonly recorded: Profile | undefined;
  /** The last run was a switch to the same profile and did not end well. */
  readonly unfinished: boolean;
}

/** Plans and prices a switch from what was observed. Asks neither the cloud nor the engine. */
export async function pictureSwitch(
  context: StackContext,
  { target, goal, live, recorded, unfinished }: SwitchStart,
): Promise<SwitchPicture> {
  const { project } = context;
  const path = pathTo(live, goal);
  const forecast = forecastSwitch(live, path.steps, await durationHistory(context));
  const profiles = { normal: planProfile(project, "normal"), rush: planProfile(project, "rush") };
  const book = requirePriceBook(project);
  const before = planFleet(project, fleetOfLive(live), recorded);
  const changed = !sameFleet(before.fleet, profiles[target === "rush" ? "normal" : "rush"].fleet);
  let now: LiveFleet = live;
  let plan = before;
  const steps = forecast.map((one): PlannedStep => {
    const after = planFleet(project, fleetAfter(now, one.step), target);
    const planned = { ...one, live: now, before: plan, after, price: priceItems(itemsOf(after), book) };
    now = liveAfter(now, one.step);
    plan = after;
    return planned;
  });
  return {
    target,
    goal,
    live,
    before,
    profiles,
    steps,
    stop: path.stop,
    begun: changed && (unfinished || recorded === undefined),
    prices: { profiles: pricePlans(profiles, book), unpriced: unpricedDifferences(profiles, book) },
  };
}
