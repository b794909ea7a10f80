import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { isPrivateNetwork } from "../../../src/domain/policy/access-policies.ts";
import type { PolicyFacts } from "../../../src/domain/policy/facts.ts";
import { findPolicy, policies } from "../../../src/domain/policy/policies.ts";
import { euros, loss, soundFacts } from "./facts.ts";

interface Violation {
  readonly name: string;
  readonly code: string;
  readonly facts: Partial<PolicyFacts>;
  readonly path: string;
  readonly subject: string;
  /** What the finding names. */
  readonly says: readonly string[];
  /** Default false. */
  readonly warning?: boolean;
}

const violations: readonly Violation[] = [
  {
    name: "a certificate whose last day is over",
    code: "certificate-expired",
    facts: { certificate: { ...soundFacts.certificate, daysLeft: -1 } },
    path: "LOR_TLS_PKCS12_FILE",
    subject: "certificate",
    says: ["shop.p12 has expired", "2027-12-01"],
  },
  {
    name: "a certificate with 29 days left",
    code: "certificate-expires-soon",
    facts: { certificate: { ...soundFacts.certificate, daysLeft: 29 } },
    path: "LOR_TLS_PKCS12_FILE",
    subject: "certificate",
    says: ["shop.p12 expires in 29 days"],
    warning: true,
  },
  {
    name: "a data set one second above the RPO",
    code: "rpo-not-held",
    facts: { recovery: { ...soundFacts.recovery, losses: [loss("orders", 3601)] } },
    path: "orders.copyEvery",
    subject: "orders",
    says: ["orders would lose more", "1 h 1 s", "at most 1 h"],
  },
  {
    name: "a copy in the region of its data only",
    code: "offsite-same-region",
    facts: {
      places: [
        {
          dataSet: "orders",
          region: "GRA",
          copyRegions: ["GRA", "GRA"],
          outlivesRegion: true,
          setting: "region.offsite",
        },
      ],
    },
    path: "region.offsite",
    subject: "orders",
    says: ["orders would be lost with what they are copies of", "GRA"],
  },
  {
    name: "no copy at all",
    code: "offsite-same-region",
    facts: {
      places: [{ dataSet: "orders", region: "GRA", copyRegions: [], outlivesRegion: true, setting: "region.offsite" }],
    },
    path: "region.offsite",
    subject: "orders",
    says: ["no copy"],
  },
  {
    name: "data without protection",
    code: "data-unprotected",
    facts: {
      holders: [{ dataSet: "orders", resource: "Database mysql", protected: false, setting: "mysql" }],
    },
    path: "mysql",
    subject: "orders",
    says: ["Database mysql holds orders", "protect"],
  },
  {
    name: "a database that admits the internet",
    code: "database-public",
    facts: { databases: [{ setting: "mysql", allowedFrom: ["10.10.1.0/24", "0.0.0.0/0"] }] },
    path: "mysql",
    subject: "mysql",
    says: ["public", "0.0.0.0/0", "10.0.0.0/8"],
  },
  {
    name: "a bastion that admits the internet",
    code: "ssh-from-anywhere",
    facts: { remoteAccess: { setting: "access.allowFrom", allowFrom: ["203.0.113.0/24", "0.0.0.0/0"] } },
    path: "access.allowFrom",
    subject: "0.0.0.0/0",
    says: ["0.0.0.0/0", "/8"],
  },
  {
    name: "a server in the cloud's default group",
    code: "port-without-own-group",
    facts: { ports: [{ server: "odoo", group: undefined, setting: "odoo" }] },
    path: "odoo",
    subject: "odoo",
    says: ["the port of odoo", "default"],
  },
  {
    name: "one front",
    code: "fronts-too-few",
    facts: { fronts: { setting: "machines.count", count: { normal: 1, rush: 2 } } },
    path: "machines.count",
    subject: "normal",
    says: ["profile normal", "2 or more"],
  },
  {
    name: "fronts in no server group",
    code: "fronts-not-spread",
    facts: { spread: { setting: "machines", groupPolicy: undefined } },
    path: "machines",
    subject: "fronts",
    says: ["no server group", "soft-anti-affinity"],
  },
  {
    name: "one connection more than the database accepts",
    code: "connections-exceed-limit",
    facts: {
      connections: soundFacts.connections.map((use) => ({ ...use, limit: 299 })),
    },
    path: "mysql.flavor",
    subject: "mysql",
    says: ["2 machines", "db1-4", "150 each", "300 connections", "at most 299", "machines.count"],
  },
  {
    name: "fronts kept together",
    code: "fronts-not-spread",
    facts: { spread: { setting: "machines", groupPolicy: "affinity" } },
    path: "machines",
    subject: "fronts",
    says: ["affinity"],
  },
  {
    name: "a cent above the budget, with what is not counted",
    code: "budget-exceeded",
    facts: {
      bill: {
        budget: euros("400"),
        months: [
          { profile: "normal", known: euros("210"), unpriced: [] },
          { profile: "rush", known: euros("400.01"), unpriced: ["router"] },
        ],
      },
    },
    path: "policies.budget",
    subject: "rush",
    says: ["rush", "400.01 EUR", "at most 400 EUR", "not counted: router"],
  },
  {
    name: "within the budget as far as prices are known",
    code: "budget-not-sure",
    facts: {
      bill: {
        budget: euros("400"),
        months: [
          { profile: "normal", known: euros("210"), unpriced: ["router"] },
          { profile: "rush", known: euros("400"), unpriced: ["router", "database"] },
        ],
      },
    },
    path: "policies.budget",
    subject: "rush",
    says: ["not sure", "not counted: router, database"],
    warning: true,
  },
  {
    name: "a budget and no price at all",
    code: "budget-not-sure",
    facts: {
      bill: { budget: euros("400"), months: [{ profile: "rush", known: undefined, unpriced: ["router"] }] },
    },
    path: "policies.budget",
    subject: "rush",
    says: ["no price is known"],
    warning: true,
  },
  {
    name: "a budget that rests on old prices",
    code: "price-book-old",
    facts: {
      priceBooks: { mostDays: 540, carriesBudget: true, books: [{ id: "book", date: "2026-01-01", days: 541 }] },
    },
    path: "policies.priceBookAge",
    subject: "book",
    says: ["book of 2026-01-01", "541 days", "at most 540 days"],
  },
  {
    name: "old prices that nothing rests on",
    code: "price-book-old",
    facts: {
      priceBooks: { mostDays: 540, carriesBudget: false, books: [{ id: "book", date: "2026-01-01", days: 541 }] },
    },
    path: "policies.priceBookAge",
    subject: "book",
    says: ["old"],
    warning: true,
  },
  {
    name: "a change around an event",
    code: "change-freeze",
    facts: { change: { freeze: { event: "noel", firstDay: "2026-12-23", lastDay: "2026-12-26" } } },
    path: "calendar.events.freeze",
    subject: "noel",
    says: ["nothing is changed around noel", "from 2026-12-23 to 2026-12-26"],
  },
  {
    name: "one event that is over among others",
    code: "calendar-horizon",
    facts: {
      calendar: {
        events: [
          { event: "noel", lastDay: undefined },
          { event: "salon", lastDay: "2026-06-14" },
        ],
      },
    },
    path: "calendar.events",
    subject: "salon",
    says: ["salon is over", "2026-06-14"],
    warning: true,
  },
  {
    name: "nothing that is still to come",
    code: "calendar-horizon",
    facts: { calendar: { events: [{ event: "salon", lastDay: "2026-06-14" }] } },
    path: "calendar.events",
    subject: "calendar",
    says: ["asks for no rush any more"],
    warning: true,
  },
];

