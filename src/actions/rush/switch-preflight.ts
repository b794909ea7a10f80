import { Temporal } from "temporal-polyfill";
import type { OfferedFlavor } from "../../clouds/clients.ts";
import { renderCents } from "../../core/money.ts";
import { priceTime } from "../../domain/calendar/price.ts";
import { describeStep } from "../../rolling/model.ts";
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
import type { StackContext } from "../../stack/stack-context.ts";
import { describeUnboundAddresses } from "../../stack/unbound-addresses.ts";
import { rollingOf } from "../../systems/project-plan.ts";
import { scaleDownChecks } from "../normal/scale-down-preflight.ts";
import { readBackups } from "./backup-facts.ts";
import { readSupply } from "./supply-facts.ts";
import type { SwitchPicture } from "./switch-picture.ts";

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

/** A switch to be judged, with what the person asked for. */
type PreflightRequest = SwitchPicture & { readonly season: SeasonChoice };

/** Looks up and judges everything that is asked before a switch changes anything; of a switch that has begun, of what is left of it. */
export async function preflightChecks(
  context: StackContext,
  picture: SwitchPicture,
  season: SeasonChoice,
): Promise<readonly PreflightCheck[]> {
  const request = { ...picture, season };
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
    ...reversibilityChecks(reversibilityFacts(context, picture, supply.flavorsOffered)),
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
    costsMore: (seconds: number) => {
      const { extra } = priceTime(seconds, request.prices.profiles);
      return extra === undefined ? undefined : renderCents(extra);
    },
  };
}

function scaleDownTimeFacts(context: StackContext, request: PreflightRequest) {
  const { calendar, now } = calendarFacts(context, request);
  return { calendar, now, early: request.season.early === true, serves: context.cloud !== "local" };
}

function reversibilityFacts(
  context: StackContext,
  { profiles }: SwitchPicture,
  offered: Answer<readonly OfferedFlavor[]>,
) {
  const { normal, rush } = context.project.settings;
  const rolling = rollingOf(context.project);
  const sizeOf = (size: string) => {
    const flavor = rolling.flavorOf(normal, size);
    const told = "known" in offered ? offered.known.find(({ name }) => name === flavor) : undefined;
    return { size, flavor, diskGigabytes: told?.diskGigabytes ?? rolling.systemDiskGigabytes(normal, size) };
  };
  const stateful = { normal: rolling.stateful(profiles.normal), rush: rolling.stateful(profiles.rush) };
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
      normal: profiles.normal.fleet.loadBalancerBandwidth,
      rush: profiles.rush.fleet.loadBalancerBandwidth,
      advice: rolling.reversibility.loadBalancer,
    },
    databases: { same, differing: parts.filter((part) => !same.includes(part)) },
  };
}

function dataLossFacts(context: StackContext, { target, steps, profiles }: SwitchPicture) {
  const { settings, system } = context.project;
  const inTarget = { when: `in ${target}`, losses: system.dataLoss(profiles[target]) };
  const during = steps.map(
    ({ step, before, out }): LossMoment => ({
      when: `during ${describeStep(step)}`,
      losses: system.dataLoss(before, out),
    }),
  );
  return {
    rpoSeconds: settings.normal.rpo.inSeconds(),
    moments: [inTarget, ...during],
    waivers: settings.normal.waivers,
    today: context.clock.now().toISOString().slice(0, 10),
    settings: system.capabilities.recovery?.lossRemedies ?? {},
  };
}

function rushPriceFacts(context: StackContext, request: PreflightRequest) {
  const { steps, prices } = request;
  return {
    ...calendarFacts(context, request),
    prices: prices.profiles,
    steps: steps.map(({ seconds, price }) => ({ seconds, month: price })),
    unpriced: prices.unpriced,
  };
}
