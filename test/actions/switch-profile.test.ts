import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { planSwitch, switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import type { Profile } from "../../src/domain/profile.ts";
import { describeStep } from "../../src/rolling/model.ts";
import type { ActionEvent } from "../../src/stack/action-event.ts";
import { realTimings } from "../../src/stack/stack-context.ts";
import { FakeStack } from "./fake-stack.ts";
import type { Trouble } from "./fake-world.ts";

let stack: FakeStack;
beforeEach(async () => {
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
  stack.world.watch();
  stack.engine.runs.length = 0;
});
afterEach(() => stack.dispose());

function go(target: Profile) {
  return switchProfile(stack.context(), { target, confirm: stack.confirm });
}

function fronts(): readonly string[] {
  return [...stack.world.servers.values()]
    .filter((server) => /ps-\d+$/.test(server.name))
    .map((server) => `${server.name.slice(-4)} ${server.flavor}`)
    .toSorted();
}

/** A run that resizes a front goes on after the resize. */
function resizesEndWhen(over: (front: string) => Promise<void>): void {
  const { engine, world, events } = stack;
  const up = engine.up.bind(engine);
  engine.up = async (program, options) => {
    const result = await up(program, options);
    const resized = result.changes.find((one) => one.change === "update" && one.type.endsWith(":Instance"));
    if (resized !== undefined) {
      await over(resized.name);
      world.note(`ended ${resized.name}`);
      events.push({ kind: "warning", code: "front-left-drained", message: resized.name });
    }
    return result;
  };
}

async function inPool(front: string): Promise<void> {
  await vi.waitFor(() => expect(stack.world.members.get(`lor-prod-${front}`)?.weight).toBe(1));
}

/** What was told of a front, with the end of its engine run. */
function told(front: string): readonly string[] {
  return stack.events.flatMap((event) => {
    if (event.kind === "front" && event.front === front) return [event.moment];
    return event.kind === "warning" && event.message === front ? [event.code] : [];
  });
}

const rushFronts = ["ps-0 b2-15-flex", "ps-1 b2-15-flex", "ps-2 b2-15-flex"];
const normalFronts = ["ps-0 b2-7-flex", "ps-1 b2-7-flex"];

describe("an undisturbed switch", () => {
  it("drains, resizes, gates and readmits one front after the other, the extra one first", async () => {
    const result = await go("rush");
    expect(stack.moments).toEqual([
      "update lb",
      "create ps-2",
      "readmit ps-2",
      "drain ps-0",
      "resize ps-0",
      "readmit ps-0",
      "drain ps-1",
      "resize ps-1",
      "readmit ps-1",
    ]);
    expect(fronts()).toEqual(rushFronts);
    expect(stack.world.fewest).toBe(2);
    expect(result.steps).toHaveLength(4);
    expect(stack.engine.recorded).toMatchObject({ profile: "rush" });
    expect(stack.engine.runs).toEqual(["refresh", ...Array.from({ length: 4 }, () => ["preview", "up"]).flat()]);
  });

  it("takes a front back while the engine still waits for its provider, and tells of it when the engine has ended", async () => {
    resizesEndWhen(inPool);
    await go("rush");
    for (const front of ["ps-0", "ps-1"]) {
      const moments = stack.moments.filter((one) => one.endsWith(front));
      expect(moments).toEqual([`drain ${front}`, `resize ${front}`, `readmit ${front}`, `ended ${front}`]);
      expect(told(front).slice(-6)).toEqual([
        "drained",
        "connections-ended",

        "front-left-drained",
        "waiting-for-health",
        "healthy",
        "readmitted",
      ]);
    }
    expect(stack.world.fewest).toBe(2);
  });

  it("leaves a front in the pool that was taken back before its engine failed", async () => {
    resizesEndWhen(async (front) => {
      await inPool(front);
      throw new Error("connection lost");
    });
    await expect(go("rush")).rejects.toMatchObject({ code: "resize-front-failed" });
    expect(stack.world.members.get("lor-prod-ps-0")?.weight).toBe(1);
    expect(stack.moments.filter((one) => one === "readmit ps-0")).toHaveLength(1);
  });

  it("does not wait for the health of a front whose engine has failed", async () => {
    const now = () => stack.clock.now().getTime();
    let failedAt = 0;
    resizesEndWhen(async (front) => {
      stack.world.sick.add(front);
      const began = now();
      // By then the front is at its gate.
      await vi.waitFor(() => expect(now() - began).toBeGreaterThan(5 * realTimings.poll), { interval: 1 });
      failedAt = now();
      throw new Error("connection lost");
    });
    await expect(go("rush")).rejects.toMatchObject({ code: "resize-front-failed" });
    expect(now() - failedAt).toBeLessThan(realTimings.gateLimit / 10);
  });

  it("comes back, and back again changes nothing more", async () => {
    await go("rush");
    stack.world.watch();
    await go("normal");
    expect(fronts()).toEqual(normalFronts);
    expect(stack.world.fewest).toBe(2);
    expect(stack.moments.at(-1)).toBe("update lb");
    const again = await go("normal");
    expect(again.steps).toEqual([]);
    expect(stack.proposals).toHaveLength(3);
  });

  it("shows every step with the capacity at each moment before it begins, and ends when it is not approved", async () => {
    const refused = switchProfile(stack.context(), { target: "rush", confirm: async () => false });
    await expect(refused).rejects.toMatchObject({ code: "not-approved" });
    expect(stack.world.journal).toEqual([]);
    await go("rush");
    expect(stack.proposals.at(-1)?.steps.map((one) => [one.step.kind, one.servingDuring])).toEqual([
      ["resize-load-balancer", 2],
      ["add-front", 2],
      ["resize-front", 2],
      ["resize-front", 2],
    ]);
  });

  it("borrows a temporary front when the rush only enlarges", async () => {
    const { rush } = stack.project.settings;
    const larger = { ...rush, prestashop: { ...rush.prestashop, fronts: 2 } };
    stack.project = { ...stack.project, settings: { ...stack.project.settings, rush: larger } };
    await go("rush");
    expect(stack.moments).toContain("create ps-2");
    expect(fronts()).toEqual(rushFronts.slice(0, 2));
    expect(stack.world.fewest).toBe(2);
  });
});

it("loses no more than the RPO with the smallest minimum that is accepted: one of normal's fronts copies the images", async () => {
  const { normal, rush } = stack.project.settings;
  const rolling = { minHealthy: 1 };
  stack.project = { ...stack.project, settings: { normal: { ...normal, rolling }, rush: { ...rush, rolling } } };
  const result = await go("rush");
  expect(result.steps.map(({ step }) => describeStep(step)).slice(-2)).toEqual([
    "resize-front ps-0",
    "resize-front ps-1",
  ]);
});

describe("waves of four fronts, of which two stay in service", () => {
  const four = ["ps-0", "ps-1", "ps-2", "ps-3"];
  const sized = (size: string) => four.map((name) => `${name} ${size}-flex`);

  beforeEach(async () => {
    stack.dispose();
    stack = new FakeStack();
    const { normal, rush } = stack.project.settings;
    const addresses = [10, 11, 12, 13, 14].map((last) => normal.network.subnets.prestashop.cidr.at(last));
    const more = <T extends typeof normal>(settings: T): T => ({
      ...settings,
      prestashop: { ...settings.prestashop, fronts: 4, addresses },
      rolling: { minHealthy: { percent: 50 } },
    });
    stack.project = { ...stack.project, settings: { normal: more(normal), rush: more(rush) } };
    await up(stack.context(), { confirm: stack.confirm });
    stack.world.watch();
    stack.engine.runs.length = 0;
  });

  it("lets the members of a wave change side by side, beside the machines that exist", async () => {
    const choices: unknown[] = [];
    const context = stack.context();
    const program: typeof context.program = (plan, choice) => {
      choices.push(choice);
      return context.program(plan, choice);
    };
    await switchProfile({ ...context, program }, { target: "rush", confirm: stack.confirm });
    const placed = ["ps-0", "ps-1", "ps-2", "ps-3"];
    expect(choices).toContainEqual({ chain: false, placed, joinDrained: true });
    expect(choices).not.toContainEqual(expect.objectContaining({ chain: true }));
  });

  it("drains all of a wave, runs the engine once, and readmits all", async () => {
    const result = await go("rush");
    expect(result.steps.map(({ step }) => describeStep(step))).toEqual([
      "resize-load-balancer",
      "resize-front ps-0 ps-1",
      "resize-front ps-2 ps-3",
    ]);
    expect(stack.moments.slice(1, 7)).toEqual([
      ...["drain ps-0", "drain ps-1", "resize ps-0", "resize ps-1", "readmit ps-0", "readmit ps-1"],
    ]);
    expect(fronts()).toEqual(sized("b2-15"));
    expect(stack.world.fewest).toBe(2);
    expect(stack.engine.runs).toEqual(["refresh", ...Array.from({ length: 3 }, () => ["preview", "up"]).flat()]);
  });

  it("a front that fails keeps no other front of its wave out of the pool", async () => {
    stack.order({ at: "resize ps-0", effect: "sick-after" });
    await expect(go("rush")).rejects.toMatchObject({
      code: "gate-failed",
      message: expect.stringContaining("ps-0 does not pass"),
    });
    const weights = four.map((name) => stack.world.members.get(`lor-prod-${name}`)?.weight);
    expect(weights).toEqual([0, 1, 1, 1]);
  });

  it("a front of which the resize fails brings all of its wave back", async () => {
    stack.order({ at: "resize ps-1", effect: "fail" });
    await expect(go("rush")).rejects.toMatchObject({ code: "resize-front-failed" });
    expect(stack.world.serving()).toBe(4);
    await go("rush");
    expect(fronts()).toEqual(sized("b2-15"));
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });

  it("can be taken back as a whole", async () => {
    stack.order({ at: "resize ps-0", effect: "sick-after" });
    const emit = (event: ActionEvent) => {
      if (event.kind === "reverting") stack.world.sick.clear();
    };
    const failed = switchProfile(stack.context({ emit }), {
      target: "rush",
      confirm: stack.confirm,
      onFailure: "revert",
    });
    await expect(failed).rejects.toMatchObject({ code: "gate-failed", message: expect.stringContaining("taken back") });
    expect(fronts()).toEqual(sized("b2-7"));
    expect(stack.world.serving()).toBe(4);
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });

  it.each([
    { at: "drain ps-1", effect: "die-before" },
    { at: "resize ps-0", effect: "die-in-resize" },
    { at: "resize ps-1", effect: "die-after" },
    { at: "readmit ps-1", effect: "die-before" },
  ] satisfies Trouble[])("a process that dies at `$at` ($effect): the same command converges", async (trouble) => {
    stack.order(trouble);
    expect(await stack.untilEndOrDeath(() => go("rush"))).toBe("crashed");
    await go("rush");
    expect(fronts()).toEqual(sized("b2-15"));
    expect(stack.world.serving()).toBe(4);
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });
});

describe("what is said of the open connections of a drained front", () => {
  const said = async () => {
    await go("rush");
    return stack.events.filter(
      (event) => event.kind === "front" && event.front === "ps-0" && event.moment.startsWith("connections-"),
    );
  };
  const connections = (name: string, count: number | undefined) => {
    const member = stack.world.members.get(`lor-prod-${name}`);
    if (member !== undefined) member.connections = count;
  };

  it("that they have ended, once the cloud counts none", async () => {
    connections("ps-0", 3);
    expect(await said()).toMatchObject([{ moment: "connections-ended", connections: 0 }]);
  });

  it("how many are left, when the limit has passed", async () => {
    connections("ps-0", 1000);
    expect(await said()).toMatchObject([
      { moment: "connections-left", seconds: realTimings.drainLimit / 1000, connections: expect.any(Number) },
    ]);
  });

  it("that nobody counts them, where the cloud does not", async () => {
    connections("ps-0", undefined);
    expect(await said()).toEqual([
      { kind: "front", front: "ps-0", moment: "connections-not-counted", seconds: realTimings.drainBlind / 1000 },
    ]);
  });
});

describe("a gate that fails", () => {
  it.each([
    [
      "the first resized",
      { at: "resize ps-0", effect: "sick-after" },
      "ps-0",
      ["ps-0 b2-15-flex", "ps-1 b2-7-flex", "ps-2 b2-15-flex"],
    ],
    [
      "the extra one",
      { at: "create openstack:loadbalancer/member:Member ps-2", effect: "sick-after" },
      "ps-2",
      ["ps-0 b2-7-flex", "ps-1 b2-7-flex", "ps-2 b2-15-flex"],
    ],
    ["the last resized", { at: "resize ps-1", effect: "sick-after" }, "ps-1", rushFronts],
  ] satisfies [string, Trouble, string, string[]][])(
    "of %s front stops the switch and keeps it out of the pool",
    async (_, trouble, name, left) => {
      stack.order(trouble);
      const failed = go("rush");
      await expect(failed).rejects.toMatchObject({ code: "gate-failed", exit: 1, next: "lor-infra rush" });
      await expect(failed).rejects.toThrow(name);
      expect(fronts()).toEqual(left);
      expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
      expect(stack.world.members.get(`lor-prod-${name}`)?.weight).toBe(0);
    },
  );

  it("before the switch refuses it, for a front that would not even change", async () => {
    stack.world.sick.add("ps-1");
    await expect(go("normal")).rejects.toMatchObject({ code: "fronts-not-ready", exit: 3 });
    await expect(go("rush")).rejects.toMatchObject({ code: "fronts-not-ready", exit: 3 });
    expect(stack.world.journal).toEqual([]);
  });

  it("can be gone back from", async () => {
    stack.order({ at: "resize ps-0", effect: "sick-after" });
    await expect(go("rush")).rejects.toMatchObject({ code: "gate-failed" });
    stack.order({ at: "resize ps-0", effect: "die-before" });
    stack.world.troubles.length = 0;
    stack.world.sick.clear();
    await go("normal");
    expect(fronts()).toEqual(normalFronts);
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });
});

describe("a resize that fails", () => {
  it("refused by the cloud: the front comes back at its old size, the same command goes on", async () => {
    stack.order({ at: "resize ps-0", effect: "fail" });
    await expect(go("rush")).rejects.toMatchObject({
      code: "resize-front-failed",
      next: expect.stringContaining("lor-infra rush"),
    });
    expect(stack.world.members.get("lor-prod-ps-0")?.weight).toBe(1);
    await go("rush");
    expect(fronts()).toEqual(rushFronts);
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });

  it("left in ERROR: the next run resets it, gates it and goes on", async () => {
    stack.order({ at: "resize ps-1", effect: "error-state" });
    await expect(go("rush")).rejects.toMatchObject({ code: "resize-front-failed" });
    await go("rush");
    expect(stack.moments).toContain("reset ps-1");
    expect(fronts()).toEqual(rushFronts);
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });
});

it("a load balancer that failed in the cloud stops it at once", async () => {
  stack.world.loadBalancer = { id: "lb", provisioningStatus: "ERROR" };
  const before = stack.clock.now().getTime();
  await expect(go("rush")).rejects.toThrow(/the load balancer is in ERROR/);
  expect(stack.clock.now().getTime() - before).toBeLessThan(10_000);
  expect(stack.world.journal).toEqual([]);
});

describe("a process that dies", () => {
  it.each([
    { at: "update lb", effect: "die-before" },
    { at: "update lb", effect: "die-after" },
    { at: "create openstack:compute/instance:Instance ps-2", effect: "die-after" },
    { at: "create openstack:loadbalancer/member:Member ps-2", effect: "die-before" },
    { at: "readmit ps-2", effect: "die-before" },
    { at: "drain ps-0", effect: "die-after" },
    { at: "resize ps-0", effect: "die-in-resize" },
    { at: "resize ps-0", effect: "die-after" },
    { at: "readmit ps-0", effect: "die-before" },
    { at: "drain ps-1", effect: "die-after" },
    { at: "resize ps-1", effect: "die-in-resize" },
    { at: "readmit ps-1", effect: "die-before" },
    { at: "readmit ps-1", effect: "die-after" },
  ] satisfies Trouble[])(
    "at `$at` ($effect): the same command converges, and so does the way back",
    async (trouble) => {
      for (const target of ["rush", "normal"] as const) {
        stack.order(trouble);
        expect(await stack.untilEndOrDeath(() => go("rush"))).toBe("crashed");
        await go(target);
        expect(fronts()).toEqual(target === "rush" ? rushFronts : normalFronts);
        expect(stack.engine.recorded).toMatchObject({ profile: target });
        expect(stack.world.serving()).toBe(target === "rush" ? 3 : 2);
        await go("normal");
      }
      expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
    },
  );

  it.each([
    { at: "resize ps-1", effect: "die-in-resize" },
    { at: "drain ps-2", effect: "die-after" },
    { at: "delete openstack:loadbalancer/member:Member ps-2", effect: "die-after" },
    { at: "delete openstack:compute/instance:Instance ps-2", effect: "die-after" },
    { at: "update lb", effect: "die-after" },
  ] satisfies Trouble[])("on the way back at `$at` ($effect): the same command converges", async (trouble) => {
    await go("rush");
    stack.order(trouble);
    expect(await stack.untilEndOrDeath(() => go("normal"))).toBe("crashed");
    await go("normal");
    expect(fronts()).toEqual(normalFronts);
    expect(stack.engine.recorded).toMatchObject({ profile: "normal" });
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });
});

describe("a person who stops it", () => {
  it.each(["step-begun", "front"] as const)(
    "at a %s: nothing new starts, and the same command goes on",
    async (kind) => {
      const stop = new AbortController();
      const context = stack.context({
        signal: stop.signal,
        emit: (event) => {
          const resize = event.kind === "step-begun" && event.step.kind === "resize-front";
          if (kind === "step-begun" ? resize : event.kind === "front" && event.moment === "drained") stop.abort();
        },
      });
      const stopped = switchProfile(context, { target: "rush", confirm: stack.confirm });
      await expect(stopped).rejects.toMatchObject({ code: "interrupted", exit: 1 });
      expect(stack.moments).not.toContain("resize ps-0");
      expect(stack.world.serving()).toBe(3);
      await go("rush");
      expect(fronts()).toEqual(rushFronts);
      expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
    },
  );
});

describe("a surprise", () => {
  it("in a step's preview is refused before the front is touched", async () => {
    await go("rush");
    stack.world.watch();
    stack.engine.surprise = {
      urn: "u",
      type: "openstack:compute/instance:Instance",
      name: "ps-1",
      change: "replace",
      changedProperties: ["userData"],
      replacingProperties: ["userData"],
    };
    const refused = go("normal");
    await expect(refused).rejects.toMatchObject({ code: "preview-mismatch", exit: 3 });
    expect(stack.world.journal).toEqual([]);
  });

  it("of a front that somebody resized is written into what the stack says of its fleet", async () => {
    const server = stack.world.servers.get("lor-prod-ps-0");
    if (server !== undefined) server.flavor = "b2-15-flex";
    await planSwitch(stack.context(), "rush");
    expect(stack.engine.runs).toEqual(["refresh with program", "preview"]);
    expect(stack.engine.recorded.fleet).toMatchObject({ fronts: [{ size: "b2-15" }, { size: "b2-7" }] });
  });

  it("of a creation that was accepted and whose answer was lost is adopted, not bought twice", async () => {
    stack.order({ at: "create openstack:compute/instance:Instance ps-2", effect: "drop-after-accept" });
    await expect(go("rush")).rejects.toMatchObject({ code: "add-front-failed" });
    await go("rush");
    expect(stack.world.journal).toContain("adopt openstack:compute/instance:Instance ps-2");
    expect(fronts()).toEqual(rushFronts);
  });

  it("of a front that falls ill meanwhile keeps the others in service", async () => {
    const ill = switchProfile(
      stack.context({
        emit: (event) => {
          if (event.kind === "step-begun" && event.step.kind === "resize-front") stack.world.sick.add("ps-1");
        },
      }),
      { target: "rush", confirm: stack.confirm },
    );
    await expect(ill).rejects.toMatchObject({ code: "not-enough-serving" });
    expect(stack.world.members.get("lor-prod-ps-0")?.weight).toBe(1);
  });
});

it("names what to run first when nothing was created", async () => {
  const empty = new FakeStack();
  try {
    await expect(switchProfile(empty.context(), { target: "rush", confirm: empty.confirm })).rejects.toMatchObject({
      code: "not-created",
      next: "lor-infra up",
    });
  } finally {
    empty.dispose();
  }
});

it("forecasts from what earlier switches of this stack took, once there are enough", async () => {
  for (const target of ["rush", "normal", "rush", "normal", "rush"] as const) await go(target);
  const last = stack.proposals.at(-1)?.steps ?? [];
  expect(last.map(({ step, here }) => [step.kind, here?.samples])).toEqual([
    ["resize-load-balancer", 4],
    ["add-front", undefined],
    ["resize-front", 5],
    ["resize-front", 5],
  ]);
  // The fake clock moves only while something is waited for: the gate, the time in the pool.
  expect(last.at(-1)?.here?.seconds).toBeGreaterThan(30);
});
