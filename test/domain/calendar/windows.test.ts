import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import type { Calendar, EventRule } from "../../../src/domain/calendar/model.ts";
import { planSeason, type RushWindow, windowAt } from "../../../src/domain/calendar/windows.ts";
import { calendar, day, duration, event, moment, saintValentin } from "./calendars.ts";

/** `event date: first day to last day`, one line for each window. */
function lines(windows: readonly RushWindow[]): readonly string[] {
  return windows.map(({ occurrences, firstDay, lastDay }) => {
    const named = occurrences.map((occurrence) => `${occurrence.event.name} ${occurrence.first}`).join(" + ");
    return `${named}: ${firstDay} to ${lastDay}`;
  });
}

const season = (given: Calendar, from: string, years = 1) => planSeason(given, day(from), years);

test("Lor's year: three windows, each three weeks before its event and a day after it", () => {
  expect(lines(season(calendar(), "2027-01-01").windows)).toEqual([
    "saint-valentin 2027-02-14: 2027-01-24 to 2027-02-15",
    "paques 2027-03-28: 2027-03-07 to 2027-03-29",
    "noel 2027-12-25: 2027-12-04 to 2027-12-26",
  ]);
});

test.each([
  [2027, 21],
  [2035, 18],
])("between Saint-Valentin of %i and the lead of Pâques lie %i days", (year, days) => {
  const { windows } = season(calendar(), `${year}-01-01`);
  const easter = windows.find(({ occurrences: [first] }) => first.event.name === "paques");
  expect(day(`${year}-02-14`).until(easter?.firstDay ?? day("1900-01-01")).days).toBe(days);
});

test("a window that has begun before the period, or ends after it, is in it whole", () => {
  const [first, ...others] = season(calendar(), "2026-12-26").windows;
  expect(lines(first === undefined ? [] : [first])).toEqual(["noel 2026-12-25: 2026-12-04 to 2026-12-26"]);
  expect(lines(others.slice(-1))).toEqual(["noel 2027-12-25: 2027-12-04 to 2027-12-26"]);
  expect(season(calendar(), "2026-12-27").windows[0]?.occurrences[0].event.name).toBe("saint-valentin");
});

test("200 years have 600 windows", () => {
  expect(season(calendar(), "2027-01-01", 200).windows).toHaveLength(600);
});

describe("merging", () => {
  const valentine = (mergeWithin: string) =>
    season(calendar({ mergeWithin: duration(mergeWithin) }), "2035-01-01").windows;

  test("windows closer than the setting are one, those as far apart as it stay two", () => {
    // From the end of 15 February to the beginning of 4 March 2035: 16 days.
    expect(lines(valentine("P16D")).slice(0, 2)).toEqual([
      "saint-valentin 2035-02-14: 2035-01-24 to 2035-02-15",
      "paques 2035-03-25: 2035-03-04 to 2035-03-26",
    ]);
    expect(lines(valentine("P17D")).slice(0, 1)).toEqual([
      "saint-valentin 2035-02-14 + paques 2035-03-25: 2035-01-24 to 2035-03-26",
    ]);
  });

  test("the time that is bridged is kept, for its price", () => {
    const [merged] = valentine("P17D");
    expect(merged?.bridged).toMatchObject([{ seconds: 16 * 86_400 }]);
    expect(merged?.bridged.map(({ firstDay, lastDay }) => `${firstDay} to ${lastDay}`)).toEqual([
      "2035-02-16 to 2035-03-03",
    ]);
  });

  test("windows that overlap or touch are one, whatever the setting, and bridge nothing", () => {
    const touching = event("carnaval", { kind: "fixed", date: { month: 3, day: 9 } });
    const { windows } = season(
      calendar({ mergeWithin: duration("PT0S"), events: [saintValentin, touching] }),
      "2027-01-01",
    );
    expect(lines(windows)).toEqual(["saint-valentin 2027-02-14 + carnaval 2027-03-09: 2027-01-24 to 2027-03-10"]);
    expect(windows[0]?.bridged).toEqual([]);
  });

  test("a short event inside a long one does not end it", () => {
    const long = event("summer", { kind: "once", from: day("2027-06-01"), to: day("2027-08-31") });
    const short = event("fair", { kind: "once", from: day("2027-07-14") });
    const { windows } = season(calendar({ events: [short, long] }), "2027-01-01");
    expect(lines(windows)).toEqual(["summer 2027-06-01 + fair 2027-07-14: 2027-05-11 to 2027-09-01"]);
  });

  test("a chain of close windows is one", () => {
    const events = ["2027-06-01", "2027-06-28", "2027-07-25"].map((date, index) =>
      event(`fair-${index}`, { kind: "once", from: day(date) }),
    );
    expect(season(calendar({ events }), "2027-01-01").windows).toHaveLength(1);
  });
});

