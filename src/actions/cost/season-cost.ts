import type { Temporal } from "temporal-polyfill";
import { type Contract, instancePrice } from "../../domain/billing.ts";
import { unknownIn } from "../../domain/calendar/price.ts";
import { planSeason, type RushWindow } from "../../domain/calendar/windows.ts";
import type { PriceBook } from "../../domain/price-book.ts";
import type { Profile } from "../../domain/profile.ts";
import {
  begunHours,
  contractsOf,
  contractsOfResized,
  type ResizedContract,
  type SeasonContract,
} from "../../domain/season/contracts.ts";
import { instancesOfSeason, type SeasonInstance } from "../../domain/season/instances.ts";
import { leavingItems } from "../../domain/season/leaving.ts";
import type { Period } from "../../domain/season/period.ts";
import {
  type MonthCost,
  type PeriodCost,
  pricePeriod,
  type SeasonCost,
  type SeasonPrices,
  type SwitchPrice,
} from "../../domain/season/year-price.ts";
import { forecastSwitch } from "../../rolling/forecast.ts";
import { pathTo } from "../../rolling/step-fleet.ts";
import type { Project } from "../../systems/load-project.ts";
import { cloudOf, rollingOf } from "../../systems/project-plan.ts";
import { requirePriceBook } from "./estimate-cost.ts";
import { priceItems, priceProfiles, profileItems } from "./price-profiles.ts";

export interface SeasonCostArgs {
  readonly project: Project;
  /** First day of a year. */
  readonly from: Temporal.PlainDate;
  /** Id of a price book, such as `offer-2025`. */
  readonly priceBook?: string | undefined;
}

/**
 * Yearly cost with rush windows. Days are `YYYY-MM-DD` in the time zone, `to` is inclusive; amounts are decimal texts, null is unknown, never zero.
 */
export interface SeasonCostReport {
  readonly version: 1;
  readonly from: string;
  readonly to: string;
  readonly timeZone: string;
  readonly prices: {
    readonly priceBook: string;
    readonly currency: string;
    readonly tax: PriceBook["tax"];
    /** Hours in a month of these prices; amounts are shares of it. */
    readonly hoursPerMonth: number;
    /** Monthly price of each profile, including what the offer leaves out. */
    readonly month: Readonly<Record<Profile, string | null>>;
    /** Charges without a known price; every amount here excludes them. */
    readonly unknown: readonly string[];
  };
  readonly windows: readonly SeasonCostWindow[];
  readonly switches: Readonly<Record<"toRush" | "toNormal", SeasonCostSwitch>>;
  /** Calendar months; the first and the last one may be partial. */
  readonly months: readonly SeasonCostMonth[];
  readonly total: SeasonCostSums;
  /** Additional cost over a year in normal, and saving against a year in rush. */
  readonly difference: { readonly toAlwaysNormal: string | null; readonly toAlwaysRush: string | null };
  readonly contracts: readonly SeasonCostContract[];
  /** Instances that rush resizes, over the whole year: each is on a plan all the time, or never. */
  readonly resized: readonly SeasonCostResized[];
  /** Terms of a monthly plan to know before ordering one. */
  readonly planTerms: readonly string[];
}

interface SeasonCostWindow {
  readonly events: readonly string[];
  readonly rushFrom: string;
  readonly rushTo: string;
  readonly hours: number;
}

/** One switch: while it runs, old and new charges are both billed. */
interface SeasonCostSwitch {
  /** Expected on the real cloud. */
  readonly seconds: number;
  /** Billed hours: each hour begun counts. */
  readonly hours: number;
  /** Upper bound: the price of all charges that end, for these hours. */
  readonly price: string | null;
}

export interface SeasonCostSums {
  readonly hoursInNormal: number;
  readonly hoursInRush: number;
  readonly switches: number;
  readonly inNormal: string | null;
  readonly inRush: string | null;
  readonly inSwitches: string | null;
  readonly total: string | null;
  readonly alwaysNormal: string | null;
  readonly alwaysRush: string | null;
}

interface SeasonCostMonth extends SeasonCostSums {
  readonly month: string;
}

