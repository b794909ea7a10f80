import fc from "fast-check";
import { expect, test } from "vitest";
import { longestGapSeconds } from "../../src/domain/cron.ts";

const hour = 3600;
const day = 24 * hour;

test.each([
  ["0 4 * * *", day],
  ["* * * * *", 60],
  ["*/15 * * * *", 15 * 60],
  ["0 */6 * * *", 6 * hour],
  ["0 0,12 * * *", 12 * hour],
  ["0 1,5 * * *", 20 * hour],
  ["30 3 * * 1-5", 3 * day],
  ["0 4 * * 7", 7 * day],
  ["0 4 * * 0", 7 * day],
  ["0 4 1 * *", 31 * day],
  ["0 4 31 * *", 61 * day],
  ["0 4 1 1 *", 366 * day],
  ["0 4 29 2 *", 1461 * day],
  // Both day fields restricted: cron runs on either.
  ["0 4 1 * 1", 7 * day],
])("%s leaves at most %d seconds", (expression, seconds) => {
  expect(longestGapSeconds(expression)).toBe(seconds);
});

test("a run every day at one time is a day apart, whatever the time", () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 59 }), fc.integer({ min: 0, max: 23 }), (minute, at) => {
      expect(longestGapSeconds(`${minute} ${at} * * *`)).toBe(day);
    }),
    { numRuns: 20 },
  );
});

test.each([
  "",
  "0 4 * *",
  "0 4 * * * *",
  "60 4 * * *",
  "0 24 * * *",
  "0 4 0 * *",
  "0 4 * 13 *",
  "0 4 * * 8",
  "5-1 4 * * *",
  "*/0 4 * * *",
  "@daily",
  "0 4 30 2 *",
  "0 4 MON * *",
])("%j is refused", (expression) => {
  expect(() => longestGapSeconds(expression)).toThrow(RangeError);
});
