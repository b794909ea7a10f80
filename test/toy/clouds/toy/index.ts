import type { CloudDefinition } from "../../../../src/clouds/contract.ts";
import { withoutServices } from "../../../../src/clouds/without-services.ts";
import { connectPriceBooks } from "../../../../src/domain/price-book.ts";

/** A cloud that has machines and nothing else. */
export const cloud: CloudDefinition = {
  id: "toy",
  title: "Toyland",
  packages: ["toy"],
  typePrefixes: ["toy:"],
  priceBooks: connectPriceBooks([
    {
      id: "toy-2026",
      date: "2026-01-01",
      source: "test/toy",
      currency: "EUR",
      tax: "excluded",
      region: "toyland",
      hoursPerMonth: 730,
      covers: ["instance"],
      prices: { "instance small": { month: "5" }, "instance large": { month: "9" } },
    },
  ]),
  monthlyPlanTerms: [],
  variablePrefixes: [],
  databasesIn: () => [],
  quotaRequest: "none is limited in Toyland",
  durations: {
    resources: [["toy:", { create: 1, update: 1, delete: 1 }]],
    stages: ["toy:"],
    switched: { loadBalancer: "", machine: "toy:index/machine:Machine", joining: [] },
  },
  connect: async () => withoutServices(),
  connectLocal: async () => withoutServices(),
  checkCredentials: () => [],
};
