import type { Temporal } from "temporal-polyfill";
import type { Profile } from "../profile.ts";
import { type Freeze, freezeAt } from "./freeze.ts";
import type { Calendar } from "./model.ts";
import { planSeason, type RushWindow, windowAt } from "./windows.ts";

/** What the calendar wants at a moment. */
export interface Wanted {
  readonly profile: Profile;
  /** The window that the moment lies in. */
  readonly window: RushWindow | undefined;
  /** The next one that begins; undefined when none does within a year. */
  readonly next: RushWindow | undefined;
  /** The change freeze that is on. */
  readonly freeze: Freeze | undefined;
}

export function wantedAt(calendar: Calendar, moment: Temporal.Instant): Wanted {
  const day = moment.toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  const window = windowAt(calendar, moment);
  return {
    profile: window === undefined ? "normal" : "rush",
    window,
    next: planSeason(calendar, day, 1).windows.find(({ start }) => start.epochMilliseconds > moment.epochMilliseconds),
    freeze: freezeAt(calendar, moment),
  };
}
