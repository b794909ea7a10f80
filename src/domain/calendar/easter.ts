import { easter, orthodoxEaster } from "date-easter";
import { Temporal } from "temporal-polyfill";
import type { EasterTradition } from "./model.ts";

/** Easter Sunday in the Gregorian calendar, for the years since there is one (1583). */
export function easterSunday(year: number, tradition: EasterTradition): Temporal.PlainDate {
  const { month, day } = tradition === "western" ? easter(year) : orthodoxEaster(year);
  return new Temporal.PlainDate(year, month, day);
}

/** Pentecost, the seventh Sunday after Easter. */
export function whitSunday(year: number): Temporal.PlainDate {
  return easterSunday(year, "western").add({ days: 49 });
}
