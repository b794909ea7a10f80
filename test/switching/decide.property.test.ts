import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/rolling/decide.ts";
import { minimumServing } from "../../src/rolling/min-healthy.ts";
import {
  type LiveFleet,
  type LiveMember,
  type MinHealthy,
  membersOf,
  type SwitchGoal,
  type SwitchStep,
} from "../../src/rolling/model.ts";
import { serves, servingWithout } from "../../src/rolling/serving.ts";
import { fleetAfter, liveAfter } from "../../src/rolling/step-fleet.ts";
import { front, names } from "./fleets.ts";

const sizes = ["b2-7", "b2-15"] as const;
const addresses = 9;

const anyFront = (index: number): fc.Arbitrary<LiveMember> =>
  fc
    .record({
      size: fc.constantFrom(...sizes),
      server: fc.constantFrom<LiveMember["server"][]>(
        ...(["active", "active", "active", "active", "active", "active"] as const),
        "awaiting-confirmation",
        "failed",
        "stopped",
        "starting",
        "changing",
        "unknown",
        "absent",
      ),
      pool: fc.constantFrom<LiveMember["pool"][]>("serving", "serving", "drained", "absent"),
      healthy: fc.boolean(),
    })
    // A machine that does not run passes no health check, nor does one outside the pool.
    .map((one) => ({
      ...one,
      name: `ps-${index}`,
      healthy: one.healthy && one.pool !== "absent" && !["starting", "stopped", "absent"].includes(one.server),
    }));

const anyLive: fc.Arbitrary<LiveFleet> = fc
  .record({
    bandwidth: fc.constantFrom(500, 2000),
    ready: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    fronts: fc.tuple(...[0, 1, 2, 3, 4, 5, 6].map((index) => fc.option(anyFront(index), { nil: undefined }))),
  })
  .map(({ bandwidth, ready, fronts }) => ({
    loadBalancerBandwidth: bandwidth,
    loadBalancerReady: ready,
    fronts: fronts.filter((one) => one !== undefined),
  }));

/** What a person may set: see rolling-rules.ts. */
const anyMinHealthy = (normal: number): fc.Arbitrary<MinHealthy> =>
  fc.oneof(
    fc.constant<MinHealthy>({ kind: "members", members: normal }),
    fc.integer({ min: 1, max: normal - 1 }).map((members): MinHealthy => ({ kind: "members", members })),
    fc.integer({ min: 1, max: 99 }).map((percent): MinHealthy => ({ kind: "percent", percent, normal })),
  );

const anyGoal: fc.Arbitrary<SwitchGoal> = fc
  .integer({ min: 2, max: 5 })
  .chain((normal) =>
    fc.record({
      normal: fc.constant(normal),
      more: fc.integer({ min: 0, max: 3 }),
      size: fc.constantFrom(...sizes),
      bandwidth: fc.constantFrom(500, 2000),
      minHealthy: anyMinHealthy(normal),
    }),
  )
  .map(({ normal, more, size, bandwidth, minHealthy }) => ({
    fleet: {
      loadBalancerBandwidth: bandwidth,
      fronts: Array.from({ length: normal + more }, (_, index) => ({ name: `ps-${index}`, size })),
    },
    minHealthy,
    names: names(addresses),
  }));

/** How a step goes in the simulated cloud. */
type Outcome = "well" | "gate-fails" | "resize-fails" | "cut-before-update" | "cut-in-update";
const anyOutcomes = fc.array(
  fc.constantFrom<Outcome[]>(
    "well",
    "well",
    "well",
    "gate-fails",
    "resize-fails",
    "cut-before-update",
    "cut-in-update",
  ),
  { maxLength: 6 },
);

/** What a step leaves behind; a failure concerns the last of its members, the others succeed. */
function execute(live: LiveFleet, step: SwitchStep, outcome: Outcome): LiveFleet {
  const after = liveAfter(live, step);
  const failed = membersOf(step).at(-1);
  const leave = (fleet: LiveFleet, to: Partial<LiveMember>): LiveFleet => ({
    ...fleet,
    fronts: fleet.fronts.map((front) => (front.name === failed ? { ...front, ...to } : front)),
  });
  const before = live.fronts.find((front) => front.name === failed);
  if (step.kind === "resize-front") {
    switch (outcome) {
      case "gate-fails":
        return leave(after, { pool: "drained", healthy: false });
      case "resize-fails":
        return leave(after, { ...before, pool: "drained", server: "failed", healthy: false });
      case "cut-before-update":
        return {
          ...live,
          fronts: live.fronts.map((one) => (membersOf(step).includes(one.name) ? { ...one, pool: "drained" } : one)),
        };
      case "cut-in-update":
        return leave(after, { pool: "drained", server: "awaiting-confirmation", healthy: false });
    }
  }
  if (step.kind === "add-front" && outcome !== "well") {
    const left: Partial<LiveMember> =
      outcome === "gate-fails"
        ? { pool: "serving" }
        : outcome === "resize-fails"
          ? { pool: "drained", server: "failed" }
          : { pool: "absent" };
    return leave(after, { healthy: false, ...left });
  }
  if (step.kind === "remove-front" && outcome === "cut-before-update" && before !== undefined) {
    return { ...after, fronts: [...after.fronts, { ...before, pool: "drained" }] };
  }
  if (step.kind === "recover-front" && outcome === "gate-fails") {
    return leave(after, { server: "active", healthy: false });
  }
  return after;
}

