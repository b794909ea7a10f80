import { frontName } from "./fleet.ts";
import type { LiveFleet, LiveFront, StopCode, SwitchDecision, SwitchGoal, SwitchStep, SwitchStop } from "./model.ts";
import { frontIndex, mayLeave, serves, servingWithout } from "./serving.ts";

/**
 * The next safe step from what is really there to the goal. It remembers nothing: after a crash the same question has the same answer.
 *
 * Order: what an interrupted switch left is put right first; every front is gated; the load balancer grows before the fronts do, because more
 * fronts behind a full load balancer serve nobody; missing fronts come in before any front goes out; fronts are resized one at a time; extra
 * ones leave; the load balancer shrinks last, while the traffic of a rush may still be ebbing.
 */
export function decide(live: LiveFleet, goal: SwitchGoal): SwitchDecision {
  const wanted = new Map(goal.fleet.fronts.map((front) => [front.name, front.size]));
  const fronts = live.fronts.toSorted((a, b) => frontIndex(a.name) - frontIndex(b.name));
  const view: View = { live, goal, wanted, fronts };
  return (
    settleResize(view) ??
    waitForCloud(view) ??
    recoverFront(view) ??
    completeFront(view) ??
    readmitFront(view) ??
    removeBrokenExtra(view) ??
    gateEveryFront(view) ??
    resizeLoadBalancer(view, "larger") ??
    addMissingFront(view) ??
    resizeNextFront(view) ??
    removeExtraFront(view) ??
    resizeLoadBalancer(view, "smaller") ?? { kind: "done" }
  );
}

interface View {
  readonly live: LiveFleet;
  readonly goal: SwitchGoal;
  /** Name -> size of the fronts that the goal has. */
  readonly wanted: ReadonlyMap<string, string>;
  /** Live fronts by index. */
  readonly fronts: readonly LiveFront[];
}

/** A resize cut in the middle: the provider cannot even read such a server, so nothing else comes before it. */
function settleResize({ fronts, wanted }: View): SwitchDecision | undefined {
  const front = fronts.find((one) => one.server === "verify-resize");
  return front && step({ kind: "settle-resize", front: front.name, how: howToSettle(front, wanted.get(front.name)) });
}

/**
 * Whether an interrupted resize is confirmed or taken back. A confirmation restarts nothing; a revert does, so a front that carries requests
 * is confirmed, and resized properly later.
 */
export function howToSettle(front: LiveFront, wantedSize: string | undefined): "confirm" | "revert" {
  return wantedSize === undefined || wantedSize === front.size || serves(front) ? "confirm" : "revert";
}

function waitForCloud({ fronts, live }: View): SwitchDecision | undefined {
  const busy = fronts.find((one) => one.server === "building" || one.server === "resizing");
  if (busy !== undefined) {
    return stop(
      "front-busy",
      `${busy.name} is still ${busy.server === "building" ? "being built" : "being resized"} by the cloud`,
      "lor-infra status",
    );
  }
  if (live.loadBalancerFailed === true) {
    return stop(
      "load-balancer-failed",
      "the load balancer is in ERROR, as a change that failed in the cloud leaves it: only the cloud's operator can put it right",
      "ask the provider's support for a failover of it, then run the same command again",
    );
  }
  if (!live.loadBalancerReady) {
    return stop("load-balancer-busy", "the load balancer is not ready to be changed", "lor-infra status");
  }
  return undefined;
}

function recoverFront({ fronts, wanted }: View): SwitchDecision | undefined {
  const front = fronts.find((one) => one.server === "error" && wanted.has(one.name));
  return front && step({ kind: "recover-front", front: front.name });
}

/** A wanted front of which only a part is there: the rest of it is created, at the size that its server has. */
function completeFront({ fronts, wanted }: View): SwitchDecision | undefined {
  const front = fronts.find((one) => wanted.has(one.name) && isPartial(one));
  if (front === undefined) {
    return undefined;
  }
  const size = front.server === "absent" ? (wanted.get(front.name) ?? front.size) : front.size;
  return step({ kind: "add-front", front: front.name, size, temporary: false });
}

/** A front left out by an interrupted switch comes back as soon as its health check passes; an extra one only when it is missed. */
function readmitFront({ fronts, wanted, live, goal }: View): SwitchDecision | undefined {
  const missed = servingWithout(live) < goal.minimumServing;
  const front = fronts.find((one) => isReadmissible(one) && (wanted.has(one.name) || missed));
  return front && step({ kind: "readmit-front", front: front.name });
}

