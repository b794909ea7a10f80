import { AsyncLocalStorage } from "node:async_hooks";
import { createHash } from "node:crypto";
import type { CloudClock } from "./clock.ts";
import { CloudError } from "./cloud-error.ts";
import type { FaultEffect, Faults } from "./faults.ts";
import type { Journal } from "./journal.ts";
import { type LatencyName, latencies } from "./latency.ts";
import type { CloudMachine } from "./machine.ts";
import type { Store, StoredRecord } from "./store.ts";

/** State of the API call that is running. Services find its ordered fault here, because every call runs inside `during`. */
export interface CurrentCall {
  readonly seq: number;
  readonly operation: string;
  readonly effect: FaultEffect | undefined;
  accepted: boolean;
  /** Id that the journal has for it. */
  id: string | undefined;
}

type DueHandler = (record: StoredRecord<never>) => void;

/**
 * The ground that every service stands on: transactions, deadlines, ids, time. A deadline is a column of its record, so whoever
 * opens the store next carries it out; nothing lives in a timer only.
 */
export class CloudContext {
  readonly store: Store;
  readonly clock: CloudClock;
  readonly faults: Faults;
  readonly journal: Journal;
  readonly scale: number;
  /** Physical hosts of a region. */
  readonly hosts: number;
  readonly machine: CloudMachine;
  readonly #handlers = new Map<string, DueHandler>();
  readonly #listeners = new Set<() => void>();
  readonly #calls = new AsyncLocalStorage<CurrentCall>();
  readonly #closing = new AbortController();
  #announced = false;
  #writing = false;
  #reading = false;

  constructor(parts: {
    store: Store;
    clock: CloudClock;
    faults: Faults;
    journal: Journal;
    scale: number;
    hosts: number;
    machine: CloudMachine;
  }) {
    this.store = parts.store;
    this.clock = parts.clock;
    this.faults = parts.faults;
    this.journal = parts.journal;
    this.scale = parts.scale;
    this.hosts = parts.hosts;
    this.machine = parts.machine;
    this.clock.onStep(() => this.changed());
  }

  /** Runs an API call, so that `injected` finds its fault and the journal marks when it is accepted. */
  during<T>(call: CurrentCall, work: () => T): T {
    return this.#calls.run(call, work);
  }

  /** Reading: whatever is due has happened first. Reads within it see the same instant: what one has found, the next finds too. */
  read<T>(work: () => T): T {
    if (this.#reading) {
      return work();
    }
    this.advance();
    this.#reading = true;
    try {
      return work();
    } finally {
      this.#reading = false;
    }
  }

  /** A change: one transaction together with what was due before it and with its mark in the journal. */
  write<T>(work: () => T): T {
    return this.#commit(work, (result) => this.#markAccepted(result));
  }

  /** A change that the cloud makes for itself, such as what a project finds in a new region: no call is accepted by it. */
  arrange<T>(work: () => T): T {
    return this.#commit(work, () => {});
  }

