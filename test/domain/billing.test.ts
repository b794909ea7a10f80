import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findPriceBook } from "../../src/clouds/ovh/price-books.ts";
import { Money } from "../../src/core/money.ts";
import { chooseBilling, type InstancePrice, instancePrice } from "../../src/domain/billing.ts";
import type { PriceBook } from "../../src/domain/price-book.ts";

const euro = (amount: string) => Money.of(amount, "EUR");
const book = (id: string): PriceBook => {
  const found = findPriceBook(id);
  if (found === undefined) throw new Error(`no book ${id}`);
  return found;
};
const b215 = instancePrice("b2-15", book("offer-2025"));
const cents = fc.integer({ min: 1, max: 100_000 }).map((ten) => euro((ten / 10_000).toFixed(4)));

describe("the price of a size", () => {
  test("an offer that knows months only is answered from the book behind it, which knows both", () => {
    expect([b215.priceBook, b215.hour?.amount, b215.monthlyPlan?.amount]).toEqual([
      "ovh-catalogue-2026-06",
      "0.1342",
      "46.2",
    ]);
    expect(instancePrice("b2-7", book("ovh-catalogue-2026-06")).hour?.amount).toBe("0.0709");
  });

  test("a size without a plan has its hour; a size that no book knows has nothing, never zero", () => {
    expect(instancePrice("b3-8", book("offer-2025"))).toMatchObject({ monthlyPlan: undefined });
    expect(instancePrice("b3-8", book("offer-2025")).hour?.amount).toBe("0.0512");
    expect(instancePrice("c9-1", book("offer-2025"))).toMatchObject({ hour: undefined, monthlyPlan: undefined });
  });
});

describe("by the hour or by plan", () => {
  test.each([
    ["three weeks within a month", { hours: 552, months: 1 }, "monthly-plan", 345],
    ["the last hour before the border", { hours: 344, months: 1 }, "hourly", 345],
    ["the border", { hours: 345, months: 1 }, "monthly-plan", 345],
    ["three weeks that reach into a second month", { hours: 552, months: 2 }, "hourly", 689],
  ])("%s", (_, use, cheaper, breakEvenHours) => {
    expect(chooseBilling(b215, use)).toMatchObject({ cheaper, breakEvenHours, proRata: undefined });
  });

  test("a first month that is due from its first day decides otherwise, and is told beside", () => {
    const { hourly, monthlyPlan, cheaper, proRata } = chooseBilling(b215, {
      hours: 552,
      months: 2,
      firstMonth: { days: 8, of: 31 },
    });
    expect([hourly?.toCents().amount, monthlyPlan?.amount, cheaper]).toEqual(["74.08", "92.4", "hourly"]);
    expect([proRata?.monthlyPlan.amount, proRata?.cheaper]).toEqual(["58.12", "monthly-plan"]);
  });

  test("an unknown price gives no answer", () => {
    const price: InstancePrice = { priceBook: "x", hour: euro("0.1"), monthlyPlan: undefined };
    expect(chooseBilling(price, { hours: 10, months: 1 })).toMatchObject({
      monthlyPlan: undefined,
      cheaper: undefined,
      breakEvenHours: undefined,
    });
    expect(chooseBilling({ ...price, hour: undefined }, { hours: 10, months: 1 }).hourly).toBeUndefined();
  });

  test("the break-even agrees with the figures: one hour less and the hour is cheaper, from it on the plan is not dearer", () => {
    fc.assert(
      fc.property(
        cents,
        cents,
        fc.integer({ min: 1, max: 14 }),
        fc.integer({ min: 0, max: 9000 }),
        (hour, plan, months, hours) => {
          const price: InstancePrice = { priceBook: "x", hour, monthlyPlan: plan };
          const { hourly, monthlyPlan, breakEvenHours, cheaper } = chooseBilling(price, { hours, months });
          const border = breakEvenHours ?? Number.NaN;
          const planned = plan.times(months);
          expect(planned.isMoreThan(hour.times(border))).toBe(false);
          if (border > 0) expect(planned.isMoreThan(hour.times(border - 1))).toBe(true);
          expect(monthlyPlan?.equals(planned)).toBe(true);
          expect(hourly?.equals(hour.times(hours))).toBe(true);
          if (hours < border) expect(cheaper).toBe("hourly");
          if (hours > border) expect(cheaper).toBe("monthly-plan");
        },
      ),
    );
  });
});
