import { expect, it } from "vitest";
import type { Refused } from "../../../src/rolling/preflight/preflight-check.ts";
import { type ReversibilityFacts, reversibilityChecks } from "../../../src/rolling/preflight/reversibility.ts";

const flex: ReversibilityFacts = {
  fronts: {
    small: { size: "b2-7", flavor: "b2-7-flex", diskGigabytes: 50 },
    large: { size: "b2-15", flavor: "b2-15-flex", diskGigabytes: 50 },
    advice: { path: "machines.size", accepted: "the same size" },
  },
  loadBalancer: { resizes: true, normal: 500, rush: 2000, advice: { path: "balancer.size", accepted: "one size" } },
  databases: { same: ["mysql", "postgresql"], differing: [] },
};

it("says what comes back and how", () => {
  expect(reversibilityChecks(flex)).toEqual([
    {
      name: "reversibility",
      outcome: "ok",
      reason:
        "b2-15 back to b2-7 on the same system disk of 50 GB; load balancer 2000 back to 500 Mbit/s in place; databases (mysql, postgresql) are not touched",
    },
  ]);
});

const { small, large, advice } = flex.fronts;

it.each([
  ["a larger system disk", { fronts: { small, large: { ...large, diskGigabytes: 100 }, advice } }, "machines.size"],
  ["a load balancer of a fixed size", { loadBalancer: { ...flex.loadBalancer, resizes: false } }, "balancer.size"],
  ["a database that differs", { databases: { same: ["mysql"], differing: ["postgresql"] } }, undefined],
] satisfies [string, Partial<ReversibilityFacts>, string | undefined][])("is refused for %s", (_, differs, path) => {
  const [check] = reversibilityChecks({ ...flex, ...differs });
  expect(check).toMatchObject({ outcome: "refused", code: "not-reversible", next: "lor-infra check" });
  expect((check as Refused).path).toBe(path);
});

it("is not known where nobody tells the disk", () => {
  const unknown = { ...flex, fronts: { small: { ...small, diskGigabytes: undefined }, large, advice } };
  expect(reversibilityChecks(unknown)).toEqual([
    expect.objectContaining({ outcome: "unknown", code: "reversibility-not-known" }),
  ]);
});
