import { Money } from "../../../src/core/money.ts";
import type { PolicyFacts } from "../../../src/domain/policy/facts.ts";
import { boundedLoss } from "../../../src/domain/recovery.ts";

export const euros = (amount: string) => Money.of(amount, "EUR");

/** A loss of one data set in a lost region, by one term. */
export function loss(dataSet: string, seconds: number, mustHold = true) {
  const source = { kind: "timer", timer: "copy.timer", guests: [] } as const;
  return boundedLoss({
    dataSet,
    disruption: "region-lost",
    mustHold,
    terms: [{ name: "interval", seconds, source }],
    remark: "from the copies",
  });
}

/** A system that violates nothing. */
export const soundFacts: PolicyFacts = {
  recovery: { rpoSeconds: 3600, losses: [loss("orders", 3600)], settings: { orders: "orders.copyEvery" } },
  places: [
    { dataSet: "orders", region: "GRA", copyRegions: ["GRA", "SBG"], outlivesRegion: true, setting: "region.offsite" },
  ],
  holders: [{ dataSet: "orders", resource: "Database mysql", protected: true, setting: "mysql" }],
  databases: [{ setting: "mysql", allowedFrom: ["10.10.1.0/24"] }],
  remoteAccess: { setting: "access.allowFrom", allowFrom: [] },
  connections: [
    {
      setting: "mysql",
      profile: "rush",
      flavor: "db1-4",
      limit: 300,
      clients: [150, 150].map((connections, index) => ({ name: `ps-${index}`, connections })),
      remedies: ["machines.count"],
    },
  ],
  ports: [{ server: "ps-0", group: "lor-prod-prestashop", setting: "prestashop" }],
  fronts: { setting: "machines.count", count: { normal: 2, rush: 3 } },
  spread: { setting: "machines", groupPolicy: "soft-anti-affinity" },
  bill: {
    budget: euros("400"),
    months: [
      { profile: "normal", known: euros("210.30956"), unpriced: [] },
      { profile: "rush", known: euros("400"), unpriced: [] },
    ],
  },
  certificate: { setting: "LOR_TLS_PKCS12_FILE", file: "shop.p12", notAfter: "2027-12-01T00:00:00.000Z", daysLeft: 30 },
  calendar: { events: [{ event: "noel", lastDay: undefined }] },
  change: { freeze: undefined },
  priceBooks: { mostDays: 540, carriesBudget: true, books: [{ id: "book", date: "2026-01-01", days: 540 }] },
};
