import { expect, test } from "vitest";
import { findPriceBook } from "../../../src/clouds/ovh/price-books.ts";
import { instancePrice } from "../../../src/domain/billing.ts";
import { planSeason } from "../../../src/domain/calendar/windows.ts";
import type { PlanItem } from "../../../src/domain/plan-item.ts";
import { contractsOf, contractsOfResized } from "../../../src/domain/season/contracts.ts";
import { instancesOfSeason } from "../../../src/domain/season/instances.ts";
import { leavingItems } from "../../../src/domain/season/leaving.ts";
import { calendar, day } from "../calendar/calendars.ts";

const instance = (name: string, size: string): PlanItem => ({
  name,
  type: "openstack:compute/instance:Instance",
  component: "Test",
  holdsData: false,
  serves: true,
  charge: { kind: "instance", size },
});
const normal = [instance("ps-0", "b2-7"), instance("ps-1", "b2-7"), instance("odoo", "b2-15")];
const rush = [
  instance("ps-0", "b2-15"),
  instance("ps-1", "b2-15"),
  instance("ps-2", "b2-15"),
  instance("odoo", "b2-15"),
];
const instances = instancesOfSeason(normal, rush);
const book = findPriceBook("ovh-catalogue-2026-06");
if (book === undefined) throw new Error("no such book");
const priceOf = (size: string) => instancePrice(size, book);
const year = (from: string) => ({
  period: { from: day(from), until: day(from).add({ years: 1 }) },
  windows: planSeason(calendar(), day(from), 1).windows,
});

test("an instance is there all the time, outside the rush in its smaller size, in the rush in its larger one, or in the rush only", () => {
  expect(instances.map(({ name, size, when }) => `${name} ${size} ${when}`)).toEqual([
    "ps-0 b2-7 outside-rush",
    "ps-1 b2-7 outside-rush",
    "odoo b2-15 lasting",
    "ps-0 b2-15 rush",
    "ps-1 b2-15 rush",
    "ps-2 b2-15 extra",
  ]);
});

test("what leaves in a switch: the smaller sizes on the way up, the larger ones and the extra front on the way down", () => {
  const names = (items: readonly PlanItem[]) =>
    items.map(({ name, charge }) => `${name} ${"size" in charge ? charge.size : ""}`);
  expect(names(leavingItems(normal, rush))).toEqual(["ps-0 b2-7", "ps-1 b2-7"]);
  expect(names(leavingItems(rush, normal))).toEqual(["ps-0 b2-15", "ps-1 b2-15", "ps-2 b2-15"]);
  expect(leavingItems(rush, rush)).toEqual([]);
});

test("each instance over the year, and each one of a rush in each window, with its begun months", () => {
  const { period, windows } = year("2027-01-01");
  const seen = contractsOf(instances, period, windows, priceOf).map(
    ({ instance: { name, size }, window, use, choice }) =>
      [name, size, window?.firstDay.toString() ?? "year", use.hours, use.months, choice.cheaper].join(" "),
  );
  expect(seen).toContain("ps-0 b2-7 year 7104 12 monthly-plan");
  expect(seen).toContain("odoo b2-15 year 8760 12 monthly-plan");
  expect(seen.filter((line) => line.startsWith("ps-2"))).toEqual([
    "ps-2 b2-15 2027-01-24 552 2 hourly",
    "ps-2 b2-15 2027-03-07 552 1 monthly-plan",
    "ps-2 b2-15 2027-12-04 552 1 monthly-plan",
  ]);
});

test("one that is resized has one choice for the year: both sizes by the hour, or at most both plans in full", () => {
  const { period, windows } = year("2027-01-01");
  const [first] = contractsOfResized(instances, period, windows, priceOf);
  // 7104 x 0.0709 + 1656 x 0.1342; 12 x 24.20 + (2 + 1 + 1) x 46.20
  expect([first?.name, first?.hourly?.amount, first?.monthlyPlan?.amount, first?.cheaper]).toEqual([
    "ps-0",
    "725.9088",
    "475.2",
    "monthly-plan",
  ]);
});

test("of a window that reaches beyond the year, the year counts what lies in it", () => {
  const { period, windows } = year("2026-12-10");
  const [first] = contractsOfResized(instances, period, windows, priceOf);
  // Rush: 17 days of December 2026, two windows of 23, 6 days of December 2027; months 1 + 2 + 1 + 1, of 13.
  const rushHours = (17 + 46 + 6) * 24;
  const hourly = (8760 - rushHours) * 0.0709 + rushHours * 0.1342;
  expect(Number(first?.hourly?.amount)).toBeCloseTo(hourly, 9);
  expect(first?.monthlyPlan?.amount).toBe((13 * 24.2 + 5 * 46.2).toFixed(1));
});

test("a size that no book has a plan for has figures by the hour only, and no answer", () => {
  const { period, windows } = year("2027-01-01");
  const b3 = instancesOfSeason([instance("ps-0", "b3-8")], [instance("ps-0", "b3-16")]);
  expect(contractsOf(b3, period, windows, priceOf).map(({ choice }) => choice.cheaper)).toEqual(
    Array(4).fill(undefined),
  );
  expect(contractsOfResized(b3, period, windows, priceOf)).toMatchObject([
    { monthlyPlan: undefined, cheaper: undefined },
  ]);
});
