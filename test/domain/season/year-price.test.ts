import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { Money } from "../../../src/core/money.ts";
import type { MonthlyPrice } from "../../../src/domain/calendar/price.ts";
import { planSeason } from "../../../src/domain/calendar/windows.ts";
import type { Span } from "../../../src/domain/season/period.ts";
import { pricePeriod, type SeasonCost, type SeasonPrices } from "../../../src/domain/season/year-price.ts";
import { calendar, day } from "../calendar/calendars.ts";

const month = (amount: string): MonthlyPrice => ({ known: Money.of(amount, "EUR"), unknown: [] });
const unknown: MonthlyPrice = { known: undefined, unknown: ["router"] };
const prices = (normal: MonthlyPrice, rush: MonthlyPrice, leaving = month("73")): SeasonPrices => ({
  normal,
  rush,
  hoursPerMonth: 730,
  switches: { toRush: { hours: 1, leaving }, toNormal: { hours: 2, leaving } },
});
const yearFrom = (from: string, spans?: readonly Span[], given = prices(month("210.30956"), month("325.50956"))) => {
  const first = day(from);
  const windows = spans ?? planSeason(calendar(), first, 1).windows.map(({ wall }) => wall);
  return pricePeriod({ from: first, until: first.add({ years: 1 }) }, windows, given);
};
const added = (all: readonly SeasonCost[], name: "inNormal" | "inRush" | "inSwitches" | "total" | "alwaysNormal") =>
  all.reduce((sum, one) => (one[name] === undefined ? sum : sum.plus(one[name])), Money.zero("EUR")).amount;

const anyDay = fc
  .integer({ min: 0, max: 36_500 })
  .map((days) => Temporal.PlainDate.from("2020-01-01").add({ days }).toString());
const anyPrice = fc.integer({ min: 1, max: 5_000_000 }).map((amount) => month((amount / 100_000).toFixed(5)));

describe("a year", () => {
  test("without a rush costs twelve months of 730 hours to the cent; a leap year one day more", () => {
    expect(yearFrom("2027-01-01", []).total.total?.amount).toBe(
      Money.of("210.30956", "EUR").times(12).toCents().amount,
    );
    expect(yearFrom("2028-01-01", [], prices(month("730"), month("730"))).total.total?.amount).toBe("8784");
    expect(yearFrom("2027-01-01", [], prices(month("730"), month("730"))).total.total?.amount).toBe("8760");
  });

  test("Lor's: three windows of 23 days, six switches, between always normal and always rush", () => {
    const { months, total } = yearFrom("2027-01-01");
    expect(total.rushSeconds).toBe(3 * 23 * 86_400);
    expect(months.map(({ rushSeconds }) => rushSeconds / 3600)).toEqual([192, 360, 552, 0, 0, 0, 0, 0, 0, 0, 0, 552]);
    expect(months.map(({ switches }) => switches)).toEqual([1, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2]);
    // 3 switches of an hour and 3 of two, of what costs 73 a month.
    expect(total.inSwitches?.amount).toBe("0.9");
    expect(total.total?.isMoreThan(total.alwaysNormal ?? Money.zero("EUR"))).toBe(true);
    expect(total.alwaysRush?.isMoreThan(total.total ?? Money.zero("EUR"))).toBe(true);
  });

  test("the month in which the clocks change has its 24 hours a day, as the calendar counts", () => {
    const { months } = yearFrom("2027-01-01");
    const hours = months.map(({ normalSeconds, rushSeconds }) => (normalSeconds + rushSeconds) / 3600);
    expect(hours).toEqual([744, 672, 744, 720, 744, 720, 744, 744, 720, 744, 720, 744]);
  });

  test("that begins within a month has parts of it at both ends; a rush that is under way is counted from the first day", () => {
    const { months, total } = yearFrom("2026-12-10");
    expect(months).toHaveLength(13);
    expect([months[0]?.part.month, months[12]?.part.month]).toEqual(["2026-12", "2027-12"]);
    expect(months[0]?.rushSeconds).toBe(17 * 86_400);
    expect(months[12]?.rushSeconds).toBe(6 * 86_400);
    // Into noel 2026 it was switched before, out of noel 2027 it is after.
    expect(total.switches).toBe(6);
  });

  test("the months are the year to the cent, whatever the prices, the first day and the windows", () => {
    fc.assert(
      fc.property(anyDay, anyPrice, anyPrice, anyPrice, (from, normal, rush, leaving) => {
        const { months, total } = yearFrom(from, undefined, prices(normal, rush, leaving));
        for (const name of ["inNormal", "inRush", "inSwitches", "total", "alwaysNormal"] as const) {
          expect(added(months, name)).toBe(total[name]?.amount);
        }
        for (const one of [...months, total]) {
          const parts = [one.inNormal, one.inRush, one.inSwitches].map((part) => part ?? Money.zero("EUR"));
          expect(parts.reduce((sum, part) => sum.plus(part)).amount).toBe(one.total?.amount);
        }
        for (const one of months.filter(({ rushSeconds, switches }) => rushSeconds === 0 && switches === 0)) {
          expect(one.total?.amount).toBe(one.alwaysNormal?.amount);
        }
      }),
      { numRuns: 60 },
    );
  });

  test("rush that costs what normal costs costs nothing more than the switches", () => {
    fc.assert(
      fc.property(anyDay, anyPrice, (from, price) => {
        const { total } = yearFrom(from, undefined, prices(price, price));
        expect(total.total?.minus(total.inSwitches ?? Money.zero("EUR")).amount).toBe(total.alwaysNormal?.amount);
      }),
      { numRuns: 40 },
    );
  });

  test("what is unknown stays unknown: of rush, of a switch, and of the sum; the rest is told", () => {
    const { total, months } = yearFrom("2027-01-01", undefined, prices(month("73"), unknown));
    expect([total.inRush, total.total, total.alwaysRush]).toEqual([undefined, undefined, undefined]);
    expect(total.alwaysNormal?.amount).toBe("876");
    expect(months[3]?.total).toBeUndefined();
    const switching = yearFrom("2027-01-01", undefined, prices(month("73"), month("146"), unknown));
    expect([switching.total.inSwitches, switching.total.total]).toEqual([undefined, undefined]);
  });
});
