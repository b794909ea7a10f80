import { Temporal } from "temporal-polyfill";
import type { OfferedFlavor } from "../../clouds/clients.ts";
import type { Profile } from "../../domain/profile.ts";
import type { StepForecast } from "../../rolling/forecast.ts";
import type { LiveFleet, SwitchGoal, SwitchStop } from "../../rolling/model.ts";
import type { Answer } from "../../rolling/preflight/answer.ts";
import { backupConditions } from "../../rolling/preflight/backups.ts";
import { dataLossConditions, type LossMoment } from "../../rolling/preflight/data-loss.ts";
import { durationCondition } from "../../rolling/preflight/duration.ts";
import { eventTimeCondition } from "../../rolling/preflight/event-time.ts";
import { frontsServeConditions } from "../../rolling/preflight/fronts-serve.ts";
import { type Condition, onceBegun } from "../../rolling/preflight/preflight-check.ts";
import { wayBackConditions } from "../../rolling/preflight/reversibility.ts";
import { rushPriceCondition } from "../../rolling/preflight/rush-price.ts";
import { returnTimeCondition } from "../../rolling/preflight/scale-down-time.ts";
import { supplyConditions } from "../../rolling/preflight/supply.ts";
import { fleetAfter, fleetOfLive, liveAfter } from "../../rolling/step-fleet.ts";
import { planFleet, planProfile, type StackContext } from "../../stack/stack-context.ts";
import { describeUnboundAddresses } from "../../stack/unbound-addresses.ts";
import { itemsOf, rollingOf } from "../../systems/project-plan.ts";
import { requirePriceBook } from "../cost/estimate-cost.ts";
import { priceItems, priceProfiles, rushCostsMore, unpricedDifferences } from "../cost/price-profiles.ts";
import { returnConditions } from "../normal/scale-down-preflight.ts";
import { readBackups } from "./backup-facts.ts";
import { describeStep } from "./carry-out-step.ts";
import { readSupply } from "./supply-facts.ts";

/** What a person says about the season when asking for a switch. */
export interface SeasonChoice {
  /** An event of the calendar that a rush is for. */
  readonly event?: string;
  /** Accepts a rush before its window, or a way back before its end. */
  readonly early?: boolean;
  /** Accepts a rush once its event's change freeze has begun. */
  readonly late?: boolean;
  /** Accepts a way back while more visitors are there than normal can carry. */
  readonly busy?: boolean;
  /** The moment that the calendar is asked about. Default: now. */
  readonly at?: Temporal.Instant;
}

export interface ConditionsRequest {
  readonly target: Profile;
  readonly goal: SwitchGoal;
  readonly live: LiveFleet;
  /** Those that are left. */
  readonly steps: readonly StepForecast[];
  /** Why the planner would not go on. */
  readonly stop: SwitchStop | undefined;
  /** An earlier run has done a part of this switch. */
  readonly begun: boolean;
  readonly season: SeasonChoice;
}

/** Looks up and judges everything that is asked before a switch changes anything; of a switch that has begun, of what is left of it. */
export async function switchConditions(
  context: StackContext,
  request: ConditionsRequest,
): Promise<readonly Condition[]> {
  const { target, begun, stop } = request;
  const [supply, backups, unbound] = await Promise.all([
    readSupply(context, request),
    readBackups(context),
    stop === undefined ? undefined : describeUnboundAddresses(context),
  ]);
  const cause = unbound === undefined ? undefined : { reason: unbound, next: "lor-infra cloud status" };
  const kept = backupConditions(backups);
  return [
    ...timeConditions(context, request),
    ...(target === "normal" && request.steps.length > 0
      ? await returnConditions(context, request.season.busy === true)
      : []),
    ...wayBackConditions(wayBackFacts(context, supply.flavorsOffered)),
    // Of a switch that cannot begin nobody knows the steps.
    ...(stop === undefined ? supplyConditions(supply) : []),
    ...frontsServeConditions({ ...request, cause }),
    ...dataLossConditions(dataLossFacts(context, request)),
    ...(begun ? onceBegun(kept) : kept),
    ...(stop === undefined ? forecastConditions(context, request) : []),
  ];
}

