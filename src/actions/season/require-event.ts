import type { Temporal } from "temporal-polyfill";
import { ExitCode, LorError } from "../../core/errors.ts";
import { timingOf } from "../../domain/calendar/timing.ts";
import type { Project } from "../../systems/load-project.ts";

/** @throws LorError `event-unknown` for an event that the calendar does not have within two years */
export function requireEvent({ settings }: Project, event: string, now: Temporal.Instant): void {
  const { calendar } = settings.normal;
  if (timingOf(calendar, event, now) !== undefined) return;
  throw new LorError({
    code: "event-unknown",
    message: "the settings have no such event within two years",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--event",
    seen: event,
    accepted: calendar.events.map(({ name }) => name).join(", "),
    next: "lor-infra calendar --years 2",
  });
}
