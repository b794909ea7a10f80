import type { Temporal } from "temporal-polyfill";
import { midnightOf, type WallTime } from "../calendar/local-time.ts";

/** Whole days in wall-clock time: the first one, and the first one after the period. */
export interface Period {
  readonly from: Temporal.PlainDate;
  readonly until: Temporal.PlainDate;
}

/** A calendar month, or the part of it inside a period. */
export interface MonthPart extends Span {
  /** `YYYY-MM` */
  readonly month: string;
}

/** Half-open interval. */
export interface Span {
  readonly from: WallTime;
  readonly to: WallTime;
}

export function spanOf({ from, until }: Period): Span {
  return { from: midnightOf(from), to: midnightOf(until) };
}

/** Months of a period in order; the first and the last one may be partial. */
export function monthsOf(period: Period): readonly MonthPart[] {
  const months: MonthPart[] = [];
  const end = midnightOf(period.until);
  let day = period.from;
  while (midnightOf(day) < end) {
    const next = day.with({ day: 1 }).add({ months: 1 });
    months.push({
      month: day.toPlainYearMonth().toString(),
      from: midnightOf(day),
      to: Math.min(midnightOf(next), end),
    });
    day = next;
  }
  return months;
}

/** Intersection of two periods; empty when they do not overlap. */
export function clip(period: Period, within: Period): Period {
  const from = laterOf(period.from, within.from);
  const until = earlierOf(period.until, within.until);
  return { from, until: laterOf(from, until) };
}

function laterOf(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return midnightOf(one) > midnightOf(other) ? one : other;
}

function earlierOf(one: Temporal.PlainDate, other: Temporal.PlainDate): Temporal.PlainDate {
  return midnightOf(one) < midnightOf(other) ? one : other;
}

/** Overlap of two intervals, in seconds. */
export function secondsTogether(one: Span, other: Span): number {
  return Math.max(0, Math.min(one.to, other.to) - Math.max(one.from, other.from)) / 1000;
}
