import type { Temporal } from "temporal-polyfill";
import { type Money, renderCents } from "../../core/money.ts";
import type { Calendar } from "../../domain/calendar/model.ts";
import { type MonthlyPrice, type MonthlyPrices, priceTime } from "../../domain/calendar/price.ts";
import { timingOf } from "../../domain/calendar/timing.ts";
import { planSeason, type RushWindow, windowAt } from "../../domain/calendar/windows.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface RushPriceFacts {
  readonly calendar: Calendar;
  readonly now: Temporal.Instant;
  /** Event that the rush is for; undefined: whichever is on. */
  readonly event: string | undefined;
  readonly prices: MonthlyPrices;
  /** Each step that is left: how long it takes, and what a month of what is there meanwhile costs. */
  readonly steps: readonly { readonly seconds: number; readonly month: MonthlyPrice }[];
  /** Charges without a known price that differ between the profiles: the additional cost is then uncertain. */
  readonly unpriced: readonly string[];
}

const checkName = "price";
const yearSeconds = 365 * 86_400;

/** Additional cost of the rush: until its end, during the switch, and against a whole year in rush. */
export function rushPriceCheck(facts: RushPriceFacts): PreflightCheck {
  const { calendar, now, event, prices, unpriced } = facts;
  const window = (event === undefined ? undefined : timingOf(calendar, event, now)?.window) ?? windowAt(calendar, now);
  const parts = [
    ...(window === undefined ? [] : [untilEnd(window, now, prices)]),
    `the switch itself ${render(switchExtra(facts))}`,
    allYear(calendar, now, prices),
  ];
  const reason = `more than normal, before tax: ${parts.join("; ")}`;
  if (unpriced.length === 0) return { name: checkName, outcome: "ok", reason };
  return {
    name: checkName,
    outcome: "unknown",
    code: "rush-price-not-sure",
    reason: `${reason}; without a price and not counted: ${unpriced.join(", ")}`,
    next: "lor-infra cost",
  };
}

function untilEnd(window: RushWindow, now: Temporal.Instant, prices: MonthlyPrices): string {
  const seconds = Math.max(0, Math.round((window.end.epochMilliseconds - now.epochMilliseconds) / 1000));
  const { extra, inRush } = priceTime(seconds, prices);
  return `until the end of the rush on ${window.lastDay} ${render(extra)} (${render(inRush)} in all)`;
}

/** While the steps are carried out: what is there then, over what normal would have cost in that time. */
function switchExtra({ steps, prices }: RushPriceFacts): Money | undefined {
  const whole = prices.hoursPerMonth * 3600;
  const normal = prices.normal.known;
  let sum: Money | undefined = normal?.minus(normal);
  for (const { seconds, month } of steps) {
    if (sum === undefined || normal === undefined || month.known === undefined) return undefined;
    sum = sum.plus(month.known.minus(normal).share(Math.round(seconds), whole));
  }
  return sum;
}

/** A year of rush against a year as the calendar has it. */
function allYear(calendar: Calendar, now: Temporal.Instant, prices: MonthlyPrices): string {
  const today = now.toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  const { windows } = planSeason(calendar, today, 1);
  const from = now.epochMilliseconds;
  const seasons = windows.reduce((sum, { start, end }) => {
    const begins = Math.max(from, start.epochMilliseconds);
    const ends = Math.min(from + yearSeconds * 1000, end.epochMilliseconds);
    return sum + Math.max(0, Math.round((ends - begins) / 1000));
  }, 0);
  const year = render(priceTime(yearSeconds, prices).extra);
  return `in rush for a whole year ${year}, by the calendar ${render(priceTime(seasons, prices).extra)}`;
}

function render(money: Money | undefined): string {
  return money === undefined ? "an unknown sum" : renderCents(money);
}