  #commit<T>(work: () => T, finish: (result: T) => void): T {
    if (this.#writing) {
      return work();
    }
    this.#writing = true;
    let changed: T;
    try {
      changed = this.store.transaction(() => {
        this.#carryOutDue();
        const result = work();
        finish(result);
        return result;
      });
    } finally {
      this.#writing = false;
    }
    // Not after a refusal, which changes nothing: whoever tries again at each change would wake itself.
    this.changed();
    return changed;
  }

  /** In the same transaction as the change itself: after a crash the journal says exactly which calls were carried out. */
  #markAccepted(result: unknown): void {
    const call = this.#calls.getStore();
    if (call !== undefined && !call.accepted) {
      call.accepted = true;
      call.id = idOf(result);
      this.journal.mark(call.seq, "accepted", { id: call.id });
    }
  }

  /**
   * Declares what happens when the deadline of a record of this kind has come. The handler must move or clear the deadline, or remove
   * the record. Deadlines of a kind without a handler wait until its simulator is loaded again.
   */
  onDue<Body>(kind: string, handler: (record: StoredRecord<Body>) => void): void {
    this.#handlers.set(kind, handler as unknown as DueHandler);
    this.store.handleDeadlinesOf(this.#handlers.keys());
  }

  /** Carries out all that is due, in the order in which it was. */
  advance(): void {
    if (this.#writing || this.store.firstDue(this.clock.now()) === undefined) {
      return;
    }
    this.#writing = true;
    try {
      this.store.transaction(() => this.#carryOutDue());
    } finally {
      this.#writing = false;
      this.changed();
    }
  }

  #carryOutDue(): void {
    const now = this.clock.now();
    for (let record = this.store.firstDue(now); record !== undefined; record = this.store.firstDue(now)) {
      this.#handlers.get(record.kind)?.(record as StoredRecord<never>);
    }
  }

  /** The deadline of something that begins at `from` (default now). */
  after(latency: LatencyName, from: number = this.clock.now()): number {
    return from + this.duration(latency);
  }

  /** Milliseconds of the cloud's clock. */
  duration(latency: LatencyName): number {
    return this.scaled(latencies[latency]);
  }

  /** Seconds of the real world as milliseconds of the cloud's clock. */
  scaled(seconds: number): number {
    return (seconds * 1000) / this.scale;
  }

  /** Refuses calls of a lost region. */
  requireRegion(region: string): void {
    if (this.faults.isLost(region)) {
      throw new CloudError(503, "ServiceUnavailable", `503 Service Unavailable: region ${region} does not answer`);
    }
  }

  /** True when the fault ordered for the call that runs now is of this kind. */
  injected(kind: FaultEffect["kind"]): boolean {
    return this.#calls.getStore()?.effect?.kind === kind;
  }

  /** A UUID that depends on kind, region, name and how many there were before: runs of one program get the same ids in any order. */
  uuid(kind: string, region: string, name: string): string {
    return uuidOf(this.#derive(kind, region, name));
  }

  /** Hexadecimal digits, derived like a UUID. */
  hex(kind: string, region: string, name: string, digits: number): string {
    return this.#derive(kind, region, name).slice(0, digits);
  }

  #derive(kind: string, region: string, name: string): string {
    const key = `${kind}|${region}|${name}`;
    const epoch = this.store.setting("epoch") ?? "0";
    return createHash("sha256")
      .update(`${epoch}|${key}|${this.store.increment(key)}`)
      .digest("hex");
  }

  /** A password or key: letters and digits, from the machine's random source. */
  secret(length: number): string {
    const alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789";
    let text = "";
    while (text.length < length) {
      for (const byte of this.machine.randomBytes(length)) {
        // Values above the largest multiple would make some letters more likely.
        if (byte < alphabet.length * 4 && text.length < length) {
          text += alphabet[byte % alphabet.length] ?? "";
        }
      }
    }
    return text;
  }

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Tells who waits, once for all the changes of one turn of the event loop. */
  changed(): void {
    if (this.#announced) {
      return;
    }
    this.#announced = true;
    this.machine.soon(() => {
      this.#announced = false;
      if (this.#closing.signal.aborted) {
        return;
      }
      for (const listener of [...this.#listeners]) {
        listener();
      }
    });
  }

  /** Ends every wait with a 503. */
  close(): void {
    this.#closing.abort(new CloudError(503, "ServiceUnavailable", "the local cloud was stopped"));
  }

  /** Resolves at the next change, or when the clock reaches `until` or the next deadline. */
  async nextChange(until: number, wanted?: AbortSignal): Promise<void> {
    const signal = wanted === undefined ? this.#closing.signal : AbortSignal.any([wanted, this.#closing.signal]);
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const at = Math.min(until, this.store.nextDue() ?? Number.POSITIVE_INFINITY);
      const wait = Math.max(Math.ceil(at - this.clock.now()), 0);
      const isTimed = this.clock.mode === "real" && Number.isFinite(at);
      const stopTimer = isTimed ? this.machine.after(wait, done) : undefined;
      const stop = this.onChange(done);
      signal.addEventListener("abort", aborted, { once: true });
      function finish(): void {
        stopTimer?.();
        stop();
        signal.removeEventListener("abort", aborted);
      }
      function done(): void {
        finish();
        resolve();
      }
      function aborted(): void {
        finish();
        reject(signal.reason);
      }
    });
  }
}

/** Id of what a call made, when its answer has one. */
export function idOf(result: unknown): string | undefined {
  return typeof result === "object" && result !== null && "id" in result && typeof result.id === "string"
    ? result.id
    : undefined;
}

/** The same for the same words, in every cloud: for what exists without being created, such as flavors and images. */
export function fixedUuid(...words: readonly string[]): string {
  return uuidOf(createHash("sha256").update(words.join("|")).digest("hex"));
}

function uuidOf(hex: string): string {
  const variant = ((Number.parseInt(hex.slice(16, 17), 16) & 3) | 8).toString(16);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `${variant}${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join("-");
}
