import type { Temporal } from "temporal-polyfill";
import { midnightAfter, midnightOf, momentOf } from "./local-time.ts";
import type { Calendar, Occurrence } from "./model.ts";
import { occurrencesOf } from "./occurrences.ts";
import { isWithin } from "./windows.ts";

/** A time around an event in which nothing is changed that can wait. */
export interface Freeze {
  readonly occurrence: Occurrence;
  readonly start: Temporal.ZonedDateTime;
  /** The first moment after it. */
  readonly end: Temporal.ZonedDateTime;
}

/** Of an event without a freeze, none. */
export function freezeOf(occurrence: Occurrence, timeZone: string): Freeze | undefined {
  const { event, first, last } = occurrence;
  if (event.freeze === undefined) return undefined;
  return {
    occurrence,
    start: momentOf(midnightOf(first) - event.freeze.before.milliseconds, timeZone, "earlier"),
    end: momentOf(midnightAfter(last) + event.freeze.after.milliseconds, timeZone, "later"),
  };
}

/** An offset from Easter reaches a year, a freeze one more to either side. */
const reachYears = 3;

/** The freeze that a moment lies in; of several the one that ends last. */
export function freezeAt(calendar: Calendar, moment: Temporal.Instant): Freeze | undefined {
  const { year } = moment.toZonedDateTimeISO(calendar.timeZone);
  return occurrencesOf(calendar, year - reachYears, year + reachYears)
    .map((occurrence) => freezeOf(occurrence, calendar.timeZone))
    .filter((freeze) => freeze !== undefined)
    .filter((freeze) => isWithin(freeze, moment))
    .sort((a, b) => b.end.epochMilliseconds - a.end.epochMilliseconds)
    .at(0);
}
