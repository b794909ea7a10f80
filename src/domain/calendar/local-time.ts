import { Temporal } from "temporal-polyfill";

/**
 * Wall-clock time, in milliseconds since 1970 of that clock. Days have 24 hours here, also at changes of daylight saving time: a week earlier is
 * the same hour of another day. Plain numbers, because a table of two centuries compares them by the thousand.
 */
export type WallTime = number;

/** Hour at which a day begins. */
export function midnightOf({ year, month, day }: Temporal.PlainDate): WallTime {
  return Date.UTC(year, month - 1, day);
}

/** Hour at which a day ends. */
export function midnightAfter(date: Temporal.PlainDate): WallTime {
  return midnightOf(date) + 86_400_000;
}

export function dayOf(wall: WallTime): Temporal.PlainDate {
  return dateTimeOf(wall).toPlainDate();
}

/**
 * The moment of a wall-clock time. A time that is skipped when the clocks go forward does not exist: its moment is the end of the gap. A time that
 * occurs twice when they go back has two.
 */
export function momentOf(wall: WallTime, timeZone: string, ofTwo: "earlier" | "later"): Temporal.ZonedDateTime {
  const asked = dateTimeOf(wall);
  const moment = asked.toZonedDateTime(timeZone, { disambiguation: ofTwo });
  if (moment.toPlainDateTime().equals(asked)) return moment;
  // Computed from before the gap: seen from its end, the previous transition would be that of another season.
  const beforeGap = asked.toZonedDateTime(timeZone, { disambiguation: "earlier" });
  return beforeGap.getTimeZoneTransition("next") ?? moment;
}

function dateTimeOf(wall: WallTime): Temporal.PlainDateTime {
  const utc = new Date(wall);
  return new Temporal.PlainDateTime(
    utc.getUTCFullYear(),
    utc.getUTCMonth() + 1,
    utc.getUTCDate(),
    utc.getUTCHours(),
    utc.getUTCMinutes(),
    utc.getUTCSeconds(),
    utc.getUTCMilliseconds(),
  );
}
