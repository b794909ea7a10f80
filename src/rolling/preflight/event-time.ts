import type { Temporal } from "temporal-polyfill";
import type { Calendar } from "../../domain/calendar/model.ts";
import { type EventTiming, timingOf } from "../../domain/calendar/timing.ts";
import { wantedAt } from "../../domain/calendar/wanted.ts";
import type { RushWindow } from "../../domain/calendar/windows.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface EventTimeFacts {
  readonly calendar: Calendar;
  readonly now: Temporal.Instant;
  /** Event that the rush is for, one of the calendar; undefined: it is for none, or for whichever is on. */
  readonly event: string | undefined;
  /** Acceptances of a person. */
  readonly accepted: { readonly early: boolean; readonly late: boolean };
  /** Additional cost of a time in rush, such as `4.10 EUR`; undefined: unknown. */
  readonly costsMore: (seconds: number) => string | undefined;
}

const checkName = "time";

/** The event of a rush, its window, how much of its lead is left. */
export function eventTimeCheck(facts: EventTimeFacts): PreflightCheck {
  const { calendar, event, now } = facts;
  const timing = event === undefined ? undefined : timingOf(calendar, event, now);
  return timing === undefined ? withoutEvent(facts) : ofEvent(facts, timing);
}

function ofEvent({ accepted, costsMore }: EventTimeFacts, timing: EventTiming): PreflightCheck {
  const reason = describeTiming(timing);
  const { name } = timing.occurrence.event;
  switch (timing.kind) {
    case "in-time":
      return { name: checkName, outcome: "ok", reason };
    case "early": {
      const seen = `${timing.daysToRush} days too early, ${costsMore(timing.daysToRush * 86_400) ?? "an unknown sum"} more than normal until then`;
      if (accepted.early) {
        return {
          name: checkName,
          outcome: "warning",
          code: "rush-too-early",
          reason: `${reason}; ${seen}, accepted by --early`,
        };
      }
      return {
        name: checkName,
        outcome: "refused",
        code: "rush-too-early",
        reason: `${reason}; each day before costs as much as a day of rush`,
        path: "--event",
        seen,
        accepted: `from ${timing.window.firstDay} on, or --early`,
        next: `lor-infra rush --event ${name} --early`,
      };
    }
    case "late": {
      const late = `${reason}; fronts would be taken out one by one while the most customers are there`;
      if (accepted.late) {
        return { name: checkName, outcome: "warning", code: "rush-too-late", reason: `${late}, accepted by --late` };
      }
      return {
        name: checkName,
        outcome: "refused",
        code: "rush-too-late",
        reason: late,
        path: "--event",
        seen: `${timing.daysToEvent} days before the event`,
        accepted: "a day before its change freeze, or --late",
        next: `lor-infra rush --event ${name} --late`,
      };
    }
  }
}

/** A rush that no event asks for is a person's decision; what it costs is said. */
function withoutEvent({ calendar, now, costsMore }: EventTimeFacts): PreflightCheck {
  const { window, next } = wantedAt(calendar, now);
  if (window !== undefined) {
    const today = now.toZonedDateTimeISO(calendar.timeZone).toPlainDate();
    const left = window.occurrences.filter(({ last }) => today.until(last).days >= 0);
    const [{ event, first } = window.occurrences[0]] = left;
    const days = Math.max(0, today.until(first).days);
    const reason = `${event.name} on ${first}, rush from ${window.firstDay} to ${window.lastDay}: ${days} days are left until it`;
    return { name: checkName, outcome: "ok", reason };
  }
  const aDay = costsMore(86_400) ?? "an unknown sum";
  if (next === undefined) {
    return {
      name: checkName,
      outcome: "warning",
      code: "rush-without-event",
      reason: `no event of the calendar wants a rush within a year; each day in rush costs ${aDay} more than in normal`,
      next: "lor-infra calendar",
    };
  }
  const { name } = next.occurrences[0].event;
  return {
    name: checkName,
    outcome: "warning",
    code: "rush-without-event",
    reason: `no event wants a rush today, the next is ${describeWindow(next)}; each day in rush costs ${aDay} more than in normal`,
    next: `lor-infra rush --event ${name}`,
  };
}

function describeTiming({ occurrence, window, kind, daysToRush, daysToEvent }: EventTiming): string {
  const when = `${occurrence.event.name} on ${occurrence.first}, rush from ${window.firstDay} to ${window.lastDay}`;
  return kind === "early"
    ? `${when}: it begins in ${daysToRush} days`
    : `${when}: ${daysToEvent} days of lead are left`;
}

/** `noel, rush from 2026-12-04 to 2026-12-26` */
export function describeWindow({ occurrences, firstDay, lastDay }: RushWindow): string {
  return `${occurrences.map(({ event }) => event.name).join(" and ")}, rush from ${firstDay} to ${lastDay}`;
}
