import { ExitCode, LorError } from "../../core/errors.ts";
import { serves } from "../../rolling/serving.ts";
import { HeldEvents } from "../../stack/held-events.ts";
import { type ObservedFront, observeFleet } from "../../stack/observe-fleet.ts";
import { type StackContext, stoppedBy } from "../../stack/stack-context.ts";
import { sleepUnlessStopped, waitUntil } from "../../stack/wait-until.ts";

/** Takes a front out of service and waits until its open connections have ended, or the limit for them has passed. */
export async function drainFront(context: StackContext, name: string): Promise<void> {
  const { clients, emit, timings } = context;
  const front = await findFront(context, name);
  if (front.member === undefined) {
    return;
  }
  if (front.member.weight > 0) {
    await clients.loadBalancer.setWeight(front.member, 0);
  }
  emit({ kind: "front", front: name, moment: "drained", ...connections(front) });
  if (!front.healthy) {
    // Nobody is connected to what does not answer.
    return;
  }
  if (front.member.activeConnections === undefined) {
    await sleepUnlessStopped(context, timings.drainBlind);
    emit({ kind: "front", front: name, moment: "empty" });
    return;
  }
  const { seen } = await waitUntil(context, {
    limit: timings.drainLimit,
    look: () => findFront(context, name),
    good: (one) => (one.member?.activeConnections ?? 0) === 0,
  });
  emit({ kind: "front", front: name, moment: "empty", ...connections(seen) });
}

/**
 * Waits until the load balancer's own checks find a front healthy, and have found it so for a while: their last answer may be older than the
 * restart. @throws LorError `gate-failed`
 */
export async function gateFront(context: StackContext, name: string, next: string): Promise<ObservedFront> {
  const { emit, timings } = context;
  emit({ kind: "front", front: name, moment: "waiting-for-health" });
  const { seen, good } = await waitUntil(context, {
    limit: timings.gateLimit,
    hold: timings.gateHold,
    look: () => findFront(context, name),
    good: (one) => one.healthy && one.server === "active",
  });
  if (!good) {
    throw new LorError({
      code: "gate-failed",
      message: `${name} does not pass its health check`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: `server ${seen.server}, health ${seen.member?.operatingStatus ?? "unknown"}, ${
        seen.pool === "serving" ? "in the pool" : "out of the pool: the shop serves on the others"
      }`,
      accepted: `healthy within ${Math.round(timings.gateLimit / 1000)} s`,
      next,
    });
  }
  emit({ kind: "front", front: name, moment: "healthy" });
  return seen;
}

/** Puts a healthy front back into service and makes sure that it stays well under requests. */
export async function readmitFront(context: StackContext, name: string, next: string): Promise<void> {
  const front = await gateFront(context, name, next);
  if (front.member !== undefined && front.member.weight === 0) {
    await context.clients.loadBalancer.setWeight(front.member, 1);
  }
  const { good, seen } = await waitUntil(context, {
    limit: context.timings.gateLimit,
    hold: context.timings.soak,
    look: () => findFront(context, name),
    good: serves,
  });
  if (!good) {
    throw new LorError({
      code: "gate-failed",
      message: `${name} does not stay healthy in the pool`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: `health ${seen.member?.operatingStatus ?? "unknown"}`,
      next,
    });
  }
  context.emit({ kind: "front", front: name, moment: "readmitted" });
}

export interface ResizedFront {
  readonly front: string;
  /** Size that it is to have. */
  readonly size: string;
  /** Command that goes on after a failure. */
  readonly next: string;
  /** The engine's run that resizes it. */
  readonly run: Promise<unknown>;
}

/**
 * Readmits a front as soon as its server runs at its new size: the provider sleeps ten seconds more before it looks (terraform-provider-openstack 1.54.1,
 * `Delay` of the confirmation in resource_openstack_compute_instance_v2.go). What happens to the front is told when the run has ended, in the order in
 * which it always comes. When the run fails, nothing more is waited for. @throws LorError `gate-failed`; what the run throws
 */
export async function readmitResized(context: StackContext, { front, size, next, run }: ResizedFront): Promise<void> {
  const ended = new AbortController();
  const failed = new AbortController();
  const events = new HeldEvents(context.emit);
  const tellAll = () => {
    ended.abort();
    events.tell();
  };
  run.then(tellAll, () => {
    tellAll();
    failed.abort();
  });
  const held = { ...context, emit: events.emit };
  const resized = waitUntil(stoppedBy(held, ended.signal), {
    limit: Number.POSITIVE_INFINITY,
    look: () => findFront(context, front),
    good: (one) => one.server === "active" && one.size === size,
  });
  // A look that fails is no reason to fail: the run tells.
  await Promise.race([run, resized.catch(() => run)]);
  await readmitFront(stoppedBy(held, failed.signal), front, next);
}

async function findFront(context: StackContext, name: string): Promise<ObservedFront> {
  const fleet = await observeFleet(context);
  return (
    fleet.fronts.find((front) => front.name === name) ?? {
      name,
      size: "",
      server: "absent",
      pool: "absent",
      healthy: false,
      serverView: undefined,
      member: undefined,
    }
  );
}

function connections(front: ObservedFront): { readonly connections?: number } {
  const open = front.member?.activeConnections;
  return open === undefined ? {} : { connections: open };
}
