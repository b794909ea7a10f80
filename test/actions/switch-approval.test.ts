import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { planSwitch, type SwitchInput, switchProfile } from "../../src/actions/rush/switch-profile.ts";
import { up } from "../../src/actions/up/up.ts";
import type { ApprovedSwitch } from "../../src/rolling/approval.ts";
import type { ActionEvent } from "../../src/stack/action-event.ts";
import type { StackContext } from "../../src/stack/stack-context.ts";
import { readPlanFile, writePlanFile } from "../../src/state/plan-file.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;
let folder: string;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "lor-plan-"));
  stack = new FakeStack();
  await up(stack.context(), { confirm: stack.confirm });
  stack.world.watch();
});
afterEach(() => {
  stack.dispose();
  rmSync(folder, { recursive: true, force: true });
});

function rush(input: Partial<SwitchInput> = {}, differs: Partial<StackContext> = {}) {
  return switchProfile(stack.context(differs), { target: "rush", confirm: stack.confirm, ...input });
}

function fronts(): readonly string[] {
  return [...stack.world.servers.values()]
    .filter((server) => /ps-\d+$/.test(server.name))
    .map((server) => `${server.name.slice(-4)} ${server.flavor}`)
    .toSorted();
}

const rushFronts = ["ps-0 b2-15-flex", "ps-1 b2-15-flex", "ps-2 b2-15-flex"];

/** Does something at the first event that fits, as somebody else would meanwhile. */
function meanwhile(fits: (event: ActionEvent) => boolean, work: () => void): Partial<StackContext> {
  let done = false;
  return {
    emit: (event) => {
      if (!done && fits(event)) {
        done = true;
        work();
      }
    },
  };
}

function odooInState() {
  const found = [...stack.engine.state].find(([key]) => key === "openstack:compute/instance:Instance odoo");
  if (found === undefined) throw new Error("no odoo in the state");
  return found;
}

const resizeBegun = (event: ActionEvent) => event.kind === "step-begun" && event.step.kind === "resize-front";

describe("a saved plan", () => {
  it("says each step, what the engine may change in it and the calls around it, and changes nothing", async () => {
    const { approved, proposal } = await planSwitch(stack.context(), "rush");
    expect(stack.world.journal).toEqual([]);
    expect(proposal.steps).toHaveLength(4);
    expect(approved.steps.map(({ step }) => step.kind)).toEqual([
      "resize-load-balancer",
      "add-front",
      "resize-front",
      "resize-front",
    ]);
    expect(approved.steps[2]).toMatchObject({
      changes: ["update openstack:compute/instance:Instance ps-0"],
      calls: [
        "Octavia: weight of ps-0 to 0, then its connections end",
        "Octavia: weight of ps-0 to 1, once it is healthy",
      ],
    });
  });

  it("is applied as it was made, by another run", async () => {
    const { approved } = await planSwitch(stack.context(), "rush");
    const path = join(folder, "rush.json");
    writePlanFile(path, approved);
    await rush({ approved: readPlanFile(path) as ApprovedSwitch });
    expect(fronts()).toEqual(rushFronts);
  });

  it.each([
    ["somebody takes a front out of the pool", "ps-1 b2-7, serving expected, b2-7, drained seen", drainByHand],
    [
      "somebody resizes a front",
      "ps-1 b2-7, serving expected, b2-15, serving seen",
      () => {
        const server = stack.world.servers.get("lor-prod-ps-1");
        if (server !== undefined) server.flavor = "b2-15-flex";
      },
    ],
    [
      "the settings change",
      "the settings have changed",
      () => {
        const { rush: large } = stack.project.settings;
        const settings = { ...stack.project.settings, rush: { ...large, loadBalancer: { ...large.loadBalancer } } };
        stack.project = {
          ...stack.project,
          settings: { ...settings, rush: { ...settings.rush, changed: true } } as never,
        };
      },
    ],
    [
      "somebody else's run changes the state",
      "openstack:compute/instance:Instance odoo has changed in the state",
      () => {
        const [key, resource] = odooInState();
        stack.engine.state.set(key, { ...resource, protect: !resource.protect });
      },
    ],
    [
      "somebody else's run changes much of the state",
      "openstack:compute/instance:Instance ps-0 is gone from the state; 68 more resources of the state",
      () => stack.engine.state.clear(),
    ],
  ] satisfies [string, string, () => void][])("is refused when %s", async (_, seen, change) => {
    const { approved } = await planSwitch(stack.context(), "rush");
    change();
    const refused = rush({ approved });
    await expect(refused).rejects.toMatchObject({
      code: "changed-since-approval",
      exit: 3,
      seen: expect.stringContaining(seen),
    });
    expect(stack.world.journal).toEqual([]);
  });

  it("goes on after a run of it that died, and not after one of another plan", async () => {
    const { approved } = await planSwitch(stack.context(), "rush");
    stack.order({ at: "resize ps-0", effect: "die-in-resize" });
    expect(await stack.untilEndOrDeath(() => rush({ approved }))).toBe("crashed");
    const other = { ...approved, settings: "other" };
    await expect(rush({ approved: other })).rejects.toMatchObject({ code: "changed-since-approval" });
    await rush({ approved });
    expect(fronts()).toEqual(rushFronts);
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });

  it("that was edited, or is none, is refused; one that is there is not written over", async () => {
    const { approved } = await planSwitch(stack.context(), "rush");
    const path = join(folder, "rush.json");
    expect(readPlanFile(path)).toBeUndefined();
    writePlanFile(path, approved);
    expect(() => writePlanFile(path, approved)).toThrow(expect.objectContaining({ code: "plan-file-exists" }));
    for (const text of ["", "{}", JSON.stringify({ approved: { ...approved, target: "normal" }, seal: "0" })]) {
      writeFileSync(path, text);
      expect(() => readPlanFile(path)).toThrow(expect.objectContaining({ code: "plan-file-unreadable", exit: 2 }));
    }
  });
});

