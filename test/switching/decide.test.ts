import { describe, expect, it } from "vitest";
import { decide } from "../../src/rolling/decide.ts";
import { describeStep, type LiveFleet, type SwitchGoal } from "../../src/rolling/model.ts";
import { fleetOfLive, pathTo } from "../../src/rolling/step-fleet.ts";
import { front, goalOf, liveFleet, names, normalGoal, normalLive, rushGoal, rushLive } from "./fleets.ts";

function path(live: LiveFleet, goal: SwitchGoal): readonly string[] {
  const { steps, stop } = pathTo(live, goal);
  const names = steps.map(describeStep);
  return stop === undefined ? names : [...names, stop.code];
}

describe("an undisturbed switch", () => {
  it("grows the load balancer, brings the extra front in, then resizes the others one by one", () => {
    expect(path(normalLive, rushGoal)).toEqual([
      "resize-load-balancer",
      "add-front ps-2",
      "resize-front ps-0",
      "resize-front ps-1",
    ]);
  });

  it("comes back in the opposite order: sizes, extra front, load balancer", () => {
    expect(path(rushLive, normalGoal)).toEqual([
      "resize-front ps-0",
      "resize-front ps-1",
      "remove-front ps-2",
      "resize-load-balancer",
    ]);
  });

  it("has nothing to do at the goal", () => {
    expect(decide(normalLive, normalGoal)).toEqual({ kind: "done" });
    expect(decide(rushLive, rushGoal)).toEqual({ kind: "done" });
  });

  it("borrows a temporary front when only sizes change, in both directions", () => {
    const larger = goalOf(2, "b2-15", 2000);
    expect(path(normalLive, larger)).toEqual([
      "resize-load-balancer",
      "add-front ps-2",
      "resize-front ps-0",
      "resize-front ps-1",
      "remove-front ps-2",
    ]);
    expect(pathTo(normalLive, larger).steps[1]).toMatchObject({
      members: [{ name: "ps-2", size: "b2-15" }],
      temporary: true,
    });
    const enlarged = liveFleet([front("ps-0", "b2-15"), front("ps-1", "b2-15")], 500);
    expect(path(enlarged, normalGoal)).toEqual([
      "add-front ps-2",
      "resize-front ps-0",
      "resize-front ps-1",
      "remove-front ps-2",
    ]);
  });

  it("only adds a front when the rush has the same size", () => {
    expect(path(normalLive, goalOf(3, "b2-7", 500))).toEqual(["add-front ps-2"]);
  });

  it("stops before a front goes out when no address is left for the temporary one", () => {
    expect(path(normalLive, goalOf(2, "b2-15", 500, 2))).toEqual(["no-address-for-extra-front"]);
  });
});

describe("waves", () => {
  const fleet = (count: number, size: string) =>
    Array.from({ length: count }, (_, index) => front(`ps-${index}`, size));
  const ten = liveFleet(fleet(10, "b2-7"), 500);
  const goal = (count: number, size: string, minHealthy: SwitchGoal["minHealthy"]): SwitchGoal => ({
    fleet: { loadBalancerBandwidth: 500, fronts: fleet(count, size).map(({ name }) => ({ name, size })) },
    minHealthy,
    names: names(12),
  });
  const percent = (value: number) => ({ kind: "percent", percent: value, normal: 10 }) as const;

  it("of as many members as the minimum lets leave, all missing ones before them in one", () => {
    expect(path(ten, goal(12, "b2-15", percent(80)))).toEqual([
      "add-front ps-10 ps-11",
      "resize-front ps-0 ps-1",
      "resize-front ps-2 ps-3",
      "resize-front ps-4 ps-5",
      "resize-front ps-6 ps-7",
      "resize-front ps-8 ps-9",
    ]);
  });

  it("come back in waves, and all extra members leave in one that the minimum allows", () => {
    const rush = liveFleet(fleet(12, "b2-15"), 500);
    const steps = path(rush, goal(10, "b2-7", percent(80)));
    expect(steps.slice(0, 2)).toEqual(["resize-front ps-0 ps-1", "resize-front ps-2 ps-3"]);
    expect(steps.at(-1)).toBe("remove-front ps-11 ps-10");
    expect(steps).toHaveLength(6);
  });

  it("by a number of members", () => {
    expect(path(ten, goal(10, "b2-15", { kind: "members", members: 5 }))).toEqual([
      "resize-front ps-0 ps-1 ps-2 ps-3 ps-4",
      "resize-front ps-5 ps-6 ps-7 ps-8 ps-9",
    ]);
  });

  it("need a temporary member where nobody may leave", () => {
    expect(path(ten, goal(10, "b2-15", percent(99)))[0]).toBe("add-front ps-10");
  });

  it("keep the minimum of a percentage while members of an interrupted wave are drained", () => {
    const drained = ten.fronts.map((one, index) => (index < 2 ? { ...one, pool: "drained" as const } : one));
    expect(decide({ ...ten, fronts: drained }, goal(10, "b2-15", percent(80)))).toMatchObject({
      step: { kind: "readmit-front", members: ["ps-0", "ps-1"] },
    });
    const sick = drained.map((one, index) => (index < 2 ? { ...one, size: "b2-15", healthy: false } : one));
    expect(path({ ...ten, fronts: sick }, goal(10, "b2-7", percent(80)))).toEqual(["resize-front ps-0 ps-1"]);
  });

  it("let one leave a pool larger than normal where rounding up would let nobody", () => {
    const three = liveFleet(fleet(3, "b2-15"), 500);
    const back = { ...goal(2, "b2-7", { kind: "percent", percent: 80, normal: 2 }) } as const;
    expect(path(three, back)).toEqual(["resize-front ps-0", "resize-front ps-1", "remove-front ps-2"]);
  });
});

