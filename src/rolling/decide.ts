import { byName } from "./fleet.ts";
import { minimumServing } from "./min-healthy.ts";
import {
  isBusy,
  type LiveFleet,
  type LiveMember,
  type StopCode,
  type SwitchDecision,
  type SwitchGoal,
  type SwitchStep,
  type SwitchStop,
} from "./model.ts";
import { serves, servingWithout } from "./serving.ts";

/**
 * The next safe step from what exists to the goal. It remembers nothing: after a crash the same question has the same answer.
 *
 * Order: what an interrupted switch left is repaired first; every member is gated; the load balancer grows before the members do, because more
 * members behind a full load balancer serve nobody; missing members come in before any goes out; members are resized in waves that leave
 * the minimum in service; extra ones leave; the load balancer shrinks last, while the traffic of a rush may still be ebbing.
 */
export function decide(live: LiveFleet, goal: SwitchGoal): SwitchDecision {
  const wanted = new Map(goal.fleet.fronts.map((front) => [front.name, front.size]));
  const fronts = live.fronts.toSorted(byName);
  const minimum = minimumServing(live, goal.minHealthy);
  const view: View = { live, goal, wanted, fronts, minimum, free: Math.max(0, servingWithout(live) - minimum) };
  return (
    settleResize(view) ??
    waitForCloud(view) ??
    recoverMember(view) ??
    completeMembers(view) ??
    readmitMembers(view) ??
    removeBrokenExtras(view) ??
    gateEveryMember(view) ??
    resizeLoadBalancer(view, "larger") ??
    addMissingMembers(view) ??
    resizeNextWave(view) ??
    removeExtras(view) ??
    resizeLoadBalancer(view, "smaller") ?? { kind: "done" }
  );
}

interface View {
  readonly live: LiveFleet;
  readonly goal: SwitchGoal;
  /** Name -> size of the members that the goal has. */
  readonly wanted: ReadonlyMap<string, string>;
  /** Live members by name. */
  readonly fronts: readonly LiveMember[];
  /** Healthy serving members that must stay. */
  readonly minimum: number;
  /** How many of those that serve may leave now. */
  readonly free: number;
}

/** A resize cut in the middle: the provider cannot even read such a server, so nothing else comes before it. */
function settleResize({ fronts, wanted }: View): SwitchDecision | undefined {
  const front = fronts.find((one) => one.server === "awaiting-confirmation");
  return front && step({ kind: "settle-resize", member: front.name, how: howToSettle(front, wanted.get(front.name)) });
}

/**
 * Whether an interrupted resize is confirmed or reverted. A confirmation restarts nothing; a revert does, so a member that carries requests
 * is confirmed, and resized properly later.
 */
export function howToSettle(member: LiveMember, wantedSize: string | undefined): "confirm" | "revert" {
  return wantedSize === undefined || wantedSize === member.size || serves(member) ? "confirm" : "revert";
}

function waitForCloud({ fronts, live }: View): SwitchDecision | undefined {
  const busy = fronts.find(isBusy);
  if (busy !== undefined)
    return stop("front-busy", `${busy.name} cannot be changed now: ${describeBusy(busy)}`, "lor-infra status");
  if (live.loadBalancerFailed === true) {
    return stop(
      "load-balancer-failed",
      "the load balancer is in ERROR after a change that failed in the cloud; only the cloud's operator can repair it",
      "ask the provider's support for a failover of it, then run the same command again",
    );
  }
  if (!live.loadBalancerReady) {
    return stop("load-balancer-busy", "the load balancer is not ready to be changed", "lor-infra status");
  }
  return undefined;
}

function describeBusy({ server }: LiveMember): string {
  if (server === "unknown") return "its state is unknown to this version of lor-infra";
  return `the cloud is still ${server === "starting" ? "building" : "resizing or rebooting"} it`;
}

function recoverMember({ fronts, wanted }: View): SwitchDecision | undefined {
  const front = fronts.find((one) => one.server === "failed" && wanted.has(one.name));
  return front && step({ kind: "recover-front", member: front.name });
}

/** Wanted members of which only a part exists: the rest is created, at the size that the server has. */
function completeMembers({ fronts, wanted }: View): SwitchDecision | undefined {
  const members = fronts
    .filter((one) => wanted.has(one.name) && isPartial(one))
    .map(({ name, size, server }) => ({ name, size: server === "absent" ? (wanted.get(name) ?? size) : size }));
  return members.length === 0 ? undefined : step({ kind: "add-front", members, temporary: false });
}

/** Members left out by an interrupted switch come back as soon as their health check passes; extra ones only when they are missed. */
function readmitMembers({ fronts, wanted, live, minimum }: View): SwitchDecision | undefined {
  const ready = fronts.filter(isReadmissible).map(({ name }) => name);
  const due = ready.filter((name) => wanted.has(name));
  const missed = Math.max(0, minimum - servingWithout(live));
  const members = due.length > 0 ? due : ready.slice(0, missed);
  return members.length === 0 ? undefined : step({ kind: "readmit-front", members });
}