describe("daylight saving", () => {
  const once = (date: string, lead: string, end = "P1D") =>
    event("fair", { kind: "once", from: day(date) }, { lead: duration(lead), end: duration(end) });
  const only = (given: EventRule, timeZone = "Europe/Paris") =>
    season(calendar({ timeZone, events: [given] }), "2027-01-01").windows[0];

  test("a lead over the change of the clocks begins at the same hour", () => {
    expect(only(once("2027-03-29", "P21D"))?.start.toString()).toBe("2027-03-08T00:00:00+01:00[Europe/Paris]");
    expect(only(once("2027-11-01", "P2D"))?.start.toString()).toBe("2027-10-30T00:00:00+02:00[Europe/Paris]");
  });

  test("an hour that does not exist is not begun in: the first moment after it is", () => {
    // On 28 March 2027 Paris goes from 02:00 to 03:00: half past two is no time.
    expect(only(once("2027-03-29", "PT21H30M"))?.start.toString()).toBe("2027-03-28T03:00:00+02:00[Europe/Paris]");
    expect(only(once("2027-03-27", "P1D", "PT2H30M"))?.end.toString()).toBe("2027-03-28T03:00:00+02:00[Europe/Paris]");
  });

  test("the first moment of the gap does not exist either", () => {
    expect(only(once("2027-03-29", "PT22H"))?.start.toString()).toBe("2027-03-28T03:00:00+02:00[Europe/Paris]");
  });

  test("where midnight itself is skipped the day begins at one", () => {
    expect(only(once("2027-09-06", "P1D"), "America/Santiago")?.start.toString()).toBe(
      "2027-09-05T01:00:00-03:00[America/Santiago]",
    );
  });

  test("of an hour that comes twice a rush begins in the first and ends after the second", () => {
    expect(only(once("2027-11-01", "PT21H30M"))?.start.toString()).toBe("2027-10-31T02:30:00+02:00[Europe/Paris]");
    expect(only(once("2027-10-30", "P1D", "PT2H30M"))?.end.toString()).toBe("2027-10-31T02:30:00+01:00[Europe/Paris]");
  });

  test("days are counted by the calendar, also when one of them has 23 hours", () => {
    // 24 days with the change of the clocks in them; 7 days apart by the calendar are not closer than P7D.
    expect(only(once("2027-03-29", "P21D"))?.seconds).toBe(23 * 86_400);
    const second = event("second", { kind: "once", from: day("2027-04-02") }, { lead: duration("P1D") });
    const apart = season(calendar({ events: [once("2027-03-23", "P1D"), second] }), "2027-01-01");
    expect(apart.windows).toHaveLength(2);
    expect(apart.gaps).toMatchObject([{ seconds: 7 * 86_400 }]);
  });
});

test("windowAt answers to the second", () => {
  expect(windowAt(calendar(), moment("2027-03-06T22:59:59Z"))).toBeUndefined();
  expect(windowAt(calendar(), moment("2027-03-06T23:00:00Z"))?.occurrences[0].event.name).toBe("paques");
  expect(windowAt(calendar(), moment("2027-03-29T21:59:59Z"))?.occurrences[0].event.name).toBe("paques");
  expect(windowAt(calendar(), moment("2027-03-29T22:00:00Z"))).toBeUndefined();
});