/** Contract of one instance in one size for one period. */
export interface SeasonCostContract {
  readonly instance: string;
  readonly size: string;
  readonly when: SeasonInstance["when"];
  /** Contract of an instance for a rush. */
  readonly window: { readonly rushFrom: string; readonly rushTo: string } | null;
  readonly priceBook: string;
  /** Prices per hour and per month. */
  readonly hour: string | null;
  readonly month: string | null;
  readonly hours: number;
  /** Months begun, each of which is billed in full on a plan. */
  readonly months: number;
  readonly hourly: string | null;
  readonly monthlyPlan: string | null;
  /** Null: a price is unknown. */
  readonly cheaper: Contract | null;
  /** Number of hours from which the plan is at most as expensive. */
  readonly breakEvenHours: number | null;
  /** Price of the plan if its first month is billed pro rata. */
  readonly proRata: { readonly monthlyPlan: string; readonly cheaper: Contract } | null;
  readonly why: string;
}

interface SeasonCostResized {
  readonly instance: string;
  readonly sizes: Readonly<Record<Profile, string>>;
  readonly hourly: string | null;
  /** Upper bound: both sizes in full in every month with a rush. */
  readonly monthlyPlan: string | null;
  readonly cheaper: Contract | null;
}

/** Cost of a year, and the best contract for each of its instances. Pure. @throws LorError `price-book-unknown` */
export function costSeason({ project, from, priceBook }: SeasonCostArgs): SeasonCostReport {
  const book = requirePriceBook(project, priceBook);
  const { calendar } = project.settings.normal;
  const period: Period = { from, until: from.add({ years: 1 }) };
  const { windows } = planSeason(calendar, from, 1);
  const { prices, seconds } = priceSeason(project, book);
  const instances = instancesOfProject(project);
  const priceOf = (size: string) => instancePrice(size, book);
  const cost = pricePeriod(
    period,
    windows.map(({ wall }) => wall),
    prices,
  );
  return {
    version: 1,
    from: period.from.toString(),
    to: period.until.subtract({ days: 1 }).toString(),
    timeZone: calendar.timeZone,
    prices: {
      priceBook: book.id,
      currency: book.currency,
      tax: book.tax,
      hoursPerMonth: book.hoursPerMonth,
      month: { normal: prices.normal.known?.amount ?? null, rush: prices.rush.known?.amount ?? null },
      unknown: unknownIn(prices),
    },
    windows: windows.map(renderWindow),
    switches: {
      toRush: renderSwitch(prices.switches.toRush, seconds.toRush, book),
      toNormal: renderSwitch(prices.switches.toNormal, seconds.toNormal, book),
    },
    months: cost.months.map(renderMonth),
    total: renderSums(cost.total),
    difference: differencesOf(cost.total),
    contracts: contractsOf(instances, period, windows, priceOf).map(renderContract),
    resized: contractsOfResized(instances, period, windows, priceOf).map(renderResized),
    planTerms: cloudOf(project).monthlyPlanTerms,
  };
}

export function instancesOfProject(project: Project): readonly SeasonInstance[] {
  return instancesOfSeason(profileItems(project, "normal"), profileItems(project, "rush"));
}

interface PricedSeason {
  readonly prices: SeasonPrices;
  /** Expected duration of each switch. */
  readonly seconds: { readonly toRush: number; readonly toNormal: number };
}

function priceSeason(project: Project, book: PriceBook): PricedSeason {
  const items = { normal: profileItems(project, "normal"), rush: profileItems(project, "rush") };
  const seconds = { toRush: secondsTo(project, "rush"), toNormal: secondsTo(project, "normal") };
  const switchPrice = (before: Profile, after: Profile, length: number): SwitchPrice => ({
    hours: begunHours(length),
    leaving: priceItems(leavingItems(items[before], items[after]), book),
  });
  return {
    prices: {
      ...priceProfiles(project, book),
      switches: {
        toRush: switchPrice("normal", "rush", seconds.toRush),
        toNormal: switchPrice("rush", "normal", seconds.toNormal),
      },
    },
    seconds,
  };
}

/** Expected duration of an undisturbed switch: an estimate, without the stack's journal. */
function secondsTo(project: Project, target: Profile): number {
  const rolling = rollingOf(project);
  const { settings } = project;
  const live = rolling.undisturbed(settings, target === "rush" ? "normal" : "rush");
  const { steps } = pathTo(live, rolling.goal(settings, target));
  return forecastSwitch(live, steps, {
    durations: new Map(),
    real: true,
    estimates: cloudOf(project).durations,
  }).reduce((sum, step) => sum + step.seconds, 0);
}

