import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/rolling/decide.ts";
import type { LiveFleet, LiveFront, SwitchGoal, SwitchStep } from "../../src/rolling/model.ts";
import { serves, servingWithout } from "../../src/rolling/serving.ts";
import { fleetAfter, liveAfter } from "../../src/rolling/step-fleet.ts";

const sizes = ["b2-7", "b2-15"] as const;
const addresses = 5;

const anyFront = (index: number): fc.Arbitrary<LiveFront> =>
  fc
    .record({
      size: fc.constantFrom(...sizes),
      server: fc.constantFrom<LiveFront["server"][]>(
        "active",
        "active",
        "active",
        "verify-resize",
        "error",
        "stopped",
        "building",
        "resizing",
        "absent",
      ),
      pool: fc.constantFrom<LiveFront["pool"][]>("serving", "serving", "drained", "absent"),
      healthy: fc.boolean(),
    })
    // A machine that does not run passes no health check, nor does one outside the pool.
    .map((one) => ({
      ...one,
      name: `ps-${index}`,
      healthy: one.healthy && one.pool !== "absent" && !["building", "stopped", "absent"].includes(one.server),
    }));

const anyLive: fc.Arbitrary<LiveFleet> = fc
  .record({
    bandwidth: fc.constantFrom(500, 2000),
    ready: fc.oneof({ weight: 9, arbitrary: fc.constant(true) }, { weight: 1, arbitrary: fc.constant(false) }),
    fronts: fc.tuple(...[0, 1, 2, 3].map((index) => fc.option(anyFront(index), { nil: undefined }))),
  })
  .map(({ bandwidth, ready, fronts }) => ({
    loadBalancerBandwidth: bandwidth,
    loadBalancerReady: ready,
    fronts: fronts.filter((one) => one !== undefined),
  }));

const anyGoal: fc.Arbitrary<SwitchGoal> = fc
  .record({
    minimum: fc.integer({ min: 2, max: 3 }),
    more: fc.integer({ min: 0, max: 1 }),
    size: fc.constantFrom(...sizes),
    bandwidth: fc.constantFrom(500, 2000),
  })
  .map(({ minimum, more, size, bandwidth }) => ({
    fleet: {
      loadBalancerBandwidth: bandwidth,
      fronts: Array.from({ length: minimum + more }, (_, index) => ({ name: `ps-${index}`, size })),
    },
    minimumServing: minimum,
    addresses,
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

/** What a step leaves behind; undefined where the outcome does not apply to it. */
function execute(live: LiveFleet, step: SwitchStep, outcome: Outcome): LiveFleet {
  const leave = (name: string, to: Partial<LiveFront>): LiveFleet => ({
    ...live,
    fronts: live.fronts.map((front) => (front.name === name ? { ...front, ...to } : front)),
  });
  const after = liveAfter(live, step);
  if (step.kind === "resize-front") {
    switch (outcome) {
      case "gate-fails":
        return leave(step.front, { size: step.to, pool: "drained", healthy: false });
      case "resize-fails":
        return leave(step.front, { pool: "drained", server: "error", healthy: false });
      case "cut-before-update":
        return leave(step.front, { pool: "drained" });
      case "cut-in-update":
        return leave(step.front, { size: step.to, pool: "drained", server: "verify-resize", healthy: false });
    }
  }
  if (step.kind === "add-front" && outcome !== "well") {
    const left: Partial<LiveFront> =
      outcome === "gate-fails"
        ? { pool: "serving" }
        : outcome === "resize-fails"
          ? { server: "error" }
          : { pool: "absent" };
    const others = after.fronts.filter((front) => front.name !== step.front);
    return {
      ...after,
      fronts: [
        ...others,
        { name: step.front, size: step.size, server: "active", pool: "drained", healthy: false, ...left },
      ],
    };
  }
  if (step.kind === "remove-front" && outcome === "cut-before-update") {
    return leave(step.front, { pool: "drained" });
  }
  if (step.kind === "recover-front" && outcome === "gate-fails") {
    return leave(step.front, { server: "active", healthy: false });
  }
  return after;
}

/** What an action takes out of service while it carries the step out. */
function during(live: LiveFleet, step: SwitchStep): LiveFleet {
  const out =
    step.kind === "resize-front" ||
    step.kind === "remove-front" ||
    (step.kind === "settle-resize" && step.how === "revert");
  return out ? { ...live, fronts: live.fronts.filter((front) => front.name !== step.front) } : live;
}

describe("the switch planner, over random states, failures and goals", () => {
  it("never lowers the healthy serving capacity below normal's", () => {
    fc.assert(
      fc.property(anyLive, anyGoal, anyOutcomes, (start, goal, outcomes) => {
        let live = start;
        for (let count = 0; count < 60; count += 1) {
          const decision = decide(live, goal);
          if (decision.kind !== "step") return;
          const before = servingWithout(live);
          const within = servingWithout(during(live, decision.step));
          expect(within).toBeGreaterThanOrEqual(Math.min(before, goal.minimumServing));
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

  it("changes one thing in each step's fleet, from what is really there", () => {
    fc.assert(
      fc.property(anyLive, anyGoal, (live, goal) => {
        const decision = decide(live, goal);
        if (decision.kind !== "step") return;
        const { step } = decision;
        const after = fleetAfter(live, step);
        const touched = "front" in step ? step.front : undefined;
        for (const front of live.fronts.filter((one) => one.name !== touched)) {
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
      .tuple(
        fc.constantFrom(...sizes),
        fc.constantFrom(...sizes),
        fc.option(fc.constantFrom(...sizes), { nil: undefined }),
        fc.constantFrom(500, 2000),
      )
      .map(([first, second, third, bandwidth]) => ({
        loadBalancerBandwidth: bandwidth,
        loadBalancerReady: true,
        fronts: [first, second, third].flatMap((size, index) =>
          size === undefined
            ? []
            : [{ name: `ps-${index}`, size, server: "active" as const, pool: "serving" as const, healthy: true }],
        ),
      }));
    fc.assert(
      fc.property(whole, anyGoal, (start, goal) => {
        let live: LiveFleet = start;
        for (let count = 0; count < 30; count += 1) {
          const decision = decide(live, goal);
          if (decision.kind === "done") return;
          if (decision.kind === "stopped") expect.unreachable(decision.reason);
          live = liveAfter(live, decision.step);
        }
        expect.unreachable("no end");
      }),
    );
  });
});