/** Extra members that serve nobody are only in the way: their place may be needed for one that does. */
function removeBrokenExtras({ fronts, wanted }: View): SwitchDecision | undefined {
  const broken = fronts.filter((one) => !wanted.has(one.name) && (isPartial(one) || !one.healthy));
  return broken.length === 0 ? undefined : step({ kind: "remove-front", members: broken.map(({ name }) => name) });
}

/** Nothing is changed while a member is unhealthy, except one that a failed gate left out at another size: the goal's size may be its cure. */
function gateEveryMember({ fronts, wanted }: View): SwitchDecision | undefined {
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

function addMissingMembers({ fronts, goal }: View): SwitchDecision | undefined {
  const existing = new Set(fronts.map((front) => front.name));
  const members = goal.fleet.fronts.filter((front) => !existing.has(front.name));
  return members.length === 0 ? undefined : step({ kind: "add-front", members, temporary: false });
}

function resizeNextWave(view: View): SwitchDecision | undefined {
  const { wanted, fronts, free } = view;
  const due = fronts.flatMap((front) => {
    const to = wanted.get(front.name);
    return to === undefined || to === front.size ? [] : [{ front, resize: { name: front.name, from: front.size, to } }];
  });
  const [first] = due;
  if (first === undefined) return undefined;
  // Those that carry nothing go first: they may come back into service and spare an extra member.
  const idle = due.filter(({ front }) => !serves(front));
  const wave = idle.length > 0 ? idle : withoutLastLasting(due.slice(0, free), view);
  if (wave.length > 0) return step({ kind: "resize-front", members: wave.map(({ resize }) => resize) });
  const spare = fronts.find((one) => !wanted.has(one.name) && isReadmissible(one));
  if (spare !== undefined) return step({ kind: "readmit-front", members: [spare.name] });
  return addTemporaryMember(view, first.resize.to);
}

/** A wave without its last lasting member, if no other one would stay in service. A wave of one is left as it is. */
function withoutLastLasting<T extends { readonly front: LiveMember }>(
  wave: readonly T[],
  { fronts, goal }: View,
): readonly T[] {
  const { lasting = [] } = goal;
  const leaving = new Set(wave.map(({ front }) => front.name));
  const stays = fronts.some((front) => lasting.includes(front.name) && serves(front) && !leaving.has(front.name));
  const last = wave.findLastIndex(({ front }) => lasting.includes(front.name));
  return stays || last < 0 || wave.length === 1 ? wave : wave.toSpliced(last, 1);
}

/** A switch that only changes sizes has no extra member of its own: it gets one for its duration. */
function addTemporaryMember({ fronts, goal }: View, size: string): SwitchDecision {
  const { setting } = goal.names;
  const name = unusedMember([...fronts, ...goal.fleet.fronts], goal);
  if (name === undefined) {
    return stop(
      "no-address-for-extra-front",
      `a front can only leave the pool while an extra one serves, and ${setting} has no address left for it`,
      `add an address to ${setting} in Pulumi.yaml, then run the same command again`,
    );
  }
  return step({ kind: "add-front", members: [{ name, size }], temporary: true });
}

/** Name of the first member that is not used yet. Undefined: the settings have no address left for one more. */
export function unusedMember(
  used: readonly { readonly name: string }[],
  { names }: Pick<SwitchGoal, "names">,
): string | undefined {
  const taken = new Set(used.map((front) => front.name));
  return names.all.find((name) => !taken.has(name));
}

function removeExtras({ fronts, wanted, live, minimum, free }: View): SwitchDecision | undefined {
  const extras = fronts.filter((front) => !wanted.has(front.name)).toReversed();
  const [last] = extras;
  if (last === undefined) return undefined;
  const serving = extras.filter(serves).slice(0, free);
  const members = extras.filter((front) => !serves(front) || serving.includes(front)).map(({ name }) => name);
  if (members.length === 0) {
    return stop(
      "not-enough-serving",
      `${last.name} cannot leave: ${servingWithout(live, [last.name])} other fronts serve, ${minimum} must`,
      "lor-infra status",
    );
  }
  return step({ kind: "remove-front", members });
}

function isPartial(front: LiveMember): boolean {
  return front.pool === "absent" || front.server === "absent";
}

function isReadmissible(front: LiveMember): boolean {
  return front.server === "active" && front.pool === "drained" && front.healthy;
}

function step(next: SwitchStep): SwitchDecision {
  return { kind: "step", step: next };
}

function stop(code: StopCode, reason: string, next: string): SwitchStop {
  return { kind: "stopped", code, reason, next };
}
