import fc from "fast-check";
import { expect, test } from "vitest";
import { Duration } from "../../src/core/duration.ts";

const milliseconds = fc.integer({ min: 0, max: 10 ** 13 });

test("what is written is read back, to the millisecond", () => {
  fc.assert(
    fc.property(milliseconds, (value) => {
      const duration = Duration.ofMilliseconds(value);
      expect(Duration.parse(duration.toString()).milliseconds).toBe(value);
    }),
  );
});

test("weeks, days, hours, minutes and seconds are exact", () => {
  const part = fc.integer({ min: 0, max: 5000 });
  fc.assert(
    fc.property(part, part, part, part, (days, hours, minutes, seconds) => {
      const duration = Duration.parse(`P${days}DT${hours}H${minutes}M${seconds}S`);
      expect(duration.inSeconds()).toBe(((days * 24 + hours) * 60 + minutes) * 60 + seconds);
    }),
  );
  expect(Duration.parse("P2W").inSeconds()).toBe(14 * 86_400);
});

test.each([
  ["PT90M", 90],
  ["PT1.5H", 90],
  ["P1D", 1440],
  ["PT1H30M", 90],
])("%s is %d minutes", (text, minutes) => {
  expect(Duration.parse(text).inMinutes()).toBe(minutes);
});

test("a conversion that would lose precision throws", () => {
  fc.assert(
    fc.property(milliseconds, (value) => {
      const duration = Duration.ofMilliseconds(value);
      if (value % 1000 === 0) expect(duration.inSeconds() * 1000).toBe(value);
      else expect(() => duration.inSeconds()).toThrow(RangeError);
      if (value % 60_000 === 0) expect(duration.inMinutes() * 60_000).toBe(value);
      else expect(() => duration.inMinutes()).toThrow(RangeError);
    }),
  );
});

test.each(["", "30", "30m", "1H", "PT", "P", "-PT5M", "P1M", "P1Y", "PT0.0001S", "PT1H ", "P1DT", "PTM"])(
  "%j is refused",
  (text) => {
    expect(() => Duration.parse(text)).toThrow(RangeError);
  },
);

test("a sum is exact and ordered", () => {
  fc.assert(
    fc.property(milliseconds, fc.integer({ min: 1, max: 10 ** 9 }), (first, second) => {
      const sum = Duration.ofMilliseconds(first).plus(Duration.ofMilliseconds(second));
      expect(sum.milliseconds).toBe(first + second);
      expect(sum.isLongerThan(Duration.ofMilliseconds(first))).toBe(true);
    }),
  );
});
