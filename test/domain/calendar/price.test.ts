import { expect, test } from "vitest";
import { priceBooks } from "../../../src/clouds/ovh/price-books.ts";
import { Money } from "../../../src/core/money.ts";
import { type MonthlyPrice, monthlyPriceOf, priceTime } from "../../../src/domain/calendar/price.ts";
import { estimateItems } from "../../../src/domain/cost.ts";
import type { Charge, PlanItem } from "../../../src/domain/plan-item.ts";

const month = (amount: string): MonthlyPrice => ({ known: Money.of(amount, "EUR"), unknown: [] });
const unknown: MonthlyPrice = { known: undefined, unknown: ["router"] };
const day = 86_400;

function amounts(seconds: number, normal: MonthlyPrice, rush: MonthlyPrice): readonly (string | undefined)[] {
  const { inNormal, inRush, extra } = priceTime(seconds, { normal, rush, hoursPerMonth: 730 });
  return [inNormal?.amount, inRush?.amount, extra?.amount];
}

test("a month of 730 hours costs what a month costs, a day of it 24 of them", () => {
  expect(amounts(730 * 3600, month("73"), month("146"))).toEqual(["73", "146", "73"]);
  expect(amounts(day, month("73"), month("146"))).toEqual(["2.4", "4.8", "2.4"]);
  expect(amounts(19 * day, month("210.30956"), month("325.50956"))).toEqual(["131.37", "203.33", "71.96"]);
});

test("what rush costs more is the difference of the two that are shown", () => {
  const [inNormal, inRush, extra] = amounts(23 * day, month("10.01"), month("20.02"));
  expect(Number(inRush) - Number(inNormal)).toBeCloseTo(Number(extra), 9);
});

test("unknown stays unknown, and is never zero", () => {
  expect(amounts(day, unknown, month("73"))).toEqual([undefined, "2.4", undefined]);
  expect(amounts(day, month("73"), unknown)).toEqual(["2.4", undefined, undefined]);
});

const item = (charge: Charge, index: number): PlanItem => ({
  name: `item-${index}`,
  type: "test:index:Item",
  component: "Test",
  holdsData: false,
  serves: false,
  charge,
});
const [book] = priceBooks;
if (book === undefined) throw new Error("there is no price book");
const estimate = (...charges: readonly Charge[]) => monthlyPriceOf(estimateItems(charges.map(item), book));

test("a month is the offer and what it leaves out, and names what has no price", () => {
  const both = estimate({ kind: "instance", size: "b2-7" }, { kind: "router" });
  const alone = estimate({ kind: "instance", size: "b2-7" });
  expect(both.known?.amount).toBe(alone.known?.amount);
  expect([both.unknown, alone.unknown]).toEqual([["router"], []]);
  expect(estimate({ kind: "router" }, { kind: "instance", size: "c9-1" }).known).toBeUndefined();
});
