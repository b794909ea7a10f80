import fc from "fast-check";
import { expect, test } from "vitest";
import { findInstance, ovhcloudOffer } from "../../src/clouds/ovh/offers.ts";
import { findPriceBook, priceBooks } from "../../src/clouds/ovh/price-books.ts";
import { estimateItems } from "../../src/domain/cost.ts";
import type { Charge, PlanItem } from "../../src/domain/plan-item.ts";
import type { PriceBook } from "../../src/domain/price-book.ts";

const charge: fc.Arbitrary<Charge> = fc.oneof(
  fc.constant<Charge>({ kind: "free" }),
  fc.constantFrom("b2-7", "b2-15", "b3-8", "c3-99").map((size): Charge => ({ kind: "instance", size })),
  fc.record({
    kind: fc.constant("database" as const),
    engine: fc.constantFrom("mysql" as const, "postgresql" as const),
    plan: fc.constantFrom("essential", "business"),
    flavor: fc.constantFrom("db1-4", "db1-7"),
    nodes: fc.integer({ min: 1, max: 3 }),
  }),
  fc.constantFrom(200, 500, 2000, 4000).map((bandwidth): Charge => ({ kind: "load-balancer", bandwidth })),
  fc.integer({ min: 1, max: 5000 }).map((gigabytes): Charge => ({ kind: "object-storage", gigabytes })),
  fc
    .integer({ min: 1, max: 5000 })
    .map((gigabytes): Charge => ({ kind: "volume", volumeType: "high-speed", gigabytes })),
  fc.constantFrom<Charge>({ kind: "floating-address" }, { kind: "router" }, { kind: "instance-backup", copies: 7 }),
);

const items = fc.array(charge, { maxLength: 40 }).map((charges) =>
  charges.map(
    (each, index): PlanItem => ({
      name: `item-${index}`,
      type: "test:index:Item",
      component: "Test",
      holdsData: false,
      serves: false,
      charge: each,
    }),
  ),
);

test("every item is in exactly one line or free, whatever the price book", () => {
  fc.assert(
    fc.property(items, fc.constantFrom(...priceBooks), (all, book) => {
      const estimate = estimateItems(all, book);
      const counted = [...estimate.lines, ...estimate.outsideOffer].flatMap((line) => line.items).concat(estimate.free);
      expect(counted.map((item) => item.name).sort()).toEqual(all.map((item) => item.name).sort());
    }),
  );
});

test("a sum is the sum of its known lines, and says how many it lacks", () => {
  fc.assert(
    fc.property(items, fc.constantFrom(...priceBooks), (all, book) => {
      for (const [lines, sum] of sumsOf(all, book)) {
        const unknown = lines.filter((line) => line.amount === undefined);
        expect(sum.unpriced).toEqual(unknown.map(({ key }) => key));
        if (lines.length > 0 && unknown.length === lines.length) expect(sum.known).toBeUndefined();
        else {
          // Amounts have at most 20 decimals: exact as whole numbers.
          const total = lines.reduce((whole, line) => whole + wholeOf(line.amount?.amount ?? "0"), 0n);
          expect(wholeOf(sum.known?.amount ?? "none")).toBe(total);
        }
        for (const line of unknown) expect(line.note).not.toBeUndefined();
      }
    }),
  );
});

test("twice the items cost twice as much", () => {
  fc.assert(
    fc.property(items, fc.constantFrom(...priceBooks), (all, book) => {
      const once = estimateItems(all, book).total.known;
      const twice = estimateItems([...all, ...all], book).total.known;
      expect(twice?.amount).toBe(once?.times(2).amount);
    }),
  );
});

test("a price by the hour is counted for the hours of the book's month, and a monthly plan is not counted", () => {
  const book = findPriceBook("ovh-catalogue-2026-06");
  if (book === undefined) throw new Error("no such price book");
  const [line] = estimateItems([server("b2-7")], book).lines;
  expect(line?.unitPrice?.amount).toBe("51.757");
  expect(line?.hourPrice?.amount).toBe("0.0709");
  expect(line?.monthlyPlan?.amount).toBe("24.2");
});

test("a size without a price is unknown, never zero", () => {
  for (const book of priceBooks) {
    const { lines, total } = estimateItems([server("c3-99")], book);
    expect(lines.map((line) => line.amount)).toEqual([undefined]);
    expect(total).toEqual({ known: undefined, unpriced: ["instance c3-99"] });
  }
});

test("every size that a region sells has a price somewhere", () => {
  for (const size of ovhcloudOffer.regions.flatMap((region) => region.classic)) {
    expect(findInstance(size)).toBeDefined();
    expect(priceBooks.some((book) => Object.hasOwn(book.prices, `instance ${size}`))).toBe(true);
  }
});

test("shared tables cannot be changed in place", () => {
  for (const book of priceBooks) {
    expect(() => Object.assign(book.prices, { router: { month: "0" } })).toThrow(TypeError);
    expect(() => (book.covers as string[]).sort()).toThrow(TypeError);
  }
  expect(() => (ovhcloudOffer.regions as unknown[]).reverse()).toThrow(TypeError);
});

test("every book says when, whence, in which currency and with which tax", () => {
  for (const book of priceBooks) {
    expect(book.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
    expect(book.source.length).toBeGreaterThan(20);
    expect(book.currency).toBe("EUR");
    expect(book.tax).toBe("excluded");
    if (book.outside !== undefined) expect(findPriceBook(book.outside)).toBeDefined();
  }
});

function sumsOf(all: readonly PlanItem[], book: PriceBook) {
  const { lines, total, outsideOffer, outsideOfferTotal } = estimateItems(all, book);
  return [
    [lines, total],
    [outsideOffer, outsideOfferTotal],
  ] as const;
}

function server(size: string): PlanItem {
  return {
    name: "ps-0",
    type: "openstack:compute/instance:Instance",
    component: "PrestaShopTier",
    holdsData: false,
    serves: true,
    charge: { kind: "instance", size },
  };
}

function wholeOf(amount: string): bigint {
  const [whole = "", fraction = ""] = amount.split(".");
  return BigInt(`${whole}${fraction.padEnd(20, "0")}`);
}
