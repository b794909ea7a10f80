import { expect, test } from "vitest";
import { estimateCost } from "../../../src/actions/cost/estimate-cost.ts";
import { planItems } from "../../../src/systems/lor/plan-items.ts";
import { lorProject, planOf } from "./lor-project.ts";

test.each([
  ["normal", undefined, "210.30956"],
  ["rush", "b2-7", "259.50956"],
  ["rush", undefined, "325.50956"],
  ["rush", "b2-15", "325.50956"],
] as const)(
  "the customer's offer for %s with fronts %s is %s EUR, to the last digit",
  (profile, frontsFlavor, amount) => {
    const report = estimateCost({
      project: lorProject(),
      profile,
      ...(frontsFlavor === undefined ? {} : { frontsFlavor }),
      priceBook: "offer-2025",
    });
    expect(report.total).toEqual({ amount, currency: "EUR", tax: "excluded", period: "month", unpriced: [] });
  },
);

test("the offer counts servers, databases, load balancer and storage", () => {
  const { lines } = estimateCost({ project: lorProject(), profile: "normal", priceBook: "offer-2025" });
  expect(lines.map(({ label, quantity, unitPrice, amount }) => [label, quantity, unitPrice, amount]).sort()).toEqual([
    ["database mysql essential db1-4", 1, "50", "50"],
    ["database postgresql essential db1-4", 1, "50", "50"],
    ["instance b2-15", 1, "46.2", "46.2"],
    ["instance b2-7", 2, "24.2", "48.4"],
    ["load-balancer 500", 1, "15", "15"],
    ["object-storage", 100, "0.0070956", "0.70956"],
  ]);
});

test("what the offer leaves out is beside it, with its own sum, and unknown where no price is known", () => {
  const report = estimateCost({ project: lorProject(), profile: "normal", priceBook: "offer-2025" });
  const beside = Object.fromEntries(report.outsideOffer.map((line) => [line.label, line]));
  expect(Object.keys(beside).sort()).toEqual([
    "floating-address",
    "instance-backup",
    "object-storage-copy",
    "router",
    "volume high-speed",
  ]);
  expect(beside["floating-address"]).toMatchObject({ quantity: 2, priceBook: "ovh-catalogue-2026-06", amount: "3.65" });
  expect(beside["volume high-speed"]).toMatchObject({ quantity: 300, unit: "GB", amount: "28.689" });
  for (const label of ["router", "instance-backup", "object-storage-copy"]) {
    expect(beside[label]).toMatchObject({ unitPrice: null, amount: null });
    expect(beside[label]?.note).toMatch(/./);
  }
  expect(report.outsideOfferTotal).toMatchObject({
    amount: "32.339",
    unpriced: ["router", "object-storage-copy", "instance-backup"],
  });
});

test.each(["normal", "rush"] as const)("every resource of %s is in exactly one line, or free", (profile) => {
  for (const priceBook of ["offer-2025", "ovh-catalogue-2026-06"]) {
    const report = estimateCost({ project: lorProject(), profile, priceBook });
    const counted = [...report.lines, ...report.outsideOffer].flatMap((line) => line.items).concat(report.free.items);
    const key = ({ type, name }: { type: string; name: string }) => `${type}::${name}`;
    expect(counted.map(key).sort()).toEqual(planItems(planOf(profile)).map(key).sort());
    expect(report.free.count).toBe(report.free.items.length);
  }
});

test("an unknown price book or size is refused with those that exist", () => {
  const project = lorProject();
  expect(() => estimateCost({ project, profile: "normal", priceBook: "offer-2024" })).toThrow(
    expect.objectContaining({ code: "price-book-unknown", accepted: expect.stringContaining("offer-2025") }),
  );
  expect(() => estimateCost({ project, profile: "normal", priceBook: "offer-2025", frontsFlavor: "b2-8" })).toThrow(
    expect.objectContaining({ code: "flavor-unknown", seen: "b2-8" }),
  );
});
