import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import ICAL from "ical.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CalendarReport } from "../../src/actions/calendar/list-windows.ts";
import { InProcessProject } from "./in-process.ts";
import type { TestProject } from "./project.ts";

/** `calendar` as a user types it; what it shows of Lor, and of a project whose windows are merged. */
const lor = new InProcessProject();
const merging = new InProcessProject();
const from = ["--from", "2027-01-01"];

beforeAll(() => {
  merging.edit("Pulumi.yaml", (text) =>
    text
      .replace("mergeWithin: P7D", "mergeWithin: P20D")
      .replace(
        '        - { name: saint-valentin, kind: fixed, date: "02-14"',
        "        - { name: fete-des-meres, kind: weekday, month: 5, weekday: sunday, nth: last, whitsun: week-later, lead: P7D }\n" +
          '        - { name: salon, kind: once, from: "2027-06-10", to: "2027-06-12", lead: P3D, end: P2D }\n' +
          '        - { name: saint-valentin, kind: fixed, date: "02-14"',
      ),
  );
});
afterAll(async () => {
  await lor.dispose();
  await merging.dispose();
});

const golden = (name: string) => join("golden", name);

describe("Lor", () => {
  test("the screen", async () => {
    const run = await lor.run(["calendar", ...from]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await expect(run.stdout).toMatchFileSnapshot(golden("calendar.txt"));
  });

  test("the document", async () => {
    const run = await lor.run(["calendar", ...from, "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await expect(run.stdout).toMatchFileSnapshot(golden("calendar-document.snap"));
  });

  test("Easter of the next years, with the fields that a script rests on", async () => {
    const { version, windows } = await lor.json<CalendarReport>(["calendar", ...from, "--years", "4"]);
    expect(version).toBe(1);
    expect(windows).toHaveLength(12);
    const easter = windows.filter(({ event }) => event === "paques");
    expect(easter.map(({ date, rushFrom, rushTo, mergedWith }) => [date, rushFrom, rushTo, mergedWith])).toEqual([
      ["2027-03-28", "2027-03-07", "2027-03-29", []],
      ["2028-04-16", "2028-03-26", "2028-04-17", []],
      ["2029-04-01", "2029-03-11", "2029-04-02", []],
      ["2030-04-21", "2030-03-31", "2030-04-22", []],
    ]);
  });

  test("from today, for a year, when nothing is said", async () => {
    const { from: first, years, windows } = await lor.json<CalendarReport>(["calendar"]);
    expect(Math.abs(Date.parse(first) - Date.now())).toBeLessThan(2 * 86_400_000);
    expect(years).toBe(1);
    expect(new Set(windows.map(({ event }) => event)).size).toBe(3);
  });

  test("200 years arrive whole through a pipe, which takes less at once", async () => {
    const { windows } = await lor.json<CalendarReport>(["calendar", ...from, "--years", "200"]);
    expect(windows).toHaveLength(600);
  });

  test("its prices are those of cost: a window of 23 days costs 23 days of each profile's month", async () => {
    const { windows, prices } = await lor.json<CalendarReport>(["calendar", ...from]);
    const month = async (profile: string) => {
      const { total, outsideOfferTotal } = await lor.json<{ total: Sum; outsideOfferTotal: Sum }>([
        "cost",
        "--profile",
        profile,
      ]);
      return Number(total.amount) + Number(outsideOfferTotal.amount);
    };
    const [normal, rush] = [await month("normal"), await month("rush")];
    expect(Number(prices.month.normal)).toBeCloseTo(normal, 9);
    expect(Number(prices.month.rush)).toBeCloseTo(rush, 9);
    const share = (23 * 24) / 730;
    expect(Number(windows[0]?.price.inRush)).toBeCloseTo(rush * share, 2);
    expect(Number(windows[0]?.price.inNormal)).toBeCloseTo(normal * share, 2);
  });
});

interface Sum {
  readonly amount: string;
}

describe("a project whose windows are merged", () => {
  test("the screen says what is merged, and what merging costs and not merging", async () => {
    const run = await merging.run(["calendar", ...from]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await expect(run.stdout).toMatchFileSnapshot(golden("calendar-merged.txt"));
  });

  test("the document names the others of a merged window", async () => {
    const { windows, gaps } = await merging.json<CalendarReport>(["calendar", ...from]);
    expect(windows[0]).toMatchObject({
      event: "saint-valentin",
      rushFrom: "2027-01-24",
      rushTo: "2027-03-29",
      mergedWith: ["paques"],
    });
    expect(windows[1]).toMatchObject({ event: "fete-des-meres", date: "2027-05-30", mergedWith: ["salon"] });
    expect(gaps[0]).toMatchObject({ after: "saint-valentin", before: "paques", days: 19, merged: true });
    expect(gaps[1]).toMatchObject({ after: "paques", before: "fete-des-meres", merged: false });
  });
});

describe("iCalendar", () => {
  const file = (project: TestProject) => join(project.folder, "rush.ics");
  const entries = (text: string) => {
    const calendar = new ICAL.Component(ICAL.parse(text));
    const zones = calendar.getAllSubcomponents("vtimezone").map((zone) => new ICAL.Timezone(zone));
    for (const zone of zones) ICAL.TimezoneService.register(zone);
    return {
      zones: zones.map(({ tzid }) => tzid),
      entries: calendar.getAllSubcomponents("vevent").map((component) => {
        const { uid, summary, startDate, endDate } = new ICAL.Event(component);
        const at = (time: ICAL.Time) => time.toJSDate().toISOString();
        return { uid, summary, start: at(startDate), end: at(endDate) };
      }),
    };
  };

  test("another program reads every window and freeze at the moments that the document tells", async () => {
    const { windows } = await merging.json<CalendarReport>(["calendar", ...from, "--ical", file(merging)]);
    const text = readFileSync(file(merging), "utf8");
    const read = entries(text);
    const iso = (time: string) => new Date(time).toISOString();
    const expected = windows.flatMap((window) => [
      { start: iso(window.start), end: iso(window.end) },
      ...window.events.flatMap(({ freeze }) =>
        freeze === null ? [] : [{ start: iso(freeze.start), end: iso(freeze.end) }],
      ),
    ]);
    expect(read.zones).toEqual(["Europe/Paris"]);
    expect(read.entries.map(({ start, end }) => ({ start, end }))).toEqual(expected);
    expect(read.entries[0]).toEqual({
      uid: "rush-saint-valentin-2027@lor.lor-infra",
      summary: "Rush: saint-valentin, paques",
      start: "2027-01-23T23:00:00.000Z",
      end: "2027-03-29T22:00:00.000Z",
    });
    // RFC 5545: lines of at most 75 octets that end with CRLF, and a stamp in UTC.
    expect(text.endsWith("END:VCALENDAR\r\n")).toBe(true);
    expect(text.split("\r\n").filter((line) => Buffer.byteLength(line) > 75 || line.includes("\n"))).toEqual([]);
    expect(text).toMatch(/^DTSTAMP:\d{8}T\d{6}Z$/m);
  });

  test("in UTC there is no zone to explain", async () => {
    const utc = new InProcessProject();
    try {
      utc.edit("Pulumi.yaml", (text) => text.replace("timeZone: Europe/Paris", "timeZone: UTC"));
      const { windows } = await utc.json<CalendarReport>(["calendar", ...from, "--ical", file(utc)]);
      const read = entries(readFileSync(file(utc), "utf8"));
      expect(read.zones).toEqual([]);
      expect(read.entries[0]?.start).toBe("2027-01-24T00:00:00.000Z");
      expect(windows[0]?.start).toBe("2027-01-24T00:00:00+00:00");
    } finally {
      await utc.dispose();
    }
  });

  test("an entry keeps its name when its date moves and when the period does; no two have one name", async () => {
    const uids = async (args: readonly string[]) => {
      await lor.json(["calendar", ...args, "--ical", file(lor)]);
      return entries(readFileSync(file(lor), "utf8")).entries.map(({ uid }) => uid);
    };
    const before = await uids([...from, "--years", "2"]);
    expect(new Set(before).size).toBe(before.length);
    expect(before).toHaveLength(12);
    expect(await uids(["--from", "2028-01-01"])).toEqual(before.slice(6));
    lor.edit("Pulumi.yaml", (text) => text.replace('"12-25"', '"12-24"'));
    expect(await uids([...from, "--years", "2"])).toEqual(before);
    lor.edit("Pulumi.yaml", (text) => text.replace('"12-24"', '"12-25"'));
  });

  test("it is written over an older calendar and over nothing else", async () => {
    const settings = readFileSync(join(lor.folder, "Pulumi.yaml"), "utf8");
    const taken = await lor.run(["calendar", "--ical", "Pulumi.yaml", "--json"]);
    expect([taken.code, JSON.parse(taken.stdout).error.code]).toEqual([2, "calendar-file-taken"]);
    expect(readFileSync(join(lor.folder, "Pulumi.yaml"), "utf8")).toBe(settings);
    const nowhere = await lor.run(["calendar", "--ical", "none/rush.ics", "--json"]);
    expect([nowhere.code, JSON.parse(nowhere.stdout).error.code]).toEqual([1, "calendar-not-written"]);
    writeFileSync(file(lor), "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n");
    expect((await lor.run(["calendar", "--ical", "rush.ics"])).stdout).toContain("Written: rush.ics");
  });
});

test("while a freeze is on, the first line says so", async () => {
  const today = new Date().toISOString().slice(5, 10).replace("02-29", "02-28");
  merging.edit("Pulumi.yaml", (text) =>
    text.replace(
      "      events:\n",
      `      events:\n        - { name: inventory, kind: fixed, date: "${today}", lead: P9D, end: P9D, freeze: { before: P2D, after: P2D } }\n`,
    ),
  );
  const { frozen } = await merging.json<CalendarReport>(["calendar"]);
  expect(frozen?.event).toBe("inventory");
  expect(Date.parse(frozen?.until ?? "")).toBeGreaterThan(Date.now());
  expect((await merging.run(["calendar"])).stdout).toMatch(
    /\nChange freeze of inventory until \d{4}-\d\d-\d\d \d\d:\d\d\n/,
  );
});

describe("refused on the command line", () => {
  test.each([
    [["--years", "0"]],
    [["--years", "201"]],
    [["--years", "many"]],
    [["--from", "2027-02-30"]],
    [["--from", "tomorrow"]],
    [["--from", "1899-12-31"]],
    [["--price-book", "none"]],
  ])("%j", async (args) => {
    const run = await lor.run(["calendar", ...args, "--json"]);
    expect(run.code).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({ version: 1, ok: false });
  });

  test("a calendar without events says so", async () => {
    const empty = new InProcessProject();
    try {
      empty.edit("Pulumi.yaml", (text) => text.replace(/ {2}# When rush is wanted[\s\S]*$/, ""));
      expect(await empty.json<CalendarReport>(["calendar"])).toMatchObject({ windows: [], gaps: [] });
      expect((await empty.run(["calendar"])).stdout).toContain("calendar.events");
    } finally {
      await empty.dispose();
    }
  });
});
