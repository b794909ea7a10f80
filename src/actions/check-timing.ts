import type { Temporal } from "temporal-polyfill";
import type { Project } from "../config/project.ts";
import { ExitCode, LorError } from "../core/errors.ts";
import { type EventTiming, timingOf } from "../domain/calendar/timing.ts";
import { windowAt } from "../domain/calendar/windows.ts";
import { rushCostsMore } from "./list-windows.ts";

interface RushTimingArgs {
  readonly project: Project;
  /** Name of an event of the settings. */
  readonly event: string;
  readonly now: Temporal.Instant;
  /** What a person has accepted. */
  readonly accepted: { readonly early: boolean; readonly late: boolean };
}

/**
 * Whether it is time to go into rush for an event, in words.
 * @throws LorError `event-unknown`, `rush-too-early`, `rush-too-late`
 */
export function checkRushTiming({ project, event, now, accepted }: RushTimingArgs): string {
  const { calendar } = project.settings.normal;
  const timing = timingOf(calendar, event, now);
  if (timing === undefined) {
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
  const text = describeTiming(timing);
  if (timing.kind === "early" && !accepted.early) {
    const more = rushCostsMore(project, timing.daysToRush * 86_400);
    throw new LorError({
      code: "rush-too-early",
      message: `${text}; each day before costs as much as a day of rush`,
      exit: ExitCode.refused,
      culprit: "user",
      path: "--event",
      seen: `${timing.daysToRush} days too early, ${more ?? "an unknown sum"} more than normal until then`,
      accepted: `from ${timing.window.firstDay} on, or --early`,
      next: `lor-infra rush --event ${event} --early`,
    });
  }
  if (timing.kind === "late" && !accepted.late) {
    throw new LorError({
      code: "rush-too-late",
      message: `${text}; fronts would be taken out one by one while the most customers are there`,
      exit: ExitCode.refused,
      culprit: "user",
      path: "--event",
      seen: `${timing.daysToEvent} days before the event`,
      accepted: "a day before its change freeze, or --late",
      next: `lor-infra rush --event ${event} --late`,
    });
  }
  return text;
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

function describeTiming({ occurrence, window, kind, daysToRush, daysToEvent }: EventTiming): string {
  const when = `${occurrence.event.name} on ${occurrence.first}, rush from ${window.firstDay} to ${window.lastDay}`;
  return kind === "early"
    ? `${when}: it begins in ${daysToRush} days`
    : `${when}: ${daysToEvent} days of lead are left`;
}
