import { ExitCode, LorError, messageOf } from "../../core/errors.ts";
import { serves } from "../../rolling/serving.ts";
import { HeldEvents } from "../../stack/held-events.ts";
import { machineReason } from "../../stack/machine-reason.ts";
import { type ObservedFleet, type ObservedFront, observeFleet } from "../../stack/observe-fleet.ts";
import { ReasonAsker } from "../../stack/reason-asker.ts";
import { type StackContext, stoppedBy } from "../../stack/stack-context.ts";
import { sleepUnlessStopped, waitUntil } from "../../stack/wait-until.ts";

/** Takes members out of service and waits until their open connections have ended, or the limit for them has passed. */
export async function drainMembers(context: StackContext, names: readonly string[]): Promise<void> {
  const fleet = await observeFleet(context);
  const drained: ObservedFront[] = [];
  for (const name of names) {
    const front = frontOf(fleet, name);
    if (front.member === undefined) continue;
    if (front.member.weight > 0) await context.clients.loadBalancer.setWeight(front.member, 0);
    context.emit({ kind: "front", front: name, moment: "drained", ...connections(front) });
    // A backend that does not answer has no connections.
    if (front.healthy) drained.push(front);
  }
  const isCounted = (front: ObservedFront) => front.member?.activeConnections !== undefined;
  await Promise.all([
    waitForConnections(context, drained.filter(isCounted)),
    waitBlind(
      context,
      drained.filter((front) => !isCounted(front)),
    ),
  ]);
}

async function waitForConnections(context: StackContext, drained: readonly ObservedFront[]): Promise<void> {
  if (drained.length === 0) return;
  const { clock, emit, timings } = context;
  const began = clock.now().getTime();
  const open = new Set(drained.map(({ name }) => name));
  const { seen } = await waitUntil(context, {
    limit: timings.drainLimit,
    look: () => observeFleet(context),
    good: (fleet) => {
      for (const name of [...open]) {
        // A count that is missing is not a count of zero.
        if (frontOf(fleet, name).member?.activeConnections !== 0) continue;
        open.delete(name);
        emit({ kind: "front", front: name, moment: "connections-ended", connections: 0 });
      }
      return open.size === 0;
    },
  });
  const seconds = Math.round((clock.now().getTime() - began) / 1000);
  for (const name of open) {
    const { member } = frontOf(seen, name);
    const moment = member?.activeConnections === undefined ? "connections-not-counted" : "connections-left";
    emit({ kind: "front", front: name, moment, seconds, ...connections(frontOf(seen, name)) });
  }
}

async function waitBlind(context: StackContext, drained: readonly ObservedFront[]): Promise<void> {
  if (drained.length === 0) return;
  const { emit, timings } = context;
  await sleepUnlessStopped(context, timings.drainBlind);
  for (const { name } of drained) {
    emit({ kind: "front", front: name, moment: "connections-not-counted", seconds: timings.drainBlind / 1000 });
  }
}

/** Several members that are waited for at once: they share their looks at the cloud, and a load balancer takes one change at a time. */
class Wave {
  readonly context: StackContext;
  readonly next: string;
  #look: Promise<ObservedFleet> | undefined;
  #change: Promise<unknown> = Promise.resolve();

  constructor(context: StackContext, next: string) {
    this.context = context;
    this.next = next;
  }

  async find(name: string): Promise<ObservedFront> {
    this.#look ??= observeFleet(this.context).finally(() => {
      this.#look = undefined;
    });
    return frontOf(await this.#look, name);
  }

  async readmit({ member }: ObservedFront): Promise<void> {
    if (member === undefined || member.weight > 0) return;
    const change = this.#change.then(() => this.context.clients.loadBalancer.setWeight(member, 1));
    this.#change = change.catch(() => undefined);
    await change;
  }
}

/**
 * Waits until the load balancer's own checks find each member healthy, and have found it so for a while: their last answer may be older than
 * the restart.
 * @throws LorError `gate-failed`
 */
export async function gateMembers(context: StackContext, names: readonly string[], next: string): Promise<void> {
  const wave = new Wave(context, next);
  await all(names.map((name) => gate(wave, name)));
}