describe("each policy", () => {
  test.each(policies)("$code is passed by a sound system", (policy) => {
    expect(policy.judge(soundFacts)).toEqual([]);
  });

  test.each(violations)("$code: $name", ({ code, facts, path, subject, says, warning = false }) => {
    const policy = findPolicy(code);
    const findings = policy?.judge({ ...soundFacts, ...facts }) ?? [];
    expect(findings).toMatchObject([{ path, subject }]);
    const [finding] = findings;
    for (const text of says) expect(JSON.stringify(finding)).toContain(text);
    expect(policy?.kind === "warning" || finding?.warning === true).toBe(warning);
  });

  test("is violated by one of these examples", () => {
    const provoked = new Set(violations.map(({ code }) => code));
    expect(policies.map(({ code }) => code).filter((code) => !provoked.has(code))).toEqual([]);
  });

  test("says nothing of what is not known", () => {
    expect(policies.flatMap((policy) => policy.judge({}) ?? [])).toEqual([]);
    expect(policies.every((policy) => policy.judge({}) === undefined)).toBe(true);
  });

  test("has a code of its own, a reason and a remedy of one sentence", () => {
    expect(new Set(policies.map(({ code }) => code)).size).toBe(policies.length);
    const texts = policies.flatMap(({ reason, remedy, neverWaived = "no reason" }) => [reason, remedy, neverWaived]);
    expect(texts.filter((text) => text.length < 9 || /\.$|\n/.test(text))).toEqual([]);
  });
});

