import { Temporal } from "temporal-polyfill";
import { easterSunday, whitSunday } from "./easter.ts";
import type { Calendar, DateRule, EventRule, MonthDay, NthOfMonth, Occurrence } from "./model.ts";
import { weekdays } from "./model.ts";

/** All occurrences in these years, both inclusive, in no order. */
export function occurrencesOf({ events }: Calendar, firstYear: number, lastYear: number): readonly Occurrence[] {
  const years = Array.from({ length: lastYear - firstYear + 1 }, (_, index) => firstYear + index);
  return events.flatMap((event) => {
    if (event.kind !== "once") return years.map((year) => occurrenceIn(event, event, year));
    return event.from.year < firstYear || event.from.year > lastYear
      ? []
      : [{ event, year: event.from.year, first: event.from, last: event.to ?? event.from }];
  });
}

function occurrenceIn(event: EventRule, rule: Exclude<DateRule, { kind: "once" }>, year: number): Occurrence {
  const date = dateIn(rule, year);
  return { event, year, first: date, last: date };
}

function dateIn(rule: Exclude<DateRule, { kind: "once" }>, year: number): Temporal.PlainDate {
  switch (rule.kind) {
    case "fixed":
      return new Temporal.PlainDate(year, rule.date.month, rule.date.day);
    case "easter":
      return easterSunday(year, rule.tradition).add({ days: rule.offsetDays });
    case "weekday": {
      const date = nthWeekday(year, rule.month, weekdays.indexOf(rule.weekday) + 1, rule.nth);
      const moved = rule.whitsun === "week-later" && date.equals(whitSunday(year));
      return moved ? date.add({ days: 7 }) : date;
    }
  }
}

/** `weekday`: 1 is Monday, 7 Sunday. */
function nthWeekday(year: number, month: number, weekday: number, nth: NthOfMonth): Temporal.PlainDate {
  const first = new Temporal.PlainDate(year, month, 1);
  if (nth !== "last") return first.add({ days: ((weekday - first.dayOfWeek + 7) % 7) + 7 * (nth - 1) });
  const last = first.with({ day: first.daysInMonth });
  return last.subtract({ days: (last.dayOfWeek - weekday + 7) % 7 });
}

/** Whether a year has such a day; 29 February exists in every leap year. */
export function existsEveryYear({ month, day }: MonthDay): boolean {
  const daysInMonth = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
  return daysInMonth !== undefined && day >= 1 && day <= daysInMonth;
}
