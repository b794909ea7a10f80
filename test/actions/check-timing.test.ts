import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { checkReturnTiming, checkRushTiming } from "../../src/actions/check-timing.ts";
import { loadProject, type Project } from "../../src/config/project.ts";

function lorProject(): Project {
  const loaded = loadProject(".", "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.value;
}

const project = lorProject();
const at = (day: string) => Temporal.Instant.from(`${day}T12:00:00+01:00`);
const check = (day: string, event = "noel", accepted: { early?: boolean; late?: boolean } = {}) =>
  checkRushTiming({ project, event, now: at(day), accepted: { early: false, late: false, ...accepted } });

describe("a rush for an event", () => {
  it("within its lead says how much of it is left", () => {
    expect(check("2026-12-04")).toBe(
      "noel on 2026-12-25, rush from 2026-12-04 to 2026-12-26: 21 days of lead are left",
    );
    expect(check("2026-12-22")).toContain(": 3 days of lead are left");
  });

  it("before its lead is refused with what the days until then cost more, unless accepted", () => {
    expect(() => check("2026-11-25")).toThrow(
      expect.objectContaining({
        code: "rush-too-early",
        exit: 3,
        // 9 × 24 of 730 hours of 367.41156 and of 242.64856 EUR: 108.71 and 71.80, each to the cent.
        seen: "9 days too early, 36.91 EUR more than normal until then",
        next: "lor-infra rush --event noel --early",
      }),
    );
    expect(check("2026-11-25", "noel", { early: true })).toContain("it begins in 9 days");
    expect(() => check("2026-11-25", "noel", { late: true })).toThrow();
  });

  it("once its change freeze has begun is refused, unless accepted", () => {
    expect(() => check("2026-12-23")).toThrow(expect.objectContaining({ code: "rush-too-late", exit: 3 }));
    expect(check("2026-12-23", "noel", { late: true })).toContain("2 days of lead are left");
    expect(() => check("2026-12-26")).toThrow(expect.objectContaining({ code: "rush-too-late" }));
  });

  it("whose window is over is that of the next year", () => {
    expect(() => check("2026-12-27")).toThrow(expect.objectContaining({ code: "rush-too-early" }));
    expect(check("2026-12-27", "noel", { early: true })).toContain("noel on 2027-12-25");
  });

  it("that the settings do not name is refused with the names", () => {
    expect(() => check("2026-12-10", "halloween")).toThrow(
      expect.objectContaining({ code: "event-unknown", exit: 2, accepted: "noel, paques, saint-valentin" }),
    );
  });
});

describe("the way back", () => {
  it("while an event's rush is not over is refused, unless accepted", () => {
    const back =
      (day: string, early = false) =>
      () =>
        checkReturnTiming(project, at(day), early);
    expect(back("2026-12-26")).toThrow(expect.objectContaining({ code: "event-not-over", exit: 3 }));
    expect(back("2026-12-26", true)).not.toThrow();
    expect(back("2026-12-27")).not.toThrow();
  });
});
