import type { Temporal } from "temporal-polyfill";
import type { Duration } from "../../core/duration.ts";

/** Rules for the periods of the rush profile, for any year. */
export interface Calendar {
  /** IANA name, such as `Europe/Paris`; all dates and hours are local to it. */
  readonly timeZone: string;
  /** Windows closer to each other than this are merged. */
  readonly mergeWithin: Duration;
  /** Names are unique. */
  readonly events: readonly EventRule[];
}

/** One event of every year, or a single one. */
export type EventRule = EventTerms & DateRule;

interface EventTerms {
  /** Small letters, digits and hyphens, such as `saint-valentin`. */
  readonly name: string;
  /** How long before the beginning of the event's day the rush starts. A day is a calendar day, even if it has 23 hours. */
  readonly lead: Duration;
  /** How long after the end of the event's day the rush lasts. */
  readonly end: Duration;
  /** Profile in the window. */
  readonly profile: "rush";
  readonly freeze?: FreezeRule | undefined;
}

/** A change freeze: from `before` before the beginning of the event's day until `after` after its end. Never longer than the rush. */
interface FreezeRule {
  readonly before: Duration;
  readonly after: Duration;
}

export type DateRule = FixedDate | EasterDate | NthWeekday | OneOff;

/** The same month and day each year. */
interface FixedDate {
  readonly kind: "fixed";
  readonly date: MonthDay;
}

export interface MonthDay {
  /** 1-12 */
  readonly month: number;
  readonly day: number;
}

/** A number of days after Easter Sunday. */
interface EasterDate {
  readonly kind: "easter";
  readonly tradition: EasterTradition;
  /** 0 is Easter Sunday, -2 Good Friday, 49 Whit Sunday. */
  readonly offsetDays: number;
}

export type EasterTradition = "western" | "orthodox";

/** Such as the last Sunday of May. */
interface NthWeekday {
  readonly kind: "weekday";
  /** 1-12 */
  readonly month: number;
  readonly weekday: Weekday;
  readonly nth: NthOfMonth;
  /** `week-later`: a week later when the day is Whit Sunday, as for Mother's Day in France. */
  readonly whitsun: "keep" | "week-later";
}

export type NthOfMonth = 1 | 2 | 3 | 4 | "last";

/** In the order of ISO 8601, which begins the week on Monday. */
export const weekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"] as const;
type Weekday = (typeof weekdays)[number];

/** Once, from a day to a day, both inclusive. */
interface OneOff {
  readonly kind: "once";
  readonly from: Temporal.PlainDate;
  /** Default: `from`. */
  readonly to?: Temporal.PlainDate | undefined;
}

/** An event in one year. */
export interface Occurrence {
  readonly event: EventRule;
  /** Year of the rule: for an event moved over New Year, not the year of its date. */
  readonly year: number;
  readonly first: Temporal.PlainDate;
  /** Equal to `first` except for a one-off event of several days. */
  readonly last: Temporal.PlainDate;
}
