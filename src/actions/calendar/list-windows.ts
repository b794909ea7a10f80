import type { Temporal } from "temporal-polyfill";
import { type Freeze, freezeAt, freezeOf } from "../../domain/calendar/freeze.ts";
import type { Calendar, Occurrence } from "../../domain/calendar/model.ts";
import { type MonthlyPrice, type MonthlyPrices, priceTime, unknownIn } from "../../domain/calendar/price.ts";
import { type Gap, planSeason, type RushWindow } from "../../domain/calendar/windows.ts";
import type { PriceBook } from "../../domain/price-book.ts";
import type { Profile } from "../../domain/profile.ts";
import type { Project } from "../../systems/load-project.ts";
import { requirePriceBook } from "../cost/estimate-cost.ts";
import { priceProfiles } from "../cost/price-profiles.ts";

export interface ListWindowsArgs {
  readonly project: Project;
  readonly now: Temporal.Instant;
  /** First day of the period. Default: today in the company's time zone. */
  readonly from?: Temporal.PlainDate;
  /** Length of the period. */
  readonly years: number;
  /** Id of a price book, such as `offer-2025`. */
  readonly priceBook?: string | undefined;
}

/** Days are `YYYY-MM-DD` in the time zone and `to` is inclusive; times have their offset; amounts are decimal texts, null is unknown. */
export interface CalendarReport {
  readonly version: 1;
  readonly timeZone: string;
  readonly from: string;
  readonly years: number;
  /** Windows closer than this are merged. */
  readonly mergeWithin: string;
  /** The change freeze in force. */
  readonly frozen: { readonly event: string; readonly until: string } | null;
  readonly prices: {
    readonly priceBook: string;
    readonly currency: string;
    readonly tax: PriceBook["tax"];
    /** Monthly price of each profile, including what the offer leaves out. */
    readonly month: Readonly<Record<Profile, string | null>>;
    /** Charges without a known price; every amount here excludes them. */
    readonly unknown: readonly string[];
  };
  readonly windows: readonly CalendarWindow[];
  /** Time between two events: bridged by a merged window, or spent in normal. */
  readonly gaps: readonly CalendarGap[];
}

export interface CalendarWindow extends CalendarEvent {
  readonly rushFrom: string;
  /** Last day in rush. */
  readonly rushTo: string;
  /** Other events of a merged window. */
  readonly mergedWith: readonly string[];
  readonly profile: "rush";
  readonly start: string;
  /** First moment after the window. */
  readonly end: string;
  readonly days: number;
  /** All events of the window, beginning with the one that names it. */
  readonly events: readonly CalendarEvent[];
  readonly price: CalendarPrice;
}

export interface CalendarEvent {
  readonly event: string;
  /** Year of the rule; identifies an event together with its name. */
  readonly year: number;
  readonly date: string;
  /** Last day of an event of several days; otherwise `date`. */
  readonly lastDate: string;
  readonly freeze: CalendarFreeze | null;
}

interface CalendarFreeze {
  readonly from: string;
  /** Last day of the window. */
  readonly to: string;
  readonly start: string;
  /** First moment after it. */
  readonly end: string;
}

export interface CalendarGap {
  readonly after: string;
  readonly before: string;
  readonly from: string;
  readonly to: string;
  readonly days: number;
  /** Whether the system stays in rush during it. */
  readonly merged: boolean;
  readonly price: CalendarPrice;
}

/** Prices of a period in both profiles, and the difference; without the switch itself, which has no price. */
interface CalendarPrice {
  readonly inNormal: string | null;
  readonly inRush: string | null;
  readonly extra: string | null;
}

/** Rush windows with their prices. @throws LorError `price-book-unknown` */
export function listWindows({ project, now, from, years, priceBook }: ListWindowsArgs): CalendarReport {
  const book = requirePriceBook(project, priceBook);
  const { calendar } = project.settings.normal;
  const firstDay = from ?? now.toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  const season = planSeason(calendar, firstDay, years);
  const prices = priceProfiles(project, book);
  const freeze = freezeAt(calendar, now);
  const gaps = [
    ...season.windows.flatMap(({ bridged }) => bridged.map((gap) => renderGap(gap, true, prices))),
    ...season.gaps.map((gap) => renderGap(gap, false, prices)),
  ];
  return {
    version: 1,
    timeZone: calendar.timeZone,
    from: firstDay.toString(),
    years,
    mergeWithin: calendar.mergeWithin.toString(),
    frozen: freeze === undefined ? null : { event: freeze.occurrence.event.name, until: renderMoment(freeze.end) },
    prices: {
      priceBook: book.id,
      currency: book.currency,
      tax: book.tax,
      month: { normal: renderMonth(prices.normal), rush: renderMonth(prices.rush) },
      unknown: unknownIn(prices),
    },
    windows: season.windows.map((window) => renderWindow(window, calendar, prices)),
    gaps: gaps.sort((a, b) => (a.from < b.from ? -1 : 1)),
  };
}

function renderWindow(window: RushWindow, { timeZone }: Calendar, prices: MonthlyPrices): CalendarWindow {
  const [first, ...others] = window.occurrences;
  const named = renderEvent(first, timeZone);
  return {
    ...named,
    rushFrom: window.firstDay.toString(),
    rushTo: window.lastDay.toString(),
    mergedWith: others.map(({ event }) => event.name),
    profile: first.event.profile,
    start: renderMoment(window.start),
    end: renderMoment(window.end),
    days: window.firstDay.until(window.lastDay).days + 1,
    events: [named, ...others.map((occurrence) => renderEvent(occurrence, timeZone))],
    price: renderPrice(window.seconds, prices),
  };
}

function renderEvent(occurrence: Occurrence, timeZone: string): CalendarEvent {
  const { event, year, first, last } = occurrence;
  const freeze = freezeOf(occurrence, timeZone);
  return {
    event: event.name,
    year,
    date: first.toString(),
    lastDate: last.toString(),
    freeze: freeze === undefined ? null : renderFreeze(freeze),
  };
}

function renderFreeze({ start, end, firstDay, lastDay }: Freeze): CalendarFreeze {
  return {
    from: firstDay.toString(),
    to: lastDay.toString(),
    start: renderMoment(start),
    end: renderMoment(end),
  };
}

function renderGap(gap: Gap, merged: boolean, prices: MonthlyPrices): CalendarGap {
  return {
    after: gap.after.event.name,
    before: gap.before.event.name,
    from: gap.firstDay.toString(),
    to: gap.lastDay.toString(),
    days: gap.firstDay.until(gap.lastDay).days + 1,
    merged,
    price: renderPrice(gap.seconds, prices),
  };
}

function renderPrice(seconds: number, prices: MonthlyPrices): CalendarPrice {
  const { inNormal, inRush, extra } = priceTime(seconds, prices);
  return { inNormal: inNormal?.amount ?? null, inRush: inRush?.amount ?? null, extra: extra?.amount ?? null };
}

function renderMonth({ known }: MonthlyPrice): string | null {
  return known?.amount ?? null;
}

function renderMoment(moment: Temporal.ZonedDateTime): string {
  return moment.toString({ timeZoneName: "never" });
}
