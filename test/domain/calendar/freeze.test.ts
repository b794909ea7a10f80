import fc from "fast-check";
import { expect, test } from "vitest";
import { freezeAt, freezeOf } from "../../../src/domain/calendar/freeze.ts";
import { occurrencesOf } from "../../../src/domain/calendar/occurrences.ts";
import { isWithin, planSeason } from "../../../src/domain/calendar/windows.ts";
import { calendar, day, duration, event, moment, noel, paques } from "./calendars.ts";

const freeze = { before: duration("P2D"), after: duration("P1D") };
const frozen = calendar({ events: [noel, { ...paques, freeze }] });

test.each([
  // Pâques is on 28 March 2027, on which Paris goes from +01:00 to +02:00.
  ["2027-03-25T22:59:59Z", false],
  ["2027-03-25T23:00:00Z", true],
  ["2027-03-28T12:00:00Z", true],
  ["2027-03-29T21:59:59Z", true],
  ["2027-03-29T22:00:00Z", false],
  ["2027-12-25T12:00:00Z", false],
])("at %s the freeze of Pâques is on: %s", (instant, on) => {
  expect(freezeAt(frozen, moment(instant))?.occurrence.event.name).toBe(on ? "paques" : undefined);
});

test("a freeze is told with its days, and an event without one has none", () => {
  const of = (name: string) => occurrencesOf(frozen, 2027, 2027).find((each) => each.event.name === name);
  const [christmas, easter] = [of("noel"), of("paques")];
  if (christmas === undefined || easter === undefined) throw new Error("an event is missing");
  expect(freezeOf(christmas, "Europe/Paris")).toBeUndefined();
  const found = freezeOf(easter, "Europe/Paris");
  expect([found?.firstDay.toString(), found?.lastDay.toString()]).toEqual(["2027-03-26", "2027-03-29"]);
  expect(found?.start.toString()).toBe("2027-03-26T00:00:00+01:00[Europe/Paris]");
  expect(found?.end.toString()).toBe("2027-03-30T00:00:00+02:00[Europe/Paris]");
});

test("the freeze of a one-off event lasts over all of its days", () => {
  const fair = event("fair", { kind: "once", from: day("2027-06-01"), to: day("2027-06-10") }, { freeze });
  const at = (instant: string) => freezeAt(calendar({ events: [fair] }), moment(instant)) !== undefined;
  expect([at("2027-05-29T21:59:59Z"), at("2027-05-29T22:00:00Z"), at("2027-06-11T21:59:59Z")]).toEqual([
    false,
    true,
    true,
  ]);
  expect(at("2027-06-11T22:00:00Z")).toBe(false);
});

test("of two freezes the one that ends last is told", () => {
  const eve = event("eve", { kind: "fixed", date: { month: 12, day: 24 } }, { freeze });
  const events = [{ ...noel, freeze }, eve];
  expect(freezeAt(calendar({ events }), moment("2027-12-24T12:00:00Z"))?.occurrence.event.name).toBe("noel");
});

test("a freeze of a year around an event of the year before is found", () => {
  const long = { before: duration("P1D"), after: duration("P300D") };
  const events = [event("noel", { kind: "fixed", date: { month: 12, day: 25 } }, { freeze: long })];
  expect(freezeAt(calendar({ events }), moment("2027-10-20T12:00:00Z"))?.occurrence.year).toBe(2026);
});

test("no switch lies in a freeze: a window begins and ends outside of every one", () => {
  const days = (min: number, max: number) => fc.integer({ min, max }).map((count) => duration(`P${count}D`));
  const dates = fc.uniqueArray(fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 28 })), {
    minLength: 1,
    maxLength: 4,
    selector: String,
  });
  // As the rule freeze-inside-rush has them: shorter than the lead, not longer than the end.
  const terms = { before: days(0, 9), after: days(0, 3), lead: days(10, 40), end: days(3, 10) };
  fc.assert(
    fc.property(dates, fc.record(terms), days(0, 20), (all, { before, after, lead, end }, mergeWithin) => {
      const events = all.map(([month, date], index) =>
        event(
          `event-${index}`,
          { kind: "fixed", date: { month, day: date } },
          { lead, end, freeze: { before, after } },
        ),
      );
      const given = calendar({ events, mergeWithin });
      const { windows } = planSeason(given, day("2027-01-01"), 2);
      const freezes = windows.flatMap(({ occurrences }) =>
        occurrences.map((each) => freezeOf(each, given.timeZone)).filter((each) => each !== undefined),
      );
      for (const { start, end: over } of windows) {
        expect(freezes.filter((each) => isWithin(each, start.toInstant()))).toEqual([]);
        expect(freezes.filter((each) => isWithin(each, over.toInstant()))).toEqual([]);
      }
    }),
    { numRuns: 50 },
  );
});
