import { Temporal } from "temporal-polyfill";

/**
 * What a clock on the wall shows, as milliseconds since 1970 by that clock. Days are 24 hours here, also when the clocks change: a week before
 * is the same hour of another day. Plain numbers, because a table of two centuries compares them by the thousand.
 */
export type WallTime = number;

/** The hour at which a day begins. */
export function midnightOf({ year, month, day }: Temporal.PlainDate): WallTime {
  return Date.UTC(year, month - 1, day);
}

/** The hour at which a day ends. */
export function midnightAfter(date: Temporal.PlainDate): WallTime {
  return midnightOf(date) + 86_400_000;
}

export function dayOf(wall: WallTime): Temporal.PlainDate {
  return dateTimeOf(wall).toPlainDate();
}

/**
 * The moment at which a clock on the wall shows a time, or would. A time that is skipped when the clocks go forward does not exist: its
 * moment is the end of the gap. A time that is shown twice when they go back has two.
 */
export function momentOf(wall: WallTime, timeZone: string, ofTwo: "earlier" | "later"): Temporal.ZonedDateTime {
  const asked = dateTimeOf(wall);
  const moment = asked.toZonedDateTime(timeZone, { disambiguation: ofTwo });
  if (moment.toPlainDateTime().equals(asked)) return moment;
  // From before the gap: seen from its end, the transition before would be that of another season.
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
