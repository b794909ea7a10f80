import { get } from "node:http";
import { loopback } from "./address.ts";
import type { MemberModel, MonitorModel, PoolModel } from "./model.ts";

export type MemberStatus = "ONLINE" | "ERROR" | "DRAINING" | "NO_MONITOR" | "OFFLINE";

interface Watch {
  up: boolean;
  /** Checks in a row that contradict `up`. */
  against: number;
  checked: boolean;
}

/** Shortest time between two checks of a pool, milliseconds: at a high scale the checks would take the processor. */
const SHORTEST_PERIOD_MS = 50;

/**
 * The health monitor of one pool, as Octavia's HAProxy does it: a new member counts as up until its first check fails; then
 * `maxRetriesDown` failures in a row take it out and `maxRetries` successes bring it back.
 * Source: HAProxy 2.6 manual, `fall`, `rise` and initial server state.
 */
export class MemberMonitor {
  private readonly watches = new Map<string, Watch>();
  private readonly options: { readonly portOffset: number; readonly scale: number };
  private pool: PoolModel;
  private timer: NodeJS.Timeout | undefined;
  private running = false;

  constructor(pool: PoolModel, options: { readonly portOffset: number; readonly scale: number }) {
    this.pool = pool;
    this.options = options;
    this.update(pool);
  }

  /** Takes over a changed pool; a new member is checked at once. */
  update(pool: PoolModel): void {
    this.pool = pool;
    const ids = new Set(pool.members.map((member) => member.id));
    for (const id of this.watches.keys()) if (!ids.has(id)) this.watches.delete(id);
    let fresh = false;
    for (const id of ids) {
      if (this.watches.has(id)) continue;
      this.watches.set(id, { up: true, against: 0, checked: false });
      fresh = true;
    }
    if (fresh || this.timer === undefined) this.plan(0);
  }

  /** May new requests go to it? */
  isUp(memberId: string): boolean {
    return this.pool.monitor === undefined || (this.watches.get(memberId)?.up ?? true);
  }

  status(member: Pick<MemberModel, "id" | "weight">): MemberStatus {
    if (this.pool.monitor === undefined) return "NO_MONITOR";
    const watch = this.watches.get(member.id);
    if (watch === undefined || !watch.checked) return "OFFLINE";
    if (!watch.up) return "ERROR";
    return member.weight === 0 ? "DRAINING" : "ONLINE";
  }

  close(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    this.running = true;
  }

  private plan(delayMs: number): void {
    if (this.running) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.round(), delayMs);
    this.timer.unref();
  }

  private async round(): Promise<void> {
    const { monitor, members } = this.pool;
    this.running = true;
    if (monitor !== undefined) {
      await Promise.all(members.map(async (member) => this.note(member, monitor, await this.check(member, monitor))));
    }
    if (this.timer === undefined) return;
    this.running = false;
    const unchecked = monitor !== undefined && [...this.watches.values()].some((watch) => !watch.checked);
    this.plan(unchecked ? 0 : Math.max(((monitor?.delaySeconds ?? 5) * 1000) / this.options.scale, SHORTEST_PERIOD_MS));
  }

  private note(member: MemberModel, monitor: MonitorModel, passed: boolean): void {
    const watch = this.watches.get(member.id);
    if (watch === undefined) return;
    const first = !watch.checked;
    watch.checked = true;
    watch.against = passed === watch.up ? 0 : watch.against + 1;
    const needed = first ? 1 : watch.up ? monitor.maxRetriesDown : monitor.maxRetries;
    if (watch.against >= needed) {
      watch.up = passed;
      watch.against = 0;
    }
  }

  private check(member: MemberModel, monitor: MonitorModel): Promise<boolean> {
    if (!member.reachable()) return Promise.resolve(false);
    const { promise, resolve } = Promise.withResolvers<boolean>();
    // No Host header of the shop: Octavia 2.x sends none, so that a guest must answer without.
    const request = get(
      {
        ...loopback(member.address, member.port, this.options.portOffset),
        path: monitor.path,
        agent: false,
        timeout: Math.max((monitor.timeoutSeconds * 1000) / this.options.scale, 1_000),
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
