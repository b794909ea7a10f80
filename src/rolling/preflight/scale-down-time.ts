import type { Temporal } from "temporal-polyfill";
import type { Calendar } from "../../domain/calendar/model.ts";
import { wantedAt } from "../../domain/calendar/wanted.ts";
import { describeWindow } from "./event-time.ts";
import type { PreflightCheck } from "./preflight-check.ts";

export interface ScaleDownTimeFacts {
  readonly calendar: Calendar;
  readonly now: Temporal.Instant;
  /** A person accepts a way back before the rush is over. */
  readonly early: boolean;
  /** Customers are served by this cloud; by the local one nobody is. */
  readonly serves: boolean;
}

const checkName = "time";

/** Whether the event is over, or its rush is still wanted. */
export function scaleDownTimeCheck({ calendar, now, early, serves }: ScaleDownTimeFacts): PreflightCheck {
  const { window, next } = wantedAt(calendar, now);
  if (window === undefined) {
    const coming = next === undefined ? "none does within a year" : `the next is ${describeWindow(next)}`;
    return { name: checkName, outcome: "ok", reason: `no event wants a rush today, ${coming}` };
  }
  const reason = `the rush for ${window.occurrences.map(({ event }) => event.name).join(" and ")} is not over`;
  const seen = `rush until ${window.lastDay}`;
  if (early || !serves) {
    const why = early ? "accepted by --early" : "nobody is served by a local cloud";
    return { name: checkName, outcome: "warning", code: "event-not-over", reason: `${reason}: ${seen}; ${why}` };
  }
  return {
    name: checkName,
    outcome: "refused",
    code: "event-not-over",
    reason,
    path: "calendar.events",
    seen,
    accepted: "a day after it, or --early",
    next: "lor-infra normal --early",
  };
}