/** What an action takes out of service while it carries the step out. */
function during(live: LiveFleet, step: SwitchStep): LiveFleet {
  const out =
    step.kind === "resize-front" ||
    step.kind === "remove-front" ||
    (step.kind === "settle-resize" && step.how === "revert");
  return out ? { ...live, fronts: live.fronts.filter((front) => !membersOf(step).includes(front.name)) } : live;
}

describe("the switch planner, over random states, failures and goals", () => {
  it("never lowers the healthy serving capacity below the minimum", () => {
    fc.assert(
      fc.property(anyLive, anyGoal, anyOutcomes, (start, goal, outcomes) => {
        let live = start;
        for (let count = 0; count < 60; count += 1) {
          const decision = decide(live, goal);
          if (decision.kind !== "step") return;
          const before = servingWithout(live);
          const within = servingWithout(during(live, decision.step));
          expect(within).toBeGreaterThanOrEqual(Math.min(before, minimumServing(live, goal.minHealthy)));
          live = execute(live, decision.step, outcomes[count] ?? "well");
        }
      }),
      { numRuns: 3000 },
    );
  });

  it("reaches the goal or stops with a named cause, however often it is cut and started again", () => {
    fc.assert(
      fc.property(anyLive, anyGoal, anyOutcomes, (start, goal, outcomes) => {
        let live = start;
        let count = 0;
        for (; count < 80; count += 1) {
          const decision = decide(live, goal);
          if (decision.kind === "stopped") {
            expect(decision.reason).not.toBe("");
            expect(decision.next).not.toBe("");
            return;
          }
          if (decision.kind === "done") {
            expect(live.loadBalancerBandwidth).toBe(goal.fleet.loadBalancerBandwidth);
            expect(
              live.fronts.map(({ name, size }) => ({ name, size })).toSorted((a, b) => a.name.localeCompare(b.name)),
            ).toEqual(goal.fleet.fronts);
            expect(live.fronts.every((front) => serves(front) && front.server === "active")).toBe(true);
            return;
          }
          live = execute(live, decision.step, outcomes[count] ?? "well");
        }
        expect.unreachable(`no end after ${count} steps: ${JSON.stringify(live)}`);
      }),
      { numRuns: 3000 },
    );
  });

  it("changes only the members of a step in its fleet", () => {
    fc.assert(
      fc.property(anyLive, anyGoal, (live, goal) => {
        const decision = decide(live, goal);
        if (decision.kind !== "step") return;
        const { step } = decision;
        const after = fleetAfter(live, step);
        const touched = membersOf(step);
        for (const front of live.fronts.filter((one) => !touched.includes(one.name))) {
          expect(after.fronts).toContainEqual({ name: front.name, size: front.size });
        }
        const bandwidth = step.kind === "resize-load-balancer" ? step.to : live.loadBalancerBandwidth;
        expect(after.loadBalancerBandwidth).toBe(bandwidth);
      }),
      { numRuns: 1000 },
    );
  });

  it("reaches the goal from every whole and healthy fleet", () => {
    const whole = fc
      .tuple(fc.array(fc.constantFrom(...sizes), { minLength: 2, maxLength: 8 }), fc.constantFrom(500, 2000))
      .map(([all, bandwidth]) => ({
        loadBalancerBandwidth: bandwidth,
        loadBalancerReady: true,
        fronts: all.map((size, index) => front(`ps-${index}`, size)),
      }));
    fc.assert(
      fc.property(whole, anyGoal, (start, goal) => {
        let live: LiveFleet = start;
        for (let count = 0; count < 60; count += 1) {
          const decision = decide(live, goal);
          if (decision.kind === "done") return;
          if (decision.kind === "stopped") expect.unreachable(decision.reason);
          live = liveAfter(live, decision.step);
        }
        expect.unreachable("no end");
      }),
    );
  });

  it("takes no more members out at once than the minimum leaves, and wastes none that may leave", () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 8 }), fc.integer({ min: 1, max: 99 }), (count, percent) => {
        const fronts = Array.from({ length: count }, (_, index) => front(`ps-${index}`, "b2-7"));
        const live: LiveFleet = { loadBalancerBandwidth: 500, loadBalancerReady: true, fronts };
        const minHealthy: MinHealthy = { kind: "percent", percent, normal: count };
        const wanted = fronts.map(({ name }) => ({ name, size: "b2-15" }));
        const goal = { fleet: { loadBalancerBandwidth: 500, fronts: wanted }, minHealthy, names: names(addresses) };
        const free = count - Math.ceil((count * percent) / 100);
        const decision = decide(live, goal);
        expect(decision).toMatchObject(
          free === 0 ? { step: { kind: "add-front", temporary: true } } : { step: { kind: "resize-front" } },
        );
        if (free > 0 && decision.kind === "step") expect(membersOf(decision.step)).toHaveLength(free);
      }),
    );
  });
});