/**
 * Puts healthy members back into service, each as soon as it passes its gate, and makes sure that they stay healthy under requests. One that
 * fails keeps none of the others out.
 * @throws LorError `gate-failed`
 */
export async function readmitMembers(context: StackContext, names: readonly string[], next: string): Promise<void> {
  const wave = new Wave(context, next);
  await all(names.map((name) => readmit(wave, name)));
}

export interface ResizedMembers {
  readonly members: readonly { readonly name: string; readonly to: string }[];
  /** Command that goes on after a failure. */
  readonly next: string;
  /** The engine's run that resizes them. */
  readonly run: Promise<unknown>;
}

/**
 * Readmits each member as soon as its server runs at its new size: the provider sleeps ten seconds more before it looks (terraform-provider-openstack 1.54.1,
 * `Delay` of the confirmation in resource_openstack_compute_instance_v2.go). What happens to the members is reported when the run has ended, in the order in
 * which it always comes. When the run fails, nothing more is waited for.
 * @throws LorError `gate-failed`; what the run throws
 */
export async function readmitResized(context: StackContext, { members, next, run }: ResizedMembers): Promise<void> {
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
  const untilRun = stoppedBy(held, ended.signal);
  const looks = new Wave(untilRun, next);
  const wave = new Wave(stoppedBy(held, failed.signal), next);
  await all(
    members.map(async ({ name, to }) => {
      const resized = waitUntil(untilRun, {
        limit: Number.POSITIVE_INFINITY,
        look: () => looks.find(name),
        good: (one) => one.server === "active" && one.size === to,
      });
      // A look that fails is no reason to fail: the run reports it.
      await Promise.race([run, resized.catch(() => run)]);
      await readmit(wave, name);
    }),
  );
}

async function gate(wave: Wave, name: string): Promise<ObservedFront> {
  const { emit, timings } = wave.context;
  emit({ kind: "front", front: name, moment: "waiting-for-health" });
  const asker = new ReasonAsker(wave.context);
  const isGood = (one: ObservedFront) => one.healthy && one.server === "active";
  const { seen, good } = await waitUntil(wave.context, {
    limit: timings.gateLimit,
    hold: timings.gateHold,
    look: async () => {
      const one = await wave.find(name);
      if (!isGood(one)) await asker.outlook(name);
      return one;
    },
    good: isGood,
  });
  if (!good) {
    const reason = await machineReason(wave.context, name);
    throw new LorError({
      code: "gate-failed",
      message: `${name} does not pass its health check${reason === undefined ? "" : `; ${reason.text}`}`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: `server ${seen.server}, health ${seen.member?.operatingStatus ?? "unknown"}, ${
        seen.pool === "serving" ? "in the pool" : "out of the pool: the shop serves on the others"
      }`,
      accepted: `healthy within ${Math.round(timings.gateLimit / 1000)} s`,
      next: reason?.next ?? wave.next,
    });
  }
  emit({ kind: "front", front: name, moment: "healthy" });
  return seen;
}

async function readmit(wave: Wave, name: string): Promise<void> {
  const { emit, timings } = wave.context;
  await wave.readmit(await gate(wave, name));
  const { good, seen } = await waitUntil(wave.context, {
    limit: timings.gateLimit,
    hold: timings.soak,
    look: () => wave.find(name),
    good: serves,
  });
  if (!good) {
    throw new LorError({
      code: "gate-failed",
      message: `${name} does not stay healthy in the pool`,
      exit: ExitCode.failed,
      culprit: "cloud",
      seen: `health ${seen.member?.operatingStatus ?? "unknown"}`,
      next: wave.next,
    });
  }
  emit({ kind: "front", front: name, moment: "readmitted" });
}

/** Waits for all, also when some fail. @throws the first failure, with what the others say */
async function all(works: readonly Promise<unknown>[]): Promise<void> {
  const failures = (await Promise.allSettled(works)).flatMap((one) => (one.status === "rejected" ? [one.reason] : []));
  const [first, ...others] = failures;
  if (first === undefined) return;
  const more = [...new Set(others.map(messageOf))].filter((message) => message !== messageOf(first));
  throw first instanceof LorError && more.length > 0 ? first.adding(more.join("; ")) : first;
}

function frontOf(fleet: ObservedFleet, name: string): ObservedFront {
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