function renderWindow({ occurrences, firstDay, lastDay, seconds }: RushWindow): SeasonCostWindow {
  return {
    events: occurrences.map(({ event }) => event.name),
    rushFrom: firstDay.toString(),
    rushTo: lastDay.toString(),
    hours: seconds / 3600,
  };
}

function renderSwitch({ hours, leaving }: SwitchPrice, seconds: number, book: PriceBook): SeasonCostSwitch {
  return { seconds, hours, price: leaving.known?.share(hours, book.hoursPerMonth).amount ?? null };
}

function renderMonth({ part, ...sums }: MonthCost): SeasonCostMonth {
  return { month: part.month, ...renderSums(sums) };
}

function renderSums(sums: SeasonCost): SeasonCostSums {
  return {
    hoursInNormal: sums.normalSeconds / 3600,
    hoursInRush: sums.rushSeconds / 3600,
    switches: sums.switches,
    inNormal: sums.inNormal?.amount ?? null,
    inRush: sums.inRush?.amount ?? null,
    inSwitches: sums.inSwitches?.amount ?? null,
    total: sums.total?.amount ?? null,
    alwaysNormal: sums.alwaysNormal?.amount ?? null,
    alwaysRush: sums.alwaysRush?.amount ?? null,
  };
}

function differencesOf({ total, alwaysNormal, alwaysRush }: PeriodCost["total"]): SeasonCostReport["difference"] {
  const known = total !== undefined && alwaysNormal !== undefined && alwaysRush !== undefined;
  return {
    toAlwaysNormal: known ? total.minus(alwaysNormal).amount : null,
    toAlwaysRush: known ? alwaysRush.minus(total).amount : null,
  };
}

export function renderContract(contract: SeasonContract): SeasonCostContract {
  const { instance, window, price, use, choice } = contract;
  return {
    instance: instance.name,
    size: instance.size,
    when: instance.when,
    window: window === undefined ? null : { rushFrom: window.firstDay.toString(), rushTo: window.lastDay.toString() },
    priceBook: price.priceBook,
    hour: price.hour?.amount ?? null,
    month: price.monthlyPlan?.amount ?? null,
    hours: use.hours,
    months: use.months,
    hourly: choice.hourly?.toCents().amount ?? null,
    monthlyPlan: choice.monthlyPlan?.amount ?? null,
    cheaper: choice.cheaper ?? null,
    breakEvenHours: choice.breakEvenHours ?? null,
    proRata:
      choice.proRata === undefined
        ? null
        : { monthlyPlan: choice.proRata.monthlyPlan.amount, cheaper: choice.proRata.cheaper },
    why: explain(contract),
  };
}

function renderResized({ name, sizes, hourly, monthlyPlan, cheaper }: ResizedContract): SeasonCostResized {
  return {
    instance: name,
    sizes,
    hourly: hourly?.toCents().amount ?? null,
    monthlyPlan: monthlyPlan?.amount ?? null,
    cheaper: cheaper ?? null,
  };
}

function explain({ instance, price, use, choice }: SeasonContract): string {
  const { cheaper, breakEvenHours, proRata } = choice;
  if (price.hour === undefined) return `no price book has an hour of ${instance.size}`;
  if (cheaper === undefined || breakEvenHours === undefined)
    return `no price book has a monthly plan of ${instance.size}`;
  const months = use.months === 1 ? "1 month of the plan costs" : `${use.months} months of the plan cost`;
  const hours = `${months} as much as ${breakEvenHours} hours by the hour; it runs ${use.hours}`;
  const inVain =
    instance.when === "outside-rush" && cheaper === "monthly-plan" ? ", although the plan is due in rush too" : "";
  const otherwise =
    proRata === undefined || proRata.cheaper === cheaper
      ? ""
      : `; the plan would be ${proRata.monthlyPlan.amount} ${proRata.monthlyPlan.currency} and cheaper if its first month is due from its first day only`;
  return `${hours}${inVain}${otherwise}`;
}
