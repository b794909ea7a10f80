import type { Temporal } from "temporal-polyfill";
import { ExitCode, LorError } from "../core/errors.ts";
import { freezeAt } from "../domain/calendar/freeze.ts";
import type { Calendar } from "../domain/calendar/model.ts";

/** Nothing that can wait is changed around an event. @throws LorError `change-freeze` */
export function refuseInFreeze(calendar: Calendar, now: Temporal.Instant, next: string): void {
  const freeze = freezeAt(calendar, now);
  if (freeze === undefined) return;
  throw new LorError({
    code: "change-freeze",
    message: `nothing is changed around ${freeze.occurrence.event.name}: a change that goes wrong now costs the most`,
    exit: ExitCode.refused,
    culprit: "user",
    path: "calendar.events.freeze",
    seen: `from ${freeze.firstDay} to ${freeze.lastDay}`,
    accepted: "a day outside it, or --in-freeze for what cannot wait",
    next,
  });
}
