import { Temporal } from "temporal-polyfill";
import type { OfferedFlavor } from "../../clouds/clients.ts";
import type { Profile } from "../../domain/profile.ts";
import type { StepForecast } from "../../rolling/forecast.ts";
import { describeStep, type LiveFleet, type SwitchGoal, type SwitchStop } from "../../rolling/model.ts";
import type { Answer } from "../../rolling/preflight/answer.ts";
import { backupChecks } from "../../rolling/preflight/backups.ts";
import { dataLossChecks, type LossMoment } from "../../rolling/preflight/data-loss.ts";
import { durationCheck } from "../../rolling/preflight/duration.ts";
import { eventTimeCheck } from "../../rolling/preflight/event-time.ts";
import { frontsServeChecks } from "../../rolling/preflight/fronts-serve.ts";
import { onceBegun, type PreflightCheck } from "../../rolling/preflight/preflight-check.ts";
import { reversibilityChecks } from "../../rolling/preflight/reversibility.ts";
import { rushPriceCheck } from "../../rolling/preflight/rush-price.ts";
import { scaleDownTimeCheck } from "../../rolling/preflight/scale-down-time.ts";
import { supplyChecks } from "../../rolling/preflight/supply.ts";
import { fleetAfter, fleetOfLive, liveAfter } from "../../rolling/step-fleet.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { describeUnboundAddresses } from "../../stack/unbound-addresses.ts";
import { itemsOf, planFleet, planProfile, rollingOf } from "../../systems/project-plan.ts";
import { requirePriceBook } from "../cost/estimate-cost.ts";
import { priceItems, priceProfiles, rushCostsMore, unpricedDifferences } from "../cost/price-profiles.ts";
import { scaleDownChecks } from "../normal/scale-down-preflight.ts";
import { readBackups } from "./backup-facts.ts";
import { readSupply } from "./supply-facts.ts";

/** Season options of a switch, as given on the command line. */
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

export interface PreflightRequest {
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
export async function preflightChecks(
  context: StackContext,
  request: PreflightRequest,
): Promise<readonly PreflightCheck[]> {
  const { target, begun, stop } = request;
  const [supply, backups, unbound] = await Promise.all([
    readSupply(context, request),
    readBackups(context),
    stop === undefined ? undefined : describeUnboundAddresses(context),
  ]);
  const cause = unbound === undefined ? undefined : { reason: unbound, next: "lor-infra cloud status" };
  const kept = backupChecks(backups);
  return [
    ...timeChecks(context, request),
    ...(target === "normal" && request.steps.length > 0
      ? await scaleDownChecks(context, request.season.busy === true)
      : []),
    ...reversibilityChecks(reversibilityFacts(context, supply.flavorsOffered)),
    // The steps of a switch that cannot begin are unknown.
    ...(stop === undefined ? supplyChecks(supply) : []),
    ...frontsServeChecks({ ...request, cause }),
    ...dataLossChecks(dataLossFacts(context, request)),
    ...(begun ? onceBegun(kept) : kept),
    ...(stop === undefined ? forecastChecks(context, request) : []),
  ];
}

/** A way back that has begun is still refused while the event wants its rush: what is still large is needed. */
function timeChecks(context: StackContext, request: PreflightRequest): readonly PreflightCheck[] {
  if (request.target === "normal") return [scaleDownTimeCheck(scaleDownTimeFacts(context, request))];
  const time = [eventTimeCheck(eventTimeFacts(context, request))];
  return request.begun ? onceBegun(time) : time;
}

function forecastChecks(context: StackContext, request: PreflightRequest): readonly PreflightCheck[] {
  const { steps, target } = request;
  return [
    ...(target === "rush" ? [rushPriceCheck(rushPriceFacts(context, request))] : []),
    durationCheck({ ...calendarFacts(context, request), steps }),
  ];
}

function calendarFacts({ project, clock }: StackContext, { season }: PreflightRequest) {
  return {
    calendar: project.settings.normal.calendar,
    now: season.at ?? Temporal.Instant.fromEpochMilliseconds(clock.now().getTime()),
    event: season.event,
  };
}

function eventTimeFacts(context: StackContext, request: PreflightRequest) {
  const { early = false, late = false } = request.season;
  return {
    ...calendarFacts(context, request),
    accepted: { early, late },
    costsMore: (seconds: number) => rushCostsMore(context.project, seconds),
  };
}

function scaleDownTimeFacts(context: StackContext, request: PreflightRequest) {
  const { calendar, now } = calendarFacts(context, request);
  return { calendar, now, early: request.season.early === true, serves: context.cloud !== "local" };
}

function reversibilityFacts(context: StackContext, offered: Answer<readonly OfferedFlavor[]>) {
  const { normal, rush } = context.project.settings;
  const plans = { normal: planProfile(context.project, "normal"), rush: planProfile(context.project, "rush") };
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
    fronts: {
      small: sizeOf(rolling.defaultSize(normal)),
      large: sizeOf(rolling.defaultSize(rush)),
      advice: rolling.reversibility.members,
    },
    loadBalancer: {
      resizes: rolling.resizesLoadBalancer(normal),
      normal: plans.normal.fleet.loadBalancerBandwidth,
      rush: plans.rush.fleet.loadBalancerBandwidth,
      advice: rolling.reversibility.loadBalancer,
    },
    databases: { same, differing: parts.filter((part) => !same.includes(part)) },
  };
}

function dataLossFacts(context: StackContext, { target, live, steps }: PreflightRequest) {
  const { settings, system } = context.project;
  let now = live;
  const during = steps.map(({ step, out }): LossMoment => {
    const before = planFleet(context.project, fleetOfLive(now));
    now = liveAfter(now, step);
    return { when: `during ${describeStep(step)}`, losses: system.dataLoss(before, out) };
  });
  const inTarget = { when: `in ${target}`, losses: system.dataLoss(planProfile(context.project, target)) };
  return {
    rpoSeconds: settings.normal.rpo.inSeconds(),
    moments: [inTarget, ...during],
    waivers: settings.normal.waivers,
    today: context.clock.now().toISOString().slice(0, 10),
    settings: system.capabilities.recovery?.lossRemedies ?? {},
  };
}

function rushPriceFacts(context: StackContext, request: PreflightRequest) {
  const book = requirePriceBook(context.project);
  let now = request.live;
  const steps = request.steps.map(({ step, seconds }) => {
    const month = priceItems(itemsOf(planFleet(context.project, fleetAfter(now, step), request.target)), book);
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
