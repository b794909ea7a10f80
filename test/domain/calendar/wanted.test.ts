import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { refuseInFreeze } from "../../../src/actions/rush/change-freeze.ts";
import { wantedAt } from "../../../src/domain/calendar/wanted.ts";
import type { Waiver } from "../../../src/domain/policy/waiver.ts";
import { loadProject } from "../../../src/systems/load-project.ts";

function lor() {
  const loaded = loadProject(".", "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.value;
}

const project = lor();
const { calendar } = project.settings.normal;
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
  const during = at("2026-12-24T09:00:00Z");
  const next = "lor-infra up --in-freeze";

  it("refuses changes from its first to its last day, and names the event and the way round", () => {
    expect(() => refuseInFreeze(project, during, next)).toThrow(
      expect.objectContaining({ code: "change-freeze", exit: 3, seen: "from 2026-12-23 to 2026-12-26", next }),
    );
    for (const day of ["2026-12-22T22:59:59Z", "2026-12-26T23:00:00Z"]) {
      expect(refuseInFreeze(project, at(day), "")).toEqual([]);
    }
  });

  it("is waived by who answers for it, of this event and until a day", () => {
    const waiver = { policy: "change-freeze", of: "noel", owner: "Jeanne Martin", reason: "new payment service" };
    const waivedBy = (entry: Partial<Waiver>) => {
      const { settings } = project;
      const waivers = [{ ...waiver, until: "2026-12-24", ...entry }];
      const given = { settings: { ...settings, normal: { ...settings.normal, waivers } } };
      return () => refuseInFreeze(given, during, next);
    };
    expect(waivedBy({})()).toMatchObject([
      {
        code: "change-freeze",
        message: expect.stringMatching(/waived by Jeanne Martin until 2026-12-24: new payment/),
      },
    ]);
    expect(waivedBy({ until: "2026-12-23" })).toThrow(expect.objectContaining({ code: "change-freeze" }));
    expect(waivedBy({ of: "paques" })).toThrow(expect.objectContaining({ code: "change-freeze" }));
  });
});
