import { decide } from "./decide.ts";
import type { Fleet, FleetFront } from "./fleet.ts";
import type { LiveFleet, LiveFront, SwitchGoal, SwitchStep, SwitchStop } from "./model.ts";
import { frontIndex } from "./serving.ts";

/** The fleet that is there, as a Plan would describe it. */
export function fleetOfLive(live: LiveFleet): Fleet {
  return fleet(
    live.loadBalancerBandwidth,
    live.fronts.map(({ name, size }) => ({ name, size })),
  );
}

/** The fleet that the engine's update of a step must build: what is really there, changed in one thing. */
export function fleetAfter(live: LiveFleet, step: SwitchStep): Fleet {
  const before = fleetOfLive(live);
  switch (step.kind) {
    case "settle-resize":
    case "recover-front":
    case "readmit-front":
      return before;
    case "resize-load-balancer":
      return { ...before, loadBalancerBandwidth: step.to };
    case "add-front":
      return fleet(before.loadBalancerBandwidth, [
        ...before.fronts.filter((front) => front.name !== step.front),
        { name: step.front, size: step.size },
      ]);
    case "resize-front":
      return fleet(
        before.loadBalancerBandwidth,
        before.fronts.map((front) => (front.name === step.front ? { name: front.name, size: step.to } : front)),
      );
    case "remove-front":
      return fleet(
        before.loadBalancerBandwidth,
        before.fronts.filter((front) => front.name !== step.front),
      );
  }
}

/** What is there once a step has gone well: for previews and forecasts, never instead of looking. */
export function liveAfter(live: LiveFleet, step: SwitchStep): LiveFleet {
  const change = (name: string, to: Partial<LiveFront>): LiveFleet => ({
    ...live,
    fronts: live.fronts.map((front) => (front.name === name ? { ...front, ...to } : front)),
  });
  switch (step.kind) {
    case "settle-resize":
      return change(step.front, { server: "active" });
    case "recover-front":
      return change(step.front, { server: "active", healthy: true });
    case "readmit-front":
      return change(step.front, { pool: "serving" });
    case "resize-load-balancer":
      return { ...live, loadBalancerBandwidth: step.to };
    case "add-front":
      return {
        ...live,
        fronts: [
          ...live.fronts.filter((front) => front.name !== step.front),
          { name: step.front, size: step.size, server: "active", pool: "serving", healthy: true },
        ],
      };
    case "resize-front":
      return change(step.front, { size: step.to, server: "active", pool: "serving", healthy: true });
    case "remove-front":
      return { ...live, fronts: live.fronts.filter((front) => front.name !== step.front) };
  }
}

export interface SwitchPath {
  readonly steps: readonly SwitchStep[];
  /** Why the goal is out of reach from here, or undefined. */
  readonly stop: SwitchStop | undefined;
}

/** Every step to the goal when nothing fails: what a person approves. */
export function pathTo(live: LiveFleet, goal: SwitchGoal): SwitchPath {
  const steps: SwitchStep[] = [];
  let now = live;
  // Each front takes at most: settle, recover, complete, readmit, resize, remove, and one extra front; twice that is a defect.
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

function fleet(loadBalancerBandwidth: number, fronts: readonly FleetFront[]): Fleet {
  return { loadBalancerBandwidth, fronts: fronts.toSorted((a, b) => frontIndex(a.name) - frontIndex(b.name)) };
}
