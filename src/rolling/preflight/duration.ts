import { Temporal } from "temporal-polyfill";
import { freezeOf } from "../../domain/calendar/freeze.ts";
import type { Calendar } from "../../domain/calendar/model.ts";
import { timingOf } from "../../domain/calendar/timing.ts";
import { renderSeconds } from "../../domain/recovery.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface DurationFacts {
  readonly calendar: Calendar;
  readonly now: Temporal.Instant;
  /** Event that the rush is for; undefined: none. */
  readonly event: string | undefined;
  /** Expected, of each step that is left. */
  readonly steps: readonly { readonly seconds: number }[];
}

const checkName = "duration";

/** Expected duration of the switch, and whether it ends before the event or its change freeze begins. */
export function durationCheck({ calendar, now, event, steps }: DurationFacts): PreflightCheck {
  const seconds = Math.round(steps.reduce((sum, step) => sum + step.seconds, 0));
  const reason = `about ${renderSeconds(seconds)} in ${steps.length === 1 ? "1 step" : `${steps.length} steps`}`;
  const timing = event === undefined ? undefined : timingOf(calendar, event, now);
  if (timing === undefined) return { name: checkName, outcome: "ok", reason };
  const { occurrence } = timing;
  const begins = freezeOf(occurrence, calendar.timeZone)?.start ?? occurrence.first.toZonedDateTime(calendar.timeZone);
  const ends = now.add({ seconds });
  if (Temporal.Instant.compare(ends, begins.toInstant()) <= 0) {
    return { name: checkName, outcome: "ok", reason: `${reason}, done before ${begins.toPlainDate()}` };
  }
  return {
    name: checkName,
    outcome: "warning",
    code: "switch-ends-late",
    reason: `${reason}: it is not done when ${occurrence.event.name} or its change freeze begins, on ${begins.toPlainDate()}`,
    next: `lor-infra calendar`,
  };
}