/** An extra front that serves nobody is only in the way: its place may be needed for one that does. */
function removeBrokenExtra({ fronts, wanted }: View): SwitchDecision | undefined {
  const front = fronts.find((one) => !wanted.has(one.name) && (isPartial(one) || !one.healthy));
  return front && step({ kind: "remove-front", front: front.name });
}

/** Nothing is changed while a front is unwell, but one that a failed gate left out at another size: the goal's size may be its cure. */
function gateEveryFront({ fronts, wanted }: View): SwitchDecision | undefined {
  for (const front of fronts) {
    const size = wanted.get(front.name);
    if (size === undefined || front.healthy) {
      continue;
    }
    if (front.server === "stopped") {
      return stop("front-stopped", `${front.name} is switched off`, `lor-infra recover --replace ${front.name}`);
    }
    if (front.size === size || front.pool === "serving") {
      return stop(
        "front-unhealthy",
        `${front.name} (${front.size}) does not pass its health check`,
        `lor-infra recover --replace ${front.name}`,
      );
    }
  }
  return undefined;
}

function resizeLoadBalancer({ live, goal }: View, direction: "larger" | "smaller"): SwitchDecision | undefined {
  const from = live.loadBalancerBandwidth;
  const to = goal.fleet.loadBalancerBandwidth;
  const due = direction === "larger" ? to > from : to < from;
  return due ? step({ kind: "resize-load-balancer", from, to }) : undefined;
}

function addMissingFront({ fronts, goal }: View): SwitchDecision | undefined {
  const there = new Set(fronts.map((front) => front.name));
  const missing = goal.fleet.fronts.find((front) => !there.has(front.name));
  return missing && step({ kind: "add-front", front: missing.name, size: missing.size, temporary: false });
}

function resizeNextFront(view: View): SwitchDecision | undefined {
  const { live, goal, wanted, fronts } = view;
  const due = fronts.filter((front) => wanted.has(front.name) && wanted.get(front.name) !== front.size);
  // One that carries nothing goes first: it may come back into service and spare an extra front.
  const front = due.find((one) => !serves(one)) ?? due[0];
  const to = front && wanted.get(front.name);
  if (front === undefined || to === undefined) {
    return undefined;
  }
  if (mayLeave(live, front, goal.minimumServing)) {
    return step({ kind: "resize-front", front: front.name, from: front.size, to });
  }
  const spare = fronts.find((one) => !wanted.has(one.name) && isReadmissible(one));
  if (spare !== undefined) {
    return step({ kind: "readmit-front", front: spare.name });
  }
  return addTemporaryFront(view, to);
}

/** A switch that only changes sizes has no extra front of its own: it gets one for its duration. */
function addTemporaryFront({ fronts, goal }: View, size: string): SwitchDecision {
  const name = unusedFront([...fronts, ...goal.fleet.fronts], goal);
  if (name === undefined) {
    return stop(
      "no-address-for-extra-front",
      "a front can only be taken out when an extra one serves, and prestashop.addresses has no address left for it",
      "add an address to prestashop.addresses in Pulumi.yaml, then run the same command again",
    );
  }
  return step({ kind: "add-front", front: name, size, temporary: true });
}

/** Name of the first front that is not used yet. Undefined: the settings have no address left for one more. */
export function unusedFront(
  used: readonly { readonly name: string }[],
  { addresses }: Pick<SwitchGoal, "addresses">,
): string | undefined {
  const names = new Set(used.map((front) => front.name));
  return Array.from({ length: addresses }, (_, index) => frontName(index)).find((name) => !names.has(name));
}

function removeExtraFront({ fronts, wanted, live, goal }: View): SwitchDecision | undefined {
  const extra = fronts.findLast((front) => !wanted.has(front.name));
  if (extra === undefined) {
    return undefined;
  }
  if (!mayLeave(live, extra, goal.minimumServing)) {
    return stop(
      "not-enough-serving",
      `${extra.name} cannot leave: ${servingWithout(live, extra.name)} other fronts serve, ${goal.minimumServing} must`,
      "lor-infra status",
    );
  }
  return step({ kind: "remove-front", front: extra.name });
}

function isPartial(front: LiveFront): boolean {
  return front.pool === "absent" || front.server === "absent";
}

function isReadmissible(front: LiveFront): boolean {
  return front.server === "active" && front.pool === "drained" && front.healthy;
}

function step(next: SwitchStep): SwitchDecision {
  return { kind: "step", step: next };
}

function stop(code: StopCode, reason: string, next: string): SwitchStop {
  return { kind: "stopped", code, reason, next };
}
