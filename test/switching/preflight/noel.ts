import { Duration } from "../../../src/core/duration.ts";
import type { Calendar } from "../../../src/domain/calendar/model.ts";

/** Noël alone, three weeks of lead. @param freezeBefore ISO 8601; none without it */
export function noelCalendar(freezeBefore?: string): Calendar {
  return {
    timeZone: "Europe/Paris",
    mergeWithin: Duration.parse("P7D"),
    events: [
      {
        name: "noel",
        kind: "fixed",
        date: { month: 12, day: 25 },
        lead: Duration.parse("P21D"),
        end: Duration.parse("P1D"),
        profile: "rush",
        ...(freezeBefore === undefined
          ? {}
          : { freeze: { before: Duration.parse(freezeBefore), after: Duration.parse("PT0S") } }),
      },
    ],
  };
}
