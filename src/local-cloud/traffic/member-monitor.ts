import { get } from "node:http";
import type { Socket } from "node:net";
import { host } from "../../os/host.ts";
import { loopback } from "./address.ts";
import type { MemberModel, MonitorModel, PoolModel } from "./model.ts";

export type MemberStatus = "ONLINE" | "ERROR" | "DRAINING" | "NO_MONITOR" | "OFFLINE";

/** State that determines the result of a health check. */
interface MemberState {
  /** Another text whenever the result may be another one. */
  readonly version: string;
  /** The member can be reached and is healthy. */
  readonly serves: boolean;
}

export interface WatchedMember extends MemberModel {
  /** A new connection to it, once it has accepted; rejects when it refuses. */
  readonly connect: () => Promise<Socket>;
  readonly state: () => MemberState;
}

export interface WatchedPool extends PoolModel {
  readonly members: readonly WatchedMember[];
}

interface Watch {
  up: boolean;
  /** Checks in a row that contradict `up`. */
  against: number;
  /** The last check over HTTP. */
  last: { readonly passed: boolean; readonly validFor: string | undefined } | undefined;
}

/** Shortest time between two rounds, milliseconds: at a high scale the checks would take the processor. */
const shortestPeriodMs = 50;

/**
 * The health monitor of one pool, as Octavia's HAProxy does it: a new member counts as up until its first check fails; then
 * `maxRetriesDown` failures in a row take it out and `maxRetries` successes bring it back.
 * Source: HAProxy 2.6 manual, `fall`, `rise` and initial server state.
 *
 * Rounds follow each other in the monitor's period while they can change something, and begin again when the pool is updated: a pool
 * at rest costs nothing. A check is a real HTTP request when the member's state has changed since the last one, else that one counts. A
 * member that fails although it should serve is checked in every round: the cause may be outside of the model.
 */
export class MemberMonitor {
  readonly #watches = new Map<string, Watch>();
  readonly #options: { readonly portOffset: number; readonly scale: number };
  #pool: WatchedPool;
  #stopTimer: (() => void) | undefined;
  #state: "resting" | "waiting" | "checking" | "closed" = "resting";
  /** Updated since the last round began. */
  #updated = false;
  /** Start of the last round, milliseconds of the monotonic time. */
  #roundAt = Number.NEGATIVE_INFINITY;

  constructor(pool: WatchedPool, options: { readonly portOffset: number; readonly scale: number }) {
    this.#pool = pool;
    this.#options = options;
    this.update(pool);
  }

  /** To be called whenever a check may have another result than before. A new member is checked at once, others at the next round. */
  update(pool: WatchedPool): void {
    this.#pool = pool;
    this.#updated = true;
    const ids = new Set(pool.members.map((member) => member.id));
    for (const id of this.#watches.keys()) if (!ids.has(id)) this.#watches.delete(id);
    let fresh = false;
    for (const id of ids) {
      if (this.#watches.has(id)) continue;
      this.#watches.set(id, { up: true, against: 0, last: undefined });
      fresh = true;
    }
    if (fresh) this.#plan(0);
    else if (this.#state === "resting") this.#plan(this.#untilNextRound());
  }

  /** May new requests go to it? */
  isUp(memberId: string): boolean {
    return this.#pool.monitor === undefined || (this.#watches.get(memberId)?.up ?? true);
  }

  status(member: Pick<MemberModel, "id" | "weight">): MemberStatus {
    if (this.#pool.monitor === undefined) return "NO_MONITOR";
    const watch = this.#watches.get(member.id);
    if (watch?.last === undefined) return "OFFLINE";
    if (!watch.up) return "ERROR";
    return member.weight === 0 ? "DRAINING" : "ONLINE";
  }

  close(): void {
    this.#stopTimer?.();
    this.#state = "closed";
  }

  #plan(delayMs: number): void {
    if (this.#state === "checking" || this.#state === "closed") return;
    this.#stopTimer?.();
    this.#state = "waiting";
    this.#stopTimer = host().after(delayMs, () => void this.#round(), { mayEnd: true });
  }

  /** The rhythm goes on while the pool rests: a change is found after half a period on average, as by a real monitor. */
  #untilNextRound(): number {
    const period = this.#periodMs();
    const passed = host().monotonic() - this.#roundAt;
    return Number.isFinite(passed) ? period - (passed % period) : 0;
  }

  #periodMs(): number {
    return Math.max(((this.#pool.monitor?.delaySeconds ?? 5) * 1000) / this.#options.scale, shortestPeriodMs);
  }

  async #round(): Promise<void> {
    const { monitor, members } = this.#pool;
    this.#state = "checking";
    this.#updated = false;
    this.#roundAt = host().monotonic();
    if (monitor !== undefined) await Promise.all(members.map((member) => this.#examine(member, monitor)));
    if (this.#isClosed()) return;
    this.#state = "resting";
    const watches = monitor === undefined ? [] : [...this.#watches.values()];
    if (watches.some(({ last }) => last === undefined)) this.#plan(0);
    else if (this.#updated || watches.some(isUnsettled)) this.#plan(this.#untilNextRound());
  }

  #isClosed(): boolean {
    return this.#state === "closed";
  }

  async #examine(member: WatchedMember, monitor: MonitorModel): Promise<void> {
    const { version, serves } = member.state();
    const key = `${version} ${monitor.path} ${[...monitor.expectedCodes].join()}`;
    const last = this.#watches.get(member.id)?.last;
    const passed = last?.validFor === key ? last.passed : await this.#check(member, monitor);
    const watch = this.#watches.get(member.id);
    if (watch === undefined) return;
    const first = watch.last === undefined;
    const explained = passed || !serves;
    watch.last = { passed, validFor: explained && member.state().version === version ? key : undefined };
    watch.against = passed === watch.up ? 0 : watch.against + 1;
    const needed = first ? 1 : watch.up ? monitor.maxRetriesDown : monitor.maxRetries;
    if (watch.against >= needed) {
      watch.up = passed;
      watch.against = 0;
    }
  }

  #check(member: MemberModel, monitor: MonitorModel): Promise<boolean> {
    if (!member.reachable()) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    // No Host header of the shop: Octavia 2.x sends none, so that a guest must answer without.
    const request = get(
      {
        ...loopback(member.address, member.port, this.#options.portOffset),
        path: monitor.path,
        agent: false,
        timeout: Math.max((monitor.timeoutSeconds * 1000) / this.#options.scale, 1_000),
      },
      (response) => {
        response.resume();
        resolve(monitor.expectedCodes.has(response.statusCode ?? 0));
      },
    );
    request.on("timeout", () => request.destroy());
    request.on("error", () => resolve(false));
    request.on("close", () => resolve(false));
    return promise;
  }
}

function isUnsettled({ against, last }: Watch): boolean {
  return against > 0 || last?.validFor === undefined;
}