it("members are ordered by the number in their name", () => {
  const live = liveFleet([front("ps-10", "b2-7"), front("ps-2", "b2-7"), front("ps-1", "b2-7")], 500);
  expect(fleetOfLive(live).fronts.map(({ name }) => name)).toEqual(["ps-1", "ps-2", "ps-10"]);
});

describe("what an interrupted switch left", () => {
  it("confirms a resize that reached the goal's size, before anything else", () => {
    const live = liveFleet([
      front("ps-0", "b2-15", { server: "awaiting-confirmation", pool: "drained" }),
      front("ps-1", "b2-7"),
    ]);
    expect(decide(live, rushGoal)).toMatchObject({ step: { kind: "settle-resize", member: "ps-0", how: "confirm" } });
  });

  it("reverts one that reached another size, unless requests pass through it", () => {
    const cut = front("ps-0", "b2-15", { server: "awaiting-confirmation", pool: "drained" });
    expect(decide(liveFleet([cut, front("ps-1", "b2-7")]), normalGoal)).toMatchObject({ step: { how: "revert" } });
    const serving = { ...cut, pool: "serving" as const };
    expect(decide(liveFleet([serving, front("ps-1", "b2-7")]), normalGoal)).toMatchObject({ step: { how: "confirm" } });
  });

  it("readmits a healthy drained front before it goes on", () => {
    const live = liveFleet(
      [front("ps-0", "b2-7", { pool: "drained" }), front("ps-1", "b2-7"), front("ps-2", "b2-15")],
      2000,
    );
    expect(decide(live, rushGoal)).toMatchObject({ step: { kind: "readmit-front", members: ["ps-0"] } });
  });

  it("leaves an extra front drained that is about to go, unless it is missed", () => {
    const leaving = front("ps-2", "b2-15", { pool: "drained" });
    const enough = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7"), leaving], 500);
    expect(decide(enough, normalGoal)).toMatchObject({ step: { kind: "remove-front", members: ["ps-2"] } });
    const missed = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7", { healthy: false }), leaving], 500);
    expect(decide(missed, normalGoal)).toMatchObject({ step: { kind: "readmit-front", members: ["ps-2"] } });
  });

  it("uses a drained extra front instead of creating another one", () => {
    const live = liveFleet(
      [front("ps-0", "b2-15"), front("ps-1", "b2-7"), front("ps-2", "b2-15", { pool: "drained" })],
      500,
    );
    expect(decide(live, normalGoal)).toMatchObject({ step: { kind: "readmit-front", members: ["ps-2"] } });
  });

  it("completes a front of which only a part is there, and removes a partial extra one", () => {
    const partial = front("ps-2", "b2-15", { pool: "absent", healthy: false });
    const live = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7"), partial], 2000);
    expect(decide(live, rushGoal)).toMatchObject({
      step: { kind: "add-front", members: [{ name: "ps-2", size: "b2-15" }] },
    });
    expect(decide(live, normalGoal)).toMatchObject({ step: { kind: "remove-front", members: ["ps-2"] } });
  });

  it("makes room for an extra front that serves when the one there is sick", () => {
    const sick = front("ps-2", "b2-15", { healthy: false });
    const live = liveFleet([front("ps-0", "b2-15"), front("ps-1", "b2-15"), sick], 2000);
    expect(path(live, normalGoal).slice(0, 3)).toEqual(["remove-front ps-2", "add-front ps-2", "resize-front ps-0"]);
  });

  it("recovers a front in ERROR", () => {
    const live = liveFleet([front("ps-0", "b2-7", { server: "failed" }), front("ps-1", "b2-7")]);
    expect(decide(live, rushGoal)).toMatchObject({ step: { kind: "recover-front", member: "ps-0" } });
  });

  it("goes back from a front that a failed gate left out at the other size", () => {
    const live = liveFleet(
      [front("ps-0", "b2-15", { pool: "drained", healthy: false }), front("ps-1", "b2-7"), front("ps-2", "b2-15")],
      2000,
    );
    expect(decide(live, rushGoal)).toMatchObject({ kind: "stopped", code: "front-unhealthy" });
    expect(path(live, normalGoal)).toEqual(["resize-front ps-0", "remove-front ps-2", "resize-load-balancer"]);
  });
});

