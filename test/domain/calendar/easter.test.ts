import { expect, test } from "vitest";
import { easterSunday, whitSunday } from "../../../src/domain/calendar/easter.ts";
import { day } from "./calendars.ts";

test.each([
  [2027, "2027-03-28"],
  [2028, "2028-04-16"],
  [2029, "2029-04-01"],
  [2030, "2030-04-21"],
  // The earliest and the latest of the two centuries, and the two years in which Gauss's rule has its exceptions.
  [2285, "2285-03-22"],
  [2038, "2038-04-25"],
  [1954, "1954-04-18"],
  [1981, "1981-04-19"],
])("western Easter of %i is %s", (year, expected) => {
  expect(easterSunday(year, "western").toString()).toBe(expected);
});

test.each([
  [2024, "2024-05-05"],
  [2025, "2025-04-20"],
  [2026, "2026-04-12"],
  [2027, "2027-05-02"],
  [2100, "2100-05-02"],
])("orthodox Easter of %i is %s", (year, expected) => {
  expect(easterSunday(year, "orthodox").toString()).toBe(expected);
});

test("from 1900 to 2299 western Easter agrees with the algorithm of Meeus, Jones and Butcher", () => {
  for (const year of years(1900, 2299)) {
    expect(easterSunday(year, "western").toString(), String(year)).toBe(butcher(year));
  }
});

test("from 1900 to 2299 orthodox Easter agrees with Meeus's Julian algorithm, and is a Sunday not before the western one", () => {
  for (const year of years(1900, 2299)) {
    const orthodox = easterSunday(year, "orthodox");
    expect(orthodox.toString(), String(year)).toBe(meeusJulian(year));
    expect(orthodox.dayOfWeek).toBe(7);
    expect(easterSunday(year, "western").until(orthodox).days).toBeGreaterThanOrEqual(0);
  }
});

test("Whit Sunday is seven weeks after Easter", () => {
  expect(whitSunday(2023).toString()).toBe("2023-05-28");
  expect(whitSunday(2027).toString()).toBe("2027-05-16");
});

function years(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** The "anonymous" algorithm that Nature printed in 1876; the names are those of Meeus, Astronomical Algorithms, chapter 8. */
function butcher(year: number): string {
  const a = year % 19;
  const b = Math.floor(year / 100);
  const c = year % 100;
  const d = Math.floor(b / 4);
  const e = b % 4;
  const f = Math.floor((b + 8) / 25);
  const g = Math.floor((b - f + 1) / 3);
  const h = (19 * a + b - d - g + 15) % 30;
  const i = Math.floor(c / 4);
  const k = c % 4;
  const l = (32 + 2 * e + 2 * i - h - k) % 7;
  const m = Math.floor((a + 11 * h + 22 * l) / 451);
  const n = h + l - 7 * m + 114;
  return iso(year, Math.floor(n / 31), (n % 31) + 1);
}

/** The same chapter's for the Julian calendar, and the days by which that is behind. */
function meeusJulian(year: number): string {
  const a = year % 4;
  const b = year % 7;
  const c = year % 19;
  const d = (19 * c + 15) % 30;
  const e = (2 * a + 4 * b - d + 34) % 7;
  const n = d + e + 114;
  const julian = day(iso(year, Math.floor(n / 31), (n % 31) + 1));
  const skippedLeapDays = [1700, 1800, 1900, 2100, 2200].filter((century) => year >= century).length;
  return julian.add({ days: 10 + skippedLeapDays }).toString();
}

function iso(year: number, month: number, dayOfMonth: number): string {
  return `${year}-${String(month).padStart(2, "0")}-${String(dayOfMonth).padStart(2, "0")}`;
}
