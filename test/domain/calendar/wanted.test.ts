import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { refuseInFreeze } from "../../../src/actions/change-freeze.ts";
import { loadProject } from "../../../src/config/project.ts";
import { wantedAt } from "../../../src/domain/calendar/wanted.ts";

function lorCalendar() {
  const loaded = loadProject(".", "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.value.settings.normal.calendar;
}

const calendar = lorCalendar();
const at = (moment: string) => Temporal.Instant.from(moment);

describe("what Lor's calendar wants", () => {
  it.each([
    ["2026-11-25T12:00:00+01:00", "normal", undefined, "noel"],
    ["2026-12-03T23:59:59+01:00", "normal", undefined, "noel"],
    ["2026-12-04T00:00:00+01:00", "rush", "noel", "saint-valentin"],
    ["2026-12-26T23:59:59+01:00", "rush", "noel", "saint-valentin"],
    ["2026-12-27T00:00:00+01:00", "normal", undefined, "saint-valentin"],
    // Summer time begins on Easter's own day: a window still ends at midnight in Paris.
    ["2027-03-29T21:59:59Z", "rush", "paques", "noel"],
    ["2027-03-29T22:00:00Z", "normal", undefined, "noel"],
  ])("at %s: %s", (moment, profile, window, next) => {
    const wanted = wantedAt(calendar, at(moment));
    expect(wanted.profile).toBe(profile);
    expect(wanted.window?.occurrences[0].event.name).toBe(window);
    expect(wanted.next?.occurrences[0].event.name).toBe(next);
  });
});

describe("a change freeze", () => {
  it("refuses changes from its first to its last day, and names the event and the way round", () => {
    const refused = () => refuseInFreeze(calendar, at("2026-12-24T09:00:00Z"), "lor-infra up --in-freeze");
    expect(refused).toThrow(
      expect.objectContaining({ code: "change-freeze", exit: 3, seen: "from 2026-12-23 to 2026-12-26" }),
    );
    for (const day of ["2026-12-22T22:59:59Z", "2026-12-26T23:00:00Z"]) {
      expect(() => refuseInFreeze(calendar, at(day), "")).not.toThrow();
    }
  });
});
