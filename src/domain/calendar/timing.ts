import type { Temporal } from "temporal-polyfill";
import { freezeOf } from "./freeze.ts";
import type { Calendar, Occurrence } from "./model.ts";
import { planSeason, type RushWindow } from "./windows.ts";

/** Position of a moment relative to the next rush of an event. */
export interface EventTiming {
  readonly occurrence: Occurrence;
  readonly window: RushWindow;
  /** `early`: its window has not begun; `late`: its change freeze, or without one its day, has begun. */
  readonly kind: "early" | "in-time" | "late";
  /** Whole days until the window begins; 0 once it has. */
  readonly daysToRush: number;
  /** Whole days until the event; 0 on its day and afterwards. */
  readonly daysToEvent: number;
}

/** The event's first window that is not over; undefined when the settings have no such event, or none within two years. */
export function timingOf(calendar: Calendar, event: string, now: Temporal.Instant): EventTiming | undefined {
  const today = now.toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  for (const window of planSeason(calendar, today, 2).windows) {
    const occurrence = window.occurrences.find((one) => one.event.name === event);
    if (occurrence === undefined || window.end.epochMilliseconds <= now.epochMilliseconds) continue;
    const frozen = freezeOf(occurrence, calendar.timeZone)?.start.toPlainDate() ?? occurrence.first;
    const begun = window.start.epochMilliseconds <= now.epochMilliseconds;
    return {
      occurrence,
      window,
      kind: !begun ? "early" : daysUntil(today, frozen) > 0 ? "in-time" : "late",
      daysToRush: begun ? 0 : daysUntil(today, window.firstDay),
      daysToEvent: Math.max(0, daysUntil(today, occurrence.first)),
    };
  }
  return undefined;
}

function daysUntil(from: Temporal.PlainDate, to: Temporal.PlainDate): number {
  return from.until(to).total({ unit: "days" });
}
