import type { Temporal } from "temporal-polyfill";
import type { Profile } from "../profile.ts";
import { type Freeze, freezeAt } from "./freeze.ts";
import type { Calendar } from "./model.ts";
import { planSeason, type RushWindow, windowAt } from "./windows.ts";

/** Profile of the calendar at a moment. */
export interface Wanted {
  readonly profile: Profile;
  /** Window that contains the moment. */
  readonly window: RushWindow | undefined;
  /** Next window to begin; undefined when there is none within a year. */
  readonly next: RushWindow | undefined;
  /** The change freeze in force. */
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