test("data that need not hold the RPO, or need not outlive its region, is not refused", () => {
  const facts = {
    ...soundFacts,
    recovery: { ...soundFacts.recovery, losses: [loss("caches", 999_999, false)] },
    places: soundFacts.places.map((place) => ({ ...place, copyRegions: ["GRA"], outlivesRegion: false })),
  };
  expect(policies.flatMap((policy) => policy.judge(facts) ?? [])).toEqual([]);
});

test("without a budget nothing is said of prices", () => {
  const bill = {
    budget: undefined,
    months: [{ profile: "rush", known: euros("99999"), unpriced: ["router"] }],
  } as const;
  expect(policies.flatMap((policy) => policy.judge({ bill }) ?? [])).toEqual([]);
});

test("a loss is refused exactly when it is longer than the RPO", () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.nat(100_000), (seconds, rpoSeconds) => {
      const recovery = { rpoSeconds, losses: [loss("orders", seconds)], settings: {} };
      expect(findPolicy("rpo-not-held")?.judge({ recovery })).toHaveLength(seconds > rpoSeconds ? 1 : 0);
    }),
  );
});

test("a month is refused exactly when it costs more than the budget, to the last cent", () => {
  const cents = fc.nat(100_000);
  fc.assert(
    fc.property(cents, cents, cents, (normal, rush, most) => {
      const money = (amount: number) => euros((amount / 100).toFixed(2));
      const bill = {
        budget: money(most),
        months: [
          { profile: "normal", known: money(normal), unpriced: [] },
          { profile: "rush", known: money(rush), unpriced: [] },
        ],
      } as const;
      expect(findPolicy("budget-exceeded")?.judge({ bill })).toHaveLength(Math.max(normal, rush) > most ? 1 : 0);
    }),
  );
});

test("a network is private exactly when its first and last address are in the same private network", () => {
  const isPrivate = ([a = 0, b = 0]: readonly number[]) =>
    a === 10
      ? "10"
      : a === 172 && b >= 16 && b < 32
        ? "172"
        : a === 192 && b === 168
          ? "192"
          : a === 100 && b >= 64 && b < 128
            ? "100"
            : undefined;
  const octet = fc.oneof(fc.nat(255), fc.constantFrom(10, 16, 31, 32, 64, 100, 127, 168, 172, 192));
  fc.assert(
    fc.property(fc.tuple(octet, octet, octet, octet), fc.integer({ min: 0, max: 32 }), (octets, prefix) => {
      const mask = prefix === 0 ? 0n : (0xffff_ffffn << BigInt(32 - prefix)) & 0xffff_ffffn;
      const value = octets.reduce((sum, each) => sum * 256n + BigInt(each), 0n);
      const split = (number: bigint) => [24n, 16n, 8n, 0n].map((shift) => Number((number >> shift) & 255n));
      const first = split(value & mask);
      const last = split((value & mask) + (0xffff_ffffn ^ mask));
      const expected = isPrivate(first) !== undefined && isPrivate(first) === isPrivate(last);
      expect(isPrivateNetwork(`${first.join(".")}/${prefix}`)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ["10.0.0.0/8", true],
  ["10.0.0.0/7", false],
  ["172.16.0.0/12", true],
  ["172.16.0.0/11", false],
  ["192.168.0.0/15", false],
  ["100.64.0.0/10", true],
  ["9.9.9.9/32", false],
])("a network that reaches beyond a private one is public: %s", (restriction, expected) => {
  expect(isPrivateNetwork(restriction)).toBe(expected);
});

test.each(["10.10.1.5", "10.10.1.1/24", "::/0", "fd00::/8", "everywhere", ""])(
  "what is no IPv4 network is taken for public: %s",
  (restriction) => {
    expect(isPrivateNetwork(restriction)).toBe(false);
  },
);
