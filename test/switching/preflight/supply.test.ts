import { describe, expect, it } from "vitest";
import type { LiveFleet } from "../../../src/rolling/model.ts";
import { needsOf } from "../../../src/rolling/preflight/needs.ts";
import { type SupplyFacts, supplyChecks } from "../../../src/rolling/preflight/supply.ts";
import { pathTo } from "../../../src/rolling/step-fleet.ts";
import { front, liveFleet, normalGoal, normalLive, rushGoal, rushLive } from "../fleets.ts";

const parts = {
  sizeOf: (size: string) => ({ cores: size === "b2-15" ? 4 : 2, memoryMegabytes: size === "b2-15" ? 15_000 : 7000 }),
  volumeGigabytes: 100,
};
const needs = (live: LiveFleet, goal = rushGoal) =>
  Object.fromEntries(
    needsOf(live, pathTo(live, goal).steps, parts).map(({ resource, amount, unit }) => [resource, `${amount}${unit}`]),
  );

describe("what a switch needs besides what is there", () => {
  it("of a rush is the extra front, and what the others grow by", () => {
    expect(needs(normalLive)).toEqual({
      instances: "1",
      cores: "8",
      memory: "31000 MB",
      volumes: "1",
      "volume-space": "100 GB",
      ports: "1",
      members: "1",
    });
  });

  it("after an interruption is only what is left to do", () => {
    const half = liveFleet(
      [front("ps-0", "b2-15"), front("ps-1", "b2-7"), front("ps-2", "b2-15", { pool: "absent" })],
      2000,
    );
    expect(needs(half)).toEqual({ cores: "2", memory: "8000 MB", members: "1" });
    expect(needs(liveFleet([front("ps-0", "b2-15"), front("ps-1", "b2-7"), front("ps-2", "b2-15")], 2000))).toEqual({
      cores: "2",
      memory: "8000 MB",
    });
  });

  it("of a server that is gone is the server, not what is left of its front", () => {
    const rest = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7"), front("ps-2", "b2-7", { server: "absent" })]);
    expect(needs(rest)).toMatchObject({ instances: "1" });
    expect(needs(rest)).not.toHaveProperty("volumes");
  });

  it("of the way back is nothing", () => {
    expect(needs(rushLive, normalGoal)).toEqual({});
  });
});

const facts: SupplyFacts = {
  region: "GRA11",
  quotaRequest: "the quota page",
  flavors: { ahead: ["b2-15-flex"], back: ["b2-7-flex"] },
  loadBalancerFlavors: { ahead: ["large"], back: ["medium"] },
  offered: {
    flavors: { known: ["b2-7-flex", "b2-15-flex"] },
    loadBalancerFlavors: { known: ["medium", "large"] },
  },
  needs: [
    { resource: "instances", amount: 1, unit: "" },
    { resource: "memory", amount: 31_000, unit: " MB" },
  ],
  quotas: new Map([
    ["instances", { known: { limit: 4, used: 3 } }],
    ["memory", { known: { limit: undefined, used: 29_000 } }],
  ]),
};

describe("the answer", () => {
  it("names sizes and what is free when everything is there", () => {
    expect(supplyChecks(facts)).toEqual([
      { name: "sizes", outcome: "ok", reason: "GRA11 offers the machine sizes b2-15-flex, b2-7-flex" },
      { name: "sizes", outcome: "ok", reason: "GRA11 offers the load balancer sizes large, medium" },
      { name: "quota", outcome: "ok", reason: "instances +1 (1 free), memory +31000 MB (no limit)" },
    ]);
  });

  it("refuses for each quota that is too small, with what is needed", () => {
    const quotas = new Map([
      ["instances", { known: { limit: 3, used: 3 } }],
      ["memory", { known: { limit: 50_000, used: 29_000 } }],
    ]);
    expect(supplyChecks({ ...facts, quotas }).slice(2)).toEqual([
      expect.objectContaining({
        outcome: "refused",
        code: "quota-too-small",
        reason: "instances: the switch needs 1 more, but the quota of GRA11 has 0 left",
        seen: "3 of 3 instances used",
        accepted: "4 instances or more",
      }),
      expect.objectContaining({ code: "quota-too-small", accepted: "60000 MB memory or more" }),
    ]);
  });

  it("refuses a size that is not offered, also when only the way back needs it", () => {
    const [ahead] = supplyChecks({ ...facts, offered: { ...facts.offered, flavors: { known: ["b2-7-flex"] } } });
    expect(ahead).toMatchObject({
      outcome: "refused",
      code: "size-not-offered",
      reason: "GRA11 does not offer the machine size b2-15-flex",
    });
    const [back] = supplyChecks({ ...facts, offered: { ...facts.offered, flavors: { known: ["b2-15-flex"] } } });
    expect(back).toMatchObject({
      code: "size-not-offered",
      reason: "GRA11 does not offer the machine size b2-7-flex any more: scaling down would be impossible",
    });
  });

  it("that the cloud does not give is not known, never a silent pass", () => {
    const why = "this user may not ask (Nova answered 403)";
    const silent: SupplyFacts = {
      ...facts,
      offered: { flavors: { why }, loadBalancerFlavors: { why } },
      quotas: new Map([["instances", { why }]]),
    };
    expect(supplyChecks(silent).map(({ outcome, reason }) => `${outcome}: ${reason}`)).toEqual([
      `unknown: whether GRA11 offers the machine sizes b2-15-flex, b2-7-flex is unknown: ${why}`,
      `unknown: whether GRA11 offers the load balancer sizes large, medium is unknown: ${why}`,
      `unknown: the remaining quota of instances is unknown: ${why}`,
      "unknown: the remaining quota of memory is unknown: the cloud does not report it",
    ]);
  });
});
