import { decide } from "./decide.ts";
import { byName, type Fleet, type Member } from "./fleet.ts";
import {
  type LiveFleet,
  type LiveMember,
  membersOf,
  type SwitchGoal,
  type SwitchStep,
  type SwitchStop,
} from "./model.ts";

/** The existing fleet as a Plan would describe it. */
export function fleetOfLive(live: LiveFleet): Fleet {
  return fleet(
    live.loadBalancerBandwidth,
    live.fronts.map(({ name, size }) => ({ name, size })),
  );
}

/** The fleet that the engine's update of a step must build: what exists, changed in the step's members. */
export function fleetAfter(live: LiveFleet, step: SwitchStep): Fleet {
  return fleetOfLive(liveAfter(live, step));
}

/** The fleet after a successful step: for previews and forecasts, never a substitute for an observation. */
export function liveAfter(live: LiveFleet, step: SwitchStep): LiveFleet {
  const touched = membersOf(step);
  const change = (to: (front: LiveMember) => Partial<LiveMember>): LiveFleet => ({
    ...live,
    fronts: live.fronts.map((front) => (touched.includes(front.name) ? { ...front, ...to(front) } : front)),
  });
  const others = live.fronts.filter((front) => !touched.includes(front.name));
  switch (step.kind) {
    case "settle-resize":
      return change(() => ({ server: "active" }));
    case "recover-front":
      return change(() => ({ server: "active", healthy: true }));
    case "readmit-front":
      return change(() => ({ pool: "serving" }));
    case "resize-load-balancer":
      return { ...live, loadBalancerBandwidth: step.to };
    case "add-front":
      return { ...live, fronts: [...others, ...step.members.map((member) => ({ ...member, ...inService }))] };
    case "resize-front": {
      const sizes = new Map(step.members.map(({ name, to }) => [name, to]));
      return change(({ name, size }) => ({ size: sizes.get(name) ?? size, ...inService }));
    }
    case "remove-front":
      return { ...live, fronts: others };
  }
}

const inService = { server: "active", pool: "serving", healthy: true } as const;

export interface SwitchPath {
  readonly steps: readonly SwitchStep[];
  /** Why the goal is out of reach from here, or undefined. */
  readonly stop: SwitchStop | undefined;
}

/** Every step to the goal when nothing fails: what a person approves. */
export function pathTo(live: LiveFleet, goal: SwitchGoal): SwitchPath {
  const steps: SwitchStep[] = [];
  let now = live;
  // Each member takes at most: settle, recover, complete, readmit, resize, remove, and one extra member; twice that is a defect.
  const limit = 14 * (live.fronts.length + goal.fleet.fronts.length + 2);
  while (steps.length < limit) {
    const decision = decide(now, goal);
    if (decision.kind !== "step") {
      return { steps, stop: decision.kind === "stopped" ? decision : undefined };
    }
    steps.push(decision.step);
    now = liveAfter(now, decision.step);
  }
  throw new Error(`the switch does not end: ${steps.map((one) => one.kind).join(", ")}`);
}

function fleet(loadBalancerBandwidth: number, fronts: readonly Member[]): Fleet {
  return { loadBalancerBandwidth, fronts: fronts.toSorted(byName) };
}
