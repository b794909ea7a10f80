import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FaultEffect, FaultMatch } from "../../src/local-cloud/kernel/faults.ts";
import { FaultScene, type OnFailure, type Trouble } from "./crash/fault-scene.ts";
import { undisturbed } from "./created-stack.ts";

/**
 * One stack into rush and back on the real engine and the local cloud, each run stopped by another kind of trouble; the run after it gets past that one
 * and meets the next. test/actions/switch-faults.test.ts has every trouble at every call, answered in both ways.
 */
const effects = {
  refused: { kind: "fail" },
  "no host left": { kind: "out-of-stock" },
  "ends in ERROR": { kind: "error-state" },
  "answer lost": { kind: "drop-after-accept" },
} as const satisfies Record<string, FaultEffect>;

/** Of the real world: ten times what the others need. */
const slow: FaultEffect = { kind: "slow", seconds: 60 };

type What = keyof typeof effects | "not healthy";

/** The call that changes something in a step; an answer of it may be a trouble. */
const calls = {
  "resize-load-balancer": { type: "CloudProject/loadBalancer:LoadBalancer", operation: "update" },
  "add-front ps-2": instance("create", "ps-2"),
  "resize-front ps-0": instance("update", "ps-0"),
  "resize-front ps-1": instance("update", "ps-1"),
  "remove-front ps-2": instance("delete", "ps-2"),
} as const satisfies Record<string, FaultMatch>;

function instance(operation: "create" | "update" | "delete", front: string): FaultMatch {
  return { type: "openstack:compute/instance:Instance", operation, name: `lor-prod-${front}` };
}

function at(step: keyof typeof calls, onFailure: OnFailure, ...whats: readonly What[]) {
  const [kind, front = ""] = step.split(" ");
  return whats.map((what) => ({
    what,
    onFailure,
    step,
    call: calls[step],
    // A front that does not become healthy is slow before.
    ...(what === "not healthy"
      ? { code: "gate-failed", unwell: front, effect: slow }
      : { code: `${kind}-failed`, effect: effects[what] }),
  }));
}

/** Each step once, each kind of trouble at least once, and most of them with both ways to answer it. */
const troubles: Readonly<Record<"rush" | "normal", readonly (Trouble & { readonly onFailure: OnFailure })[]>> = {
  rush: [
    ...at("resize-load-balancer", "stop", "answer lost"),
    ...at("add-front ps-2", "revert", "no host left"),
    ...at("resize-front ps-0", "revert", "ends in ERROR"),
    ...at("resize-front ps-1", "stop", "not healthy"),
  ],
  normal: [
    ...at("resize-front ps-0", "revert", "not healthy"),
    ...at("resize-front ps-1", "stop", "ends in ERROR"),
    ...at("remove-front ps-2", "revert", "refused"),
  ],
};

let scene: FaultScene;
beforeAll(async () => {
  scene = await FaultScene.start();
});
afterAll(() => scene?.dispose());

describe.each(["rush", "normal"] as const)("lor-infra %s", (target) => {
  it.each(troubles[target])("$step, $what, --on-failure $onFailure", async ({ onFailure, ...trouble }) => {
    const before = await scene.fronts();
    // The raw calls of every step are slow too.
    await scene.crash.order({ operation: "http" }, { kind: "slow", seconds: 5 }, 40);
    const error = await scene.fail(target, onFailure, trouble);
    await scene.crash.control.clearFaults();
    const after = await scene.fronts();
    expect(Object.values(after).filter((one) => one.endsWith("serving")).length).toBeGreaterThanOrEqual(2);
    if (onFailure === "revert" && /^(add|resize)-front/.test(trouble.step)) {
      expect(error.message).toContain(`${trouble.step} was taken back`);
      // A run that gets this far may have changed other fronts before.
      const front = `lor-prod-${trouble.step.split(" ")[1]}`;
      expect(after[front]).toBe(before[front]);
    } else if (trouble.unwell !== undefined) {
      expect(after[`lor-prod-${trouble.unwell}`]).toContain("drained");
    }
  });

  it("then ends as an undisturbed one, nothing created twice, normal's fronts served throughout", async () => {
    await scene.crash.order(calls["resize-load-balancer"], slow);
    await scene.go(target, "stop");
    await scene.crash.control.clearFaults();
    const { state, cloud } = await scene.crash.resources();
    const reference = await undisturbed(target);
    expect(state).toEqual(reference.state);
    expect(cloud).toEqual(reference.cloud);
    expect(await scene.crash.createdTwice()).toEqual([]);
    expect(scene.watch.fewest).toBeGreaterThanOrEqual(2);
    expect(scene.watch.looks).toBeGreaterThan(20);
    expect(await scene.fewestInJournal()).toBe(2);
  });
});
