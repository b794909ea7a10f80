import { Temporal } from "temporal-polyfill";
import { Duration } from "../../../src/core/duration.ts";
import type { Calendar, DateRule, EventRule } from "../../../src/domain/calendar/model.ts";

export const day = (text: string) => Temporal.PlainDate.from(text);
export const moment = (text: string) => Temporal.Instant.from(text);
export const duration = (text: string) => Duration.parse(text);

/** An event of three weeks' lead that ends a day after its own. */
export function event(name: string, rule: DateRule, terms: Partial<Omit<EventRule, "kind">> = {}): EventRule {
  return { name, lead: duration("P21D"), end: duration("P1D"), profile: "rush", ...terms, ...rule };
}

export const noel = event("noel", { kind: "fixed", date: { month: 12, day: 25 } });
export const paques = event("paques", { kind: "easter", tradition: "western", offsetDays: 0 });
export const saintValentin = event("saint-valentin", { kind: "fixed", date: { month: 2, day: 14 } });
export const mothersDay = event("fete-des-meres", {
  kind: "weekday",
  month: 5,
  weekday: "sunday",
  nth: "last",
  whitsun: "week-later",
});

/** Lor's three events, unless others are given. */
export function calendar(more: Partial<Calendar> = {}): Calendar {
  return {
    timeZone: "Europe/Paris",
    mergeWithin: duration("P7D"),
    events: [noel, paques, saintValentin],
    ...more,
  };
}
