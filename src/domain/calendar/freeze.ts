import type { Temporal } from "temporal-polyfill";
import { dayOf, midnightAfter, midnightOf, momentOf } from "./local-time.ts";
import type { Calendar, Occurrence } from "./model.ts";
import { occurrencesOf } from "./occurrences.ts";
import { isWithin } from "./windows.ts";

/** A period around an event in which avoidable changes are refused. */
export interface Freeze {
  readonly occurrence: Occurrence;
  readonly start: Temporal.ZonedDateTime;
  /** First moment after it. */
  readonly end: Temporal.ZonedDateTime;
  readonly firstDay: Temporal.PlainDate;
  /** Last day, even if only part of it belongs to the period. */
  readonly lastDay: Temporal.PlainDate;
}

/** None for an event without a freeze. */
export function freezeOf(occurrence: Occurrence, timeZone: string): Freeze | undefined {
  const { event, first, last } = occurrence;
  if (event.freeze === undefined) return undefined;
  const from = midnightOf(first) - event.freeze.before.milliseconds;
  const to = midnightAfter(last) + event.freeze.after.milliseconds;
  return {
    occurrence,
    start: momentOf(from, timeZone, "earlier"),
    end: momentOf(to, timeZone, "later"),
    firstDay: dayOf(from),
    lastDay: dayOf(to - 1),
  };
}

/** An offset from Easter spans up to a year, a freeze one more in each direction. */
const reachYears = 3;

/** The freeze in force at a moment; of several the one that ends last. */
export function freezeAt(calendar: Calendar, moment: Temporal.Instant): Freeze | undefined {
  const { year } = moment.toZonedDateTimeISO(calendar.timeZone);
  return occurrencesOf(calendar, year - reachYears, year + reachYears)
    .map((occurrence) => freezeOf(occurrence, calendar.timeZone))
    .filter((freeze) => freeze !== undefined)
    .filter((freeze) => isWithin(freeze, moment))
    .sort((a, b) => b.end.epochMilliseconds - a.end.epochMilliseconds)
    .at(0);
}