/** A way back that has begun is still refused while the event wants its rush: what is still large is needed. */
function timeConditions(context: StackContext, request: ConditionsRequest): readonly Condition[] {
  if (request.target === "normal") return [returnTimeCondition(returnTimeFacts(context, request))];
  const time = [eventTimeCondition(eventTimeFacts(context, request))];
  return request.begun ? onceBegun(time) : time;
}

function forecastConditions(context: StackContext, request: ConditionsRequest): readonly Condition[] {
  const { steps, target } = request;
  return [
    ...(target === "rush" ? [rushPriceCondition(rushPriceFacts(context, request))] : []),
    durationCondition({ ...calendarFacts(context, request), steps }),
  ];
}

function calendarFacts({ project, clock }: StackContext, { season }: ConditionsRequest) {
  return {
    calendar: project.settings.normal.calendar,
    now: season.at ?? Temporal.Instant.fromEpochMilliseconds(clock.now().getTime()),
    event: season.event,
  };
}

function eventTimeFacts(context: StackContext, request: ConditionsRequest) {
  const { early = false, late = false } = request.season;
  return {
    ...calendarFacts(context, request),
    accepted: { early, late },
    costsMore: (seconds: number) => rushCostsMore(context.project, seconds),
  };
}

function returnTimeFacts(context: StackContext, request: ConditionsRequest) {
  const { calendar, now } = calendarFacts(context, request);
  return { calendar, now, early: request.season.early === true, serves: context.cloud !== "local" };
}

function wayBackFacts(context: StackContext, offered: Answer<readonly OfferedFlavor[]>) {
  const { normal, rush } = context.project.settings;
  const plans = { normal: planProfile(context, "normal"), rush: planProfile(context, "rush") };
  const rolling = rollingOf(context.project);
  const sizeOf = (size: string) => {
    const flavor = rolling.flavorOf(normal, size);
    const told = "known" in offered ? offered.known.find(({ name }) => name === flavor) : undefined;
    return { size, flavor, diskGigabytes: told?.diskGigabytes ?? rolling.systemDiskGigabytes(normal, size) };
  };
  const stateful = { normal: rolling.stateful(plans.normal), rush: rolling.stateful(plans.rush) };
  const parts = Object.keys(stateful.normal);
  const same = parts.filter((part) => stateful.normal[part] === stateful.rush[part]);
  return {
    fronts: { small: sizeOf(rolling.defaultSize(normal)), large: sizeOf(rolling.defaultSize(rush)) },
    loadBalancer: {
      resizes: rolling.resizesLoadBalancer(normal),
      normal: plans.normal.fleet.loadBalancerBandwidth,
      rush: plans.rush.fleet.loadBalancerBandwidth,
    },
    databases: { same, differing: parts.filter((part) => !same.includes(part)) },
  };
}

function dataLossFacts(context: StackContext, { target, live, steps }: ConditionsRequest) {
  const { settings, system } = context.project;
  let now = live;
  const during = steps.map(({ step, out }): LossMoment => {
    const before = planFleet(context, fleetOfLive(now));
    now = liveAfter(now, step);
    return { when: `during ${describeStep(step)}`, losses: system.dataLoss(before, out) };
  });
  const inTarget = { when: `in ${target}`, losses: system.dataLoss(planProfile(context, target)) };
  return {
    rpoSeconds: settings.normal.rpo.inSeconds(),
    moments: [inTarget, ...during],
    waivers: settings.normal.waivers,
    today: context.clock.now().toISOString().slice(0, 10),
    settings: system.capabilities.recovery?.lossRemedies ?? {},
  };
}

function rushPriceFacts(context: StackContext, request: ConditionsRequest) {
  const book = requirePriceBook(context.project);
  let now = request.live;
  const steps = request.steps.map(({ step, seconds }) => {
    const month = priceItems(itemsOf(planFleet(context, fleetAfter(now, step), request.target)), book);
    now = liveAfter(now, step);
    return { seconds, month };
  });
  return {
    ...calendarFacts(context, request),
    prices: priceProfiles(context.project, book),
    steps,
    unpriced: unpricedDifferences(context.project, book),
  };
}
