import type { Temporal } from "temporal-polyfill";
import type { Project } from "../config/project.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { timingOf } from "../domain/calendar/timing.ts";
import { windowAt } from "../domain/calendar/windows.ts";

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

/**
 * Refuses the way back while an event's rush is not over.
 * @throws LorError `event-not-over`
 */
export function checkReturnTiming(project: Project, now: Temporal.Instant, early: boolean): void {
  const window = windowAt(project.settings.normal.calendar, now);
  if (window === undefined || early) return;
  throw new LorError({
    code: "event-not-over",
    message: `the rush for ${window.occurrences.map(({ event }) => event.name).join(" and ")} is not over`,
    exit: ExitCode.refused,
    culprit: "user",
    path: "calendar.events",
    seen: `rush until ${window.lastDay}`,
    accepted: "a day after it, or --early",
    next: "lor-infra normal --early",
  });
}