describe("a stop names its cause and what to type", () => {
  it.each([
    [
      "an unhealthy front, changed or not",
      [front("ps-0", "b2-7"), front("ps-1", "b2-7", { healthy: false })],
      "front-unhealthy",
    ],
    [
      "a front that is switched off",
      [front("ps-0", "b2-7"), front("ps-1", "b2-7", { server: "stopped", healthy: false })],
      "front-stopped",
    ],
    [
      "a front that the cloud is busy with",
      [front("ps-0", "b2-7", { server: "changing" }), front("ps-1", "b2-7")],
      "front-busy",
    ],
    [
      "a front in a state that is not known",
      [front("ps-0", "b2-7", { server: "unknown" }), front("ps-1", "b2-7")],
      "front-busy",
    ],
  ])("%s", (_, fronts, code) => {
    const decision = decide(liveFleet(fronts), rushGoal);
    expect(decision).toMatchObject({ kind: "stopped", code, next: expect.stringContaining("lor-infra") });
    expect(decision.kind === "stopped" && decision.reason).toMatch(/ps-[01]/);
  });

  it("an extra front that the others cannot do without", () => {
    expect(decide(normalLive, goalOf(1, "b2-7", 500))).toMatchObject({ kind: "stopped", code: "not-enough-serving" });
  });

  it("a load balancer that failed in the cloud is not waited for", () => {
    const failed = { ...normalLive, loadBalancerReady: false, loadBalancerFailed: true };
    expect(decide(failed, rushGoal)).toMatchObject({ kind: "stopped", code: "load-balancer-failed" });
  });

  it("a load balancer that is not ready", () => {
    expect(decide({ ...normalLive, loadBalancerReady: false }, rushGoal)).toMatchObject({ code: "load-balancer-busy" });
  });
});

describe("a wave leaves a lasting member in service", () => {
  const live = liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-7"), front("ps-2", "b2-15")], 2000);
  const goal: SwitchGoal = { ...rushGoal, minHealthy: { kind: "members", members: 1 } };
  const wave = (lasting: readonly string[]) => {
    const decision = decide(live, { ...goal, lasting });
    return decision.kind === "step" && decision.step.kind === "resize-front"
      ? decision.step.members.map(({ name }) => name)
      : decision;
  };

  it("although the minimum would let all of them leave", () => {
    expect(wave(["ps-0", "ps-1"])).toEqual(["ps-0"]);
  });

  it("unless it is the only one", () => {
    const alone = decide(liveFleet([front("ps-0", "b2-7"), front("ps-1", "b2-15")], 2000), {
      ...goal,
      fleet: { ...goal.fleet, fronts: goal.fleet.fronts.slice(0, 2) },
      lasting: ["ps-0"],
    });
    expect(alone).toMatchObject({ kind: "step", step: { kind: "resize-front", members: [{ name: "ps-0" }] } });
  });

  it("and is as large as the minimum allows where another one stays", () => {
    expect(wave(["ps-0", "ps-1", "ps-2"])).toEqual(["ps-0", "ps-1"]);
  });
});
