import { Temporal } from "temporal-polyfill";
import { expect, it } from "vitest";
import { Money } from "../../../src/core/money.ts";
import { durationCheck } from "../../../src/rolling/preflight/duration.ts";
import { rushPriceCheck } from "../../../src/rolling/preflight/rush-price.ts";
import { noelCalendar } from "./noel.ts";

const calendar = noelCalendar();
const month = (amount: string) => ({ known: Money.of(amount, "EUR"), unknown: [] });
// A euro an hour in normal, three in rush.
const prices = { normal: month("730"), rush: month("2190"), hoursPerMonth: 730 };
const facts = {
  calendar,
  now: Temporal.Instant.from("2026-12-04T00:00:00+01:00"),
  event: "noel",
  prices,
  unpriced: [],
};

it("what rush costs more is told until its end, for the switch itself, and against a year of it", () => {
  // 23 days; half an hour of a euro more and half an hour of two; 365 days; those of the calendar.
  const steps = [
    { seconds: 1800, month: month("1460") },
    { seconds: 1800, month: month("2190") },
  ];
  expect(rushPriceCheck({ ...facts, steps })).toEqual({
    name: "price",
    outcome: "ok",
    reason:
      "more than normal, before tax: until the end of the rush on 2026-12-26 1104.00 EUR (1656.00 EUR in all); the switch itself 1.50 EUR; in rush for a whole year 17520.00 EUR, by the calendar 1104.00 EUR",
  });
});

it("what has no price and differs makes it not known; a sum that is not known is never zero", () => {
  const unknown = { ...prices, rush: { known: undefined, unknown: ["instance b9"] } };
  expect(rushPriceCheck({ ...facts, prices: unknown, steps: [], unpriced: ["instance b9"] })).toMatchObject({
    outcome: "unknown",
    code: "rush-price-not-sure",
    reason: expect.stringMatching(/until the end of the rush on 2026-12-26 an unknown sum .*not counted: instance b9$/),
  });
});

it("a switch that ends after the event has begun is a warning", () => {
  const { now, event } = facts;
  expect(durationCheck({ calendar, now, event, steps: [{ seconds: 720 }] })).toMatchObject({
    outcome: "ok",
    reason: "about 12 min in 1 step, done before 2026-12-25",
  });
  const late = Temporal.Instant.from("2026-12-24T23:50:00+01:00");
  expect(durationCheck({ calendar, now: late, event, steps: [{ seconds: 720 }] })).toMatchObject({
    outcome: "warning",
    code: "switch-ends-late",
  });
});