function drainByHand(): void {
  const member = stack.world.members.get("lor-prod-ps-1");
  if (member !== undefined) member.weight = 0;
}

it("what somebody changes while a person thinks about it is seen before the first step", async () => {
  const thinks = async (): Promise<boolean> => {
    drainByHand();
    return true;
  };
  await expect(rush({ confirm: thinks })).rejects.toMatchObject({ code: "changed-since-approval", exit: 3 });
  expect(stack.moments).toEqual([]);
});

describe("while a switch runs", () => {
  it.each([
    ["takes a front out of the pool", "ps-1", drainByHand],
    [
      "changes the state",
      "openstack:compute/instance:Instance odoo is gone from the state",
      () => stack.engine.state.delete(odooInState()[0]),
    ],
  ] satisfies [string, string, () => void][])(
    "and somebody %s, it stops before the next step and says what",
    async (_, seen, change) => {
      const settled = (event: ActionEvent) => event.kind === "step-done" && event.step.kind === "add-front";
      // After the step, when its own run has been taken note of.
      const stopped = rush(
        {},
        meanwhile(settled, () => queueMicrotask(() => setImmediate(change))),
      );
      await expect(stopped).rejects.toMatchObject({
        code: "changed-since-approval",
        exit: 3,
        seen: expect.stringContaining(seen),
      });
      expect(stack.moments).not.toContain("drain ps-0");
    },
  );
});

describe("with --on-failure revert", () => {
  it.each([
    ["the first", "ps-0", ["ps-0 b2-7-flex", "ps-1 b2-7-flex", "ps-2 b2-15-flex"]],
    ["the last", "ps-1", ["ps-0 b2-15-flex", "ps-1 b2-7-flex", "ps-2 b2-15-flex"]],
  ] as const)(
    "%s front whose gate fails goes back to its old size and serves; the next switch goes on",
    async (_, name, left) => {
      stack.order({ at: `resize ${name}`, effect: "sick-after" });
      const heals = meanwhile(
        (event) => event.kind === "reverting",
        () => stack.world.sick.clear(),
      );
      const failed = rush({ onFailure: "revert" }, heals);
      await expect(failed).rejects.toMatchObject({ code: "gate-failed", exit: 1, next: "lor-infra rush" });
      await expect(failed).rejects.toThrow(`resize-front ${name} was taken back`);
      expect(fronts()).toEqual(left);
      expect(stack.world.serving()).toBe(3);
      expect(stack.engine.recorded).toMatchObject({
        profile: null,
        fleet: { fronts: expect.arrayContaining([{ name, size: "b2-7" }]) },
      });
      await rush();
      expect(fronts()).toEqual(rushFronts);
      expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
    },
  );

  it("an extra front that does not pass its gate is taken out again", async () => {
    stack.order({ at: "create openstack:loadbalancer/member:Member ps-2", effect: "sick-after" });
    await expect(rush({ onFailure: "revert" })).rejects.toThrow("add-front ps-2 was taken back");
    expect(fronts()).toEqual(["ps-0 b2-7-flex", "ps-1 b2-7-flex"]);
    expect([...stack.engine.state.values()].filter((one) => one.name.startsWith("ps-2"))).toEqual([]);
    expect(stack.world.fewest).toBeGreaterThanOrEqual(2);
  });

  it("an extra front whose creation lost its answer is found and taken out, not forgotten", async () => {
    stack.order({ at: "create openstack:compute/instance:Instance ps-2", effect: "drop-after-accept" });
    await expect(rush({ onFailure: "revert" })).rejects.toThrow("add-front ps-2 was taken back");
    expect(fronts()).toEqual(["ps-0 b2-7-flex", "ps-1 b2-7-flex"]);
  });

  it("a resize that ends in ERROR is reset, and the front serves at its old size", async () => {
    stack.order({ at: "resize ps-0", effect: "error-state" });
    await expect(rush({ onFailure: "revert" })).rejects.toThrow("resize-front ps-0 was taken back");
    expect(stack.moments).toContain("reset ps-0");
    expect(fronts()).toContain("ps-0 b2-7-flex");
    expect(stack.world.serving()).toBe(3);
  });

  it("a front that stays ill is left out of the pool, and the error says that it could not be taken back", async () => {
    stack.order({ at: "resize ps-0", effect: "sick-after" });
    await expect(rush({ onFailure: "revert" })).rejects.toThrow("could not be taken back");
    expect(stack.world.members.get("lor-prod-ps-0")?.weight).toBe(0);
    expect(stack.world.serving()).toBe(2);
  });

  it("Ctrl-C takes nothing back", async () => {
    const stop = new AbortController();
    const stopped = rush(
      { onFailure: "revert" },
      { signal: stop.signal, ...meanwhile(resizeBegun, () => stop.abort()) },
    );
    await expect(stopped).rejects.toMatchObject({ code: "interrupted" });
    expect(fronts()).toContain("ps-2 b2-15-flex");
  });
});
