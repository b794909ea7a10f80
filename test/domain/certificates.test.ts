import { expect, it } from "vitest";
import { Duration } from "../../src/core/duration.ts";
import { challengeRecord, coversDomain, isDue } from "../../src/domain/certificates.ts";

const day = 86_400_000;
const notBefore = new Date("2026-11-01T00:00:00Z");
const certificateOf = (days: number) => ({ notBefore, notAfter: new Date(notBefore.getTime() + days * day) });
const after = (days: number) => new Date(notBefore.getTime() + days * day);

it.each([
  { validity: 90, age: 59, due: false },
  { validity: 90, age: 60, due: true },
  { validity: 90, age: 91, due: true },
  // Issued for six days: not due at once, which would reach the rate limit in a day.
  { validity: 6, age: 0, due: false },
  { validity: 6, age: 2.9, due: false },
  { validity: 6, age: 3, due: true },
])("a certificate of $validity days is due after $age: $due", ({ validity, age, due }) => {
  expect(isDue(certificateOf(validity), Duration.parse("P30D"), after(age))).toBe(due);
});

it.each([
  { name: "lor.example", record: "_acme-challenge" },
  { name: "*.lor.example", record: "_acme-challenge" },
  { name: "www.lor.example", record: "_acme-challenge.www" },
  { name: "*.shop.lor.example", record: "_acme-challenge.shop" },
  { name: "www.seller.example", record: undefined },
  { name: "www.seelor.example", record: undefined },
])("$name is proven by $record", ({ name, record }) => {
  expect(challengeRecord(name, "lor.example")).toBe(record);
});

it("matches a wildcard with one label only", () => {
  expect(coversDomain(["*.lor.example"], "www.lor.example")).toBe(true);
  expect(coversDomain(["*.lor.example"], "lor.example")).toBe(false);
  expect(coversDomain(["*.lor.example"], "a.www.lor.example")).toBe(false);
  expect(coversDomain(["WWW.lor.example"], "www.lor.example")).toBe(true);
});
