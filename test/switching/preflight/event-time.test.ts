import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { eventTimeCheck } from "../../../src/rolling/preflight/event-time.ts";
import { noelCalendar } from "./noel.ts";

const calendar = noelCalendar("P2D");
const at = (day: string) => Temporal.Instant.from(`${day}T12:00:00+01:00`);
const timeOf = (
  day: string,
  event?: string,
  accepted: { early?: boolean; late?: boolean } = {},
  events = calendar.events,
) =>
  eventTimeCheck({
    calendar: { ...calendar, events },
    event,
    now: at(day),
    accepted: { early: false, late: false, ...accepted },
    costsMore: (seconds) => `${seconds / 86_400} EUR`,
  });

describe("the time of a rush for an event", () => {
  it("is right within its lead, and says how much of it is left", () => {
    expect(timeOf("2026-12-04", "noel")).toEqual({
      name: "time",
      outcome: "ok",
      reason: "noel on 2026-12-25, rush from 2026-12-04 to 2026-12-26: 21 days of lead are left",
    });
    expect(timeOf("2026-12-22", "noel").reason).toContain(": 3 days of lead are left");
  });

  it("is refused before, with what the days until then cost more, unless accepted", () => {
    expect(timeOf("2026-11-25", "noel", { late: true })).toMatchObject({
      outcome: "refused",
      code: "rush-too-early",
      seen: "9 days too early, 9 EUR more than normal until then",
      next: "lor-infra rush --event noel --early",
    });
    expect(timeOf("2026-11-25", "noel", { early: true })).toMatchObject({ outcome: "warning", code: "rush-too-early" });
  });

  it("is refused once the change freeze has begun, unless accepted", () => {
    expect(timeOf("2026-12-23", "noel")).toMatchObject({ outcome: "refused", code: "rush-too-late" });
    expect(timeOf("2026-12-26", "noel")).toMatchObject({ outcome: "refused", code: "rush-too-late" });
    expect(timeOf("2026-12-23", "noel", { late: true })).toMatchObject({ outcome: "warning", code: "rush-too-late" });
  });

  it("is that of the next year when this year's is over", () => {
    expect(timeOf("2026-12-27", "noel")).toMatchObject({ outcome: "refused", code: "rush-too-early" });
    expect(timeOf("2026-12-27", "noel", { early: true }).reason).toContain("noel on 2027-12-25");
  });
});

describe("a rush that names no event", () => {
  it("is for the one whose window is on", () => {
    expect(timeOf("2026-12-05")).toEqual({
      name: "time",
      outcome: "ok",
      reason: "noel on 2026-12-25, rush from 2026-12-04 to 2026-12-26: 20 days are left until it",
    });
    expect(timeOf("2026-12-26").reason).toContain("0 days are left until it");
  });

  it("outside every window is a person's decision: told with its price, and not refused", () => {
    expect(timeOf("2026-12-03")).toMatchObject({
      outcome: "warning",
      code: "rush-without-event",
      reason:
        "no event wants a rush today, the next is noel, rush from 2026-12-04 to 2026-12-26; each day in rush costs 1 EUR more than in normal",
      next: "lor-infra rush --event noel",
    });
    expect(timeOf("2026-12-03", undefined, {}, [])).toMatchObject({ outcome: "warning", code: "rush-without-event" });
  });
});