const hours = (max: number) => fc.integer({ min: 0, max }).map((count) => duration(`PT${count}H`));
const terms = fc.record({ lead: hours(60 * 24), end: hours(20 * 24) });
const anyEvent = fc.oneof(
  fc
    .record({ month: fc.integer({ min: 1, max: 12 }), date: fc.integer({ min: 1, max: 28 }), terms })
    .map((each) => event("it", { kind: "fixed", date: { month: each.month, day: each.date } }, each.terms)),
  fc
    .record({
      tradition: fc.constantFrom("western" as const, "orthodox" as const),
      offsetDays: fc.integer({ min: -365, max: 365 }),
      terms,
    })
    .map(({ tradition, offsetDays, terms }) => event("it", { kind: "easter", tradition, offsetDays }, terms)),
);
const anyCalendar = fc
  .record({
    events: fc.array(anyEvent, { minLength: 1, maxLength: 4 }),
    mergeWithin: hours(30 * 24),
    timeZone: fc.constantFrom("Europe/Paris", "America/Santiago", "Asia/Beirut", "Africa/Cairo", "Australia/Lord_Howe"),
  })
  .map(
    ({ events, ...rest }): Calendar => ({
      ...rest,
      events: events.map((each, index) => ({ ...each, name: `event-${index}` })),
    }),
  );
const anyYear = fc.integer({ min: 1950, max: 2150 });

test("windows are in order, apart by more than what is merged, and begin at a time that exists", () => {
  fc.assert(
    fc.property(anyCalendar, anyYear, (given, year) => {
      const { windows, gaps } = planSeason(given, day(`${year}-01-01`), 5);
      expect(gaps).toHaveLength(Math.max(0, windows.length - 1));
      for (const gap of gaps) {
        expect(gap.seconds).toBeGreaterThan(0);
        expect(gap.seconds * 1000).toBeGreaterThanOrEqual(given.mergeWithin.milliseconds);
      }
      for (const { start, bridged, occurrences } of windows) {
        for (const gap of bridged) expect(gap.seconds * 1000).toBeLessThan(given.mergeWithin.milliseconds);
        // Of an hour that comes twice the first.
        const again = start.toPlainDateTime().toZonedDateTime(given.timeZone, { disambiguation: "earlier" });
        expect(again.epochMilliseconds).toBe(start.epochMilliseconds);
        const [{ event: rule, first }] = occurrences;
        const asked = first.toPlainDateTime().subtract({ milliseconds: rule.lead.milliseconds });
        const late = asked.until(start.toPlainDateTime()).total("minutes");
        expect(late >= 0 && late <= 60, `${asked} became ${start}`).toBe(true);
      }
    }),
    { numRuns: 60 },
  );
});

test("a window is the same from whatever period it is looked at", () => {
  fc.assert(
    fc.property(anyCalendar, anyYear, fc.integer({ min: 0, max: 364 }), (given, year, days) => {
      // A rush that never ends has no first day.
      const wide = planSeason(given, day(`${year}-01-01`), 6).windows.filter(({ seconds }) => seconds < 200 * 86_400);
      const from = day(`${year + 2}-01-01`).add({ days });
      const narrow = planSeason(given, from, 1).windows.filter(({ seconds }) => seconds < 200 * 86_400);
      expect(lines(wide)).toEqual(expect.arrayContaining([...lines(narrow)]));
      const until = from.add({ years: 1 });
      const touching = wide.filter(
        ({ firstDay, lastDay }) =>
          Temporal.PlainDate.compare(firstDay, until) < 0 && Temporal.PlainDate.compare(lastDay, from) >= 0,
      );
      expect(lines(narrow)).toEqual(lines(touching));
    }),
    { numRuns: 60 },
  );
});

test("every event is in exactly one window, and all of its rush is in it", () => {
  fc.assert(
    fc.property(anyCalendar, anyYear, (given, year) => {
      const { windows } = planSeason(given, day(`${year}-01-01`), 2);
      const all = windows.flatMap(({ occurrences }) => occurrences.map((each) => `${each.event.name} ${each.year}`));
      expect(new Set(all).size).toBe(all.length);
      for (const window of windows) {
        for (const { event: rule, first, last } of window.occurrences) {
          const start = first.toPlainDateTime().subtract({ milliseconds: rule.lead.milliseconds });
          const end = last.add({ days: 1 }).toPlainDateTime().add({ milliseconds: rule.end.milliseconds });
          expect(Temporal.PlainDate.compare(window.firstDay, start.toPlainDate())).toBeLessThanOrEqual(0);
          expect(
            Temporal.PlainDate.compare(window.lastDay, end.subtract({ seconds: 1 }).toPlainDate()),
          ).toBeGreaterThanOrEqual(0);
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("a calendar without events wants no rush", () => {
  expect(planSeason(calendar({ events: [] }), day("2027-01-01"), 200)).toEqual({ windows: [], gaps: [] });
});
