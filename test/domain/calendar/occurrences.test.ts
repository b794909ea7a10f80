import fc from "fast-check";
import { expect, test } from "vitest";
import { type DateRule, type NthOfMonth, weekdays } from "../../../src/domain/calendar/model.ts";
import { existsEveryYear, occurrencesOf } from "../../../src/domain/calendar/occurrences.ts";
import { calendar, day, event, mothersDay } from "./calendars.ts";

function dates(rule: DateRule, first: number, last = first): readonly string[] {
  const found = occurrencesOf(calendar({ events: [event("it", rule)] }), first, last);
  return found.map((occurrence) => occurrence.first.toString());
}

test("a fixed date comes every year", () => {
  expect(dates({ kind: "fixed", date: { month: 12, day: 25 } }, 2026, 2028)).toEqual([
    "2026-12-25",
    "2027-12-25",
    "2028-12-25",
  ]);
});

test.each([
  ["Good Friday", -2, "2027-03-26"],
  ["Mardi gras", -47, "2027-02-09"],
  ["Ascension", 39, "2027-05-06"],
])("%s is %i days from Easter", (_, offsetDays, expected) => {
  expect(dates({ kind: "easter", tradition: "western", offsetDays }, 2027)).toEqual([expected]);
});

test("a lead of a whole year from Easter may reach into the year before: the year of the rule stays", () => {
  const [found] = occurrencesOf(
    calendar({ events: [event("it", { kind: "easter", tradition: "western", offsetDays: -100 })] }),
    2027,
    2027,
  );
  expect([found?.year, found?.first.toString()]).toEqual([2027, "2026-12-18"]);
});

test.each([
  // As they were celebrated; in 2012, 2020 and 2023 the last Sunday of May was Whit Sunday.
  [2011, "2011-05-29"],
  [2012, "2012-06-03"],
  [2020, "2020-06-07"],
  [2022, "2022-05-29"],
  [2023, "2023-06-04"],
  [2024, "2024-05-26"],
  [2025, "2025-05-25"],
])("French mothers' day of %i was %s", (year, expected) => {
  expect(occurrencesOf(calendar({ events: [mothersDay] }), year, year)[0]?.first.toString()).toBe(expected);
});

test("over 200 years French mothers' day is a Sunday from 25 May to 7 June, and never Whit Sunday", () => {
  const whit = dates({ kind: "easter", tradition: "western", offsetDays: 49 }, 2000, 2199);
  const found = occurrencesOf(calendar({ events: [mothersDay] }), 2000, 2199).map(({ first }) => first);
  expect(found).toHaveLength(200);
  for (const [index, date] of found.entries()) {
    expect(date.dayOfWeek).toBe(7);
    expect(date.toString().slice(5) >= "05-25" && date.toString().slice(5) <= "06-07").toBe(true);
    expect(date.toString()).not.toBe(whit[index]);
  }
});

test("the nth weekday is the one that counting the days of the month finds", () => {
  const rule = fc.record({
    kind: fc.constant("weekday" as const),
    month: fc.integer({ min: 1, max: 12 }),
    weekday: fc.constantFrom(...weekdays),
    nth: fc.constantFrom<NthOfMonth>(1, 2, 3, 4, "last"),
    whitsun: fc.constant("keep" as const),
  });
  fc.assert(
    fc.property(rule, fc.integer({ min: 1900, max: 2200 }), (each, year) => {
      const ofMonth: string[] = [];
      // The days of the month by JavaScript's own clock in UTC.
      for (let date = 1; date <= 31; date += 1) {
        const utc = new Date(Date.UTC(year, each.month - 1, date));
        if (utc.getUTCMonth() === each.month - 1 && (utc.getUTCDay() + 6) % 7 === weekdays.indexOf(each.weekday)) {
          ofMonth.push(utc.toISOString().slice(0, 10));
        }
      }
      expect(dates(each, year)).toEqual([each.nth === "last" ? ofMonth.at(-1) : ofMonth[each.nth - 1]]);
    }),
  );
});

test("a one-off event is there once, from its first to its last day", () => {
  const fair = event("fair", { kind: "once", from: day("2027-06-01"), to: day("2027-06-10") });
  const found = occurrencesOf(calendar({ events: [fair] }), 2020, 2040);
  expect(found.map(({ first, last }) => [first.toString(), last.toString()])).toEqual([["2027-06-01", "2027-06-10"]]);
  expect(occurrencesOf(calendar({ events: [fair] }), 2028, 2040)).toEqual([]);
  expect(dates({ kind: "once", from: day("2027-06-01") }, 2027)).toEqual(["2027-06-01"]);
});

test("days that not every year has are told from those that it has", () => {
  expect(existsEveryYear({ month: 2, day: 28 })).toBe(true);
  expect(existsEveryYear({ month: 12, day: 31 })).toBe(true);
  for (const [month, date] of [
    [2, 29],
    [2, 30],
    [4, 31],
    [13, 1],
    [0, 1],
    [1, 0],
    [1, 32],
  ] as const) {
    expect(existsEveryYear({ month, day: date }), `${month}-${date}`).toBe(false);
  }
});
