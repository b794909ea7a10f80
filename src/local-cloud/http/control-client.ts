import { host, systemClock } from "../../os/host.ts";
import { withinTime } from "../../os/time-limit.ts";
import type { ClockMode } from "../kernel/clock.ts";
import type { FaultOrder, FaultView, HeldCall } from "../kernel/faults.ts";
import type { JournalEntry, JournalFilter } from "../kernel/journal.ts";
import type { CloudRuntime } from "../kernel/runtime.ts";
import type { MachineReport } from "../machines/machine-report.ts";
import type { RestrictionOrder, RestrictionsView } from "../openstack/restrictions.ts";
import type { TrafficFigures, UnboundAddress } from "../traffic/figures.ts";

export interface CloudStatus {
  readonly clock: { readonly mode: ClockMode; readonly now: string };
  readonly scale: number;
  readonly resources: Readonly<Record<"servers" | "loadBalancers" | "databases" | "buckets", number>>;
  readonly faults: number;
  readonly held: number;
  readonly lostRegions: readonly string[];
  readonly trafficProblems: readonly string[];
  readonly memoryBytes: number;
  /** Machines that really boot; absent: they are modelled. */
  readonly machines?: readonly MachineReport[];
  /** Folder of the release archives that they take. Absent: they are modelled. */
  readonly releases?: string;
}

/** Endpoints and credentials of the raw API clients. */
export interface LocalCredentials {
  readonly authUrl: string;
  readonly ovhUrl: string;
  readonly regions: readonly string[];
  readonly userName: string;
  readonly password: string;
  readonly projectId: string;
  readonly projectName: string;
}

export interface AddressHealth {
  readonly healthy: boolean;
  readonly reason?: string;
  readonly serverName?: string;
  readonly running: boolean;
}

/** The control API of a local cloud refused a call, or did not answer. */
export class ControlError extends Error {
  /** HTTP status, 0 without an answer. */
  readonly status: number;

  constructor(status: number, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = "ControlError";
    this.status = status;
  }
}

/** The controls of a running local cloud, from another process. */
export class ControlClient {
  readonly #runtime: CloudRuntime;

  constructor(runtime: CloudRuntime) {
    this.#runtime = runtime;
  }

  status(): Promise<CloudStatus> {
    return this.#send("GET", "/status");
  }

  credentials(): Promise<LocalCredentials> {
    return this.#send("GET", "/credentials");
  }

  orderFault(order: FaultOrder): Promise<FaultView> {
    return this.#send("POST", "/faults", order);
  }

  faults(): Promise<readonly FaultView[]> {
    return this.#send("GET", "/faults");
  }

  /** Takes back one fault, or all of them. */
  async clearFaults(id?: number): Promise<void> {
    await this.#send("DELETE", id === undefined ? "/faults" : `/faults/${id}`);
  }

  /** Takes quota, sizes or backups away, until `clearRestrictions`. */
  restrict(order: RestrictionOrder): Promise<RestrictionsView> {
    return this.#send("POST", "/restrictions", order);
  }

  restrictions(): Promise<RestrictionsView> {
    return this.#send("GET", "/restrictions");
  }

  async clearRestrictions(): Promise<void> {
    await this.#send("DELETE", "/restrictions");
  }

  held(): Promise<readonly HeldCall[]> {
    return this.#send("GET", "/held");
  }

  /** Lets one held call go on, or all of them. @returns how many */
  async release(seq?: number): Promise<number> {
    return (await this.#send<{ released: number }>("POST", "/release", seq === undefined ? {} : { seq })).released;
  }

  journal(filter: JournalFilter = {}): Promise<readonly JournalEntry[]> {
    return this.#send("GET", `/journal${query(filter)}`);
  }

  /**
   * The first call that matches, at once when there was one already.
   * @throws ControlError when none came within `timeoutMs`
   */
  async waitForCall(filter: JournalFilter, timeoutMs = 30_000): Promise<JournalEntry> {
    const end = host().monotonic() + timeoutMs;
    for (;;) {
      const left = Math.max(end - host().monotonic(), 1);
      try {
        return await this.#send("GET", `/journal/wait${query({ ...filter, timeoutMs: Math.min(left, 20_000) })}`);
      } catch (error) {
        if (!(error instanceof ControlError) || error.status !== 404 || host().monotonic() >= end) throw error;
      }
    }
  }

  /** Entries as they come, from `filter.after` on, until the signal. A call appears when it arrives and again when it ends. */
  async *follow(filter: JournalFilter, signal: AbortSignal): AsyncGenerator<JournalEntry> {
    let after = filter.after ?? 0;
    const shown = new Map<number, string>();
    while (!signal.aborted) {
      for (const entry of await this.journal({ ...filter, after })) {
        if (shown.get(entry.seq) === entry.outcome) continue;
        shown.set(entry.seq, entry.outcome);
        yield entry;
      }
      // Entries below the oldest running one will not change any more.
      const running = [...shown].find(([, outcome]) => outcome === "running" || outcome === "accepted");
      const settled = running === undefined ? Math.max(after, ...shown.keys()) : running[0] - 1;
      for (const seq of shown.keys()) if (seq <= settled) shown.delete(seq);
      after = settled;
      await systemClock.sleep(200, signal).catch(() => undefined);
    }
  }

  async stepClock(seconds: number): Promise<void> {
    await this.#send("POST", "/clock", { stepSeconds: seconds });
  }

  async setClockMode(mode: ClockMode): Promise<void> {
    await this.#send("POST", "/clock", { mode });
  }

  async loseRegion(region: string): Promise<void> {
    await this.#send("POST", `/regions/${encodeURIComponent(region)}/lose`);
  }

  async restoreRegion(region: string): Promise<void> {
    await this.#send("POST", `/regions/${encodeURIComponent(region)}/restore`);
  }

  /** Health of the machine at an address of the cloud, as its balancer's monitor would see it. */
  health(address: string, region?: string): Promise<AddressHealth> {
    return this.#send("GET", `/health${query({ address, region })}`);
  }

  traffic(): Promise<TrafficFigures> {
    return this.#send("GET", "/traffic");
  }

  /** Addresses of fronts and load balancers at which this local cloud does not answer, with the reason. */
  unboundAddresses(): Promise<readonly UnboundAddress[]> {
    return this.#send("GET", "/traffic/unbound-addresses");
  }

  async resetTraffic(): Promise<void> {
    await this.#send("POST", "/traffic/reset");
  }

  /** Forgets every resource, fault and journal entry. */
  async reset(): Promise<void> {
    await this.#send("POST", "/reset");
  }

  async #send<T = unknown>(method: string, path: string, body?: unknown): Promise<T> {
    return await withinTime(40_000, async (signal) => {
      const response = await this.#reach(path, {
        method,
        headers: { authorization: `Bearer ${this.#runtime.token}`, "content-type": "application/json" },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal,
      });
      const answer = (await response.json()) as { message?: string };
      if (!response.ok) throw new ControlError(response.status, answer.message ?? `status ${response.status}`);
      return answer as T;
    });
  }

  async #reach(path: string, options: RequestInit): Promise<Response> {
    try {
      return await host().fetch(`${this.#runtime.httpUrl}/control${path}`, options);
    } catch (error) {
      throw new ControlError(0, `the local cloud at ${this.#runtime.httpUrl} does not answer`, error);
    }
  }
}

function query(values: object): string {
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) if (value !== undefined) parameters.set(key, String(value));
  return parameters.size === 0 ? "" : `?${parameters}`;
}
