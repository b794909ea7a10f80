import { Temporal } from "temporal-polyfill";
import * as z from "zod";
import { type MonthDay, type NthOfMonth, weekdays } from "../domain/calendar/model.ts";
import { existsEveryYear } from "../domain/calendar/occurrences.ts";
import { attempt, duration, type FieldRefusal, oneOf, refuse, text, whole } from "./fields.ts";

/** A longer window would overlap itself in the next year. */
const longest = "P365D";

/** Fields of every kind of event. */
const terms = {
  name: text(/^[a-z][a-z0-9-]{0,39}$/, {
    code: "event-name-invalid",
    accepted: "1 to 40 small letters, digits and hyphens, a letter first, such as saint-valentin",
  }),
  lead: duration("PT0S", longest),
  end: duration("PT0S", longest).prefault("P1D"),
  profile: oneOf(["rush"], "event-profile-unknown").prefault("rush"),
  freeze: z.object({ before: duration("PT0S", longest), after: duration("PT0S", longest) }).optional(),
};

const event = z.discriminatedUnion("kind", [
  z.object({ ...terms, kind: z.literal("fixed"), date: monthDay() }),
  z.object({
    ...terms,
    kind: z.literal("easter"),
    tradition: oneOf(["western", "orthodox"], "tradition-unknown").prefault("western"),
    offsetDays: whole(-365, 365, "offset-invalid").prefault(0),
  }),
  z.object({
    ...terms,
    kind: z.literal("weekday"),
    month: whole(1, 12, "month-invalid"),
    weekday: oneOf(weekdays, "weekday-unknown"),
    nth: nth(),
    whitsun: oneOf(["keep", "week-later"], "whitsun-unknown").prefault("keep"),
  }),
  z.object({ ...terms, kind: z.literal("once"), from: civilDate(), to: civilDate().optional() }),
]);

/** Calendar of the rush profile; the meaning of the values is in src/domain/calendar/model.ts. */
export function calendar() {
  return z.object({
    timeZone: timeZone().prefault("Europe/Paris"),
    mergeWithin: duration("PT0S", longest).prefault("P7D"),
    events: z.array(event, "a list of events").prefault([]),
  });
}

function monthDay() {
  const refusal: FieldRefusal = {
    code: "date-invalid",
    accepted: "month and day in quotes, such as 12-25; a day that every year has",
  };
  return z.string(refusal.accepted).transform((value, context): MonthDay => {
    const [, month, day] = /^(\d\d)-(\d\d)$/.exec(value) ?? [];
    const date = { month: Number(month), day: Number(day) };
    if (existsEveryYear(date)) return date;
    return refuse(context, value === "02-29" ? "is not in every year" : "is not a date", refusal);
  });
}

function civilDate() {
  const refusal: FieldRefusal = { code: "date-invalid", accepted: "year, month and day in quotes, such as 2027-06-01" };
  return z.string(refusal.accepted).transform((value, context): Temporal.PlainDate => {
    if (!/^\d{4}-\d\d-\d\d$/.test(value)) return refuse(context, "is not a date", refusal);
    return attempt(() => Temporal.PlainDate.from(value), context, refusal, "is not a date");
  });
}

function nth() {
  const refusal: FieldRefusal = { code: "nth-invalid", accepted: "1, 2, 3, 4 or last" };
  const values: readonly NthOfMonth[] = [1, 2, 3, 4, "last"];
  return z.union([z.number(), z.string()], refusal.accepted).transform((value, context): NthOfMonth => {
    const found = values.find((candidate) => candidate === value);
    return found ?? refuse(context, "is not one that every month has", refusal);
  });
}

function timeZone() {
  const refusal: FieldRefusal = { code: "time-zone-unknown", accepted: "an IANA name such as Europe/Paris" };
  return z.string(refusal.accepted).refine((value) => value === "UTC" || isTimeZone(value), {
    message: "is not a known time zone",
    params: { ...refusal },
  });
}

/** A name, not an offset, which has no daylight saving time. In its official spelling, as other calendar programs expect it. */
function isTimeZone(name: string): boolean {
  if (!/^[A-Z][\w+-]*(\/[A-Z][\w+-]*)+$/.test(name)) return false;
  // The list has no aliases such as Asia/Kolkata, but a first formatter takes 14 ms and the list 2.
  if (Intl.supportedValuesOf("timeZone").includes(name)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}
