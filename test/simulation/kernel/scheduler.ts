import { AsyncLocalStorage } from "node:async_hooks";
import TinyQueue from "tinyqueue";
import type { Random } from "./random.ts";

/** Something that happens at a moment of the simulated time. */
interface Event {
  /** Milliseconds since 1970. */
  at: number;
  /** Decides between events of the same moment. */
  readonly turn: number;
  readonly number: number;
  readonly owner: Owner | undefined;
  readonly work: () => void;
  cancelled: boolean;
}

/** Whom an event belongs to: a process that is dead wakes up no more, and one that is paused wakes up later. */
export interface Owner {
  readonly dead: boolean;
  /** Milliseconds since 1970; in the past: it runs. */
  readonly pausedUntil: number;
}

/** A December takes a few thousand. */
const mostEvents = 60_000;

const afterTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/**
 * Simulated time. Nothing happens by itself: every wait is an event here, the next event is the earliest, and events of one moment happen in an order
 * that the seed decides.
 */
export class Scheduler {
  readonly #random: Random;
  readonly #events = new TinyQueue<Event>([], order);
  readonly #held = new Set<Promise<unknown>>();
  #now: number;
  #count = 0;
  #made = 0;

  constructor(random: Random, now: number) {
    this.#random = random;
    this.#now = now;
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return this.#now;
  }

  /** Events that have happened. */
  get count(): number {
    return this.#count;
  }

  /** Does something later, in the async context of the caller. @returns a function that prevents it */
  after(milliseconds: number, work: () => void, owner?: Owner): () => void {
    const event: Event = {
      at: this.#now + Math.max(0, milliseconds),
      turn: this.#random.between(0, 1_000_000),
      number: this.#made++,
      owner,
      work: AsyncLocalStorage.bind(work),
      cancelled: false,
    };
    this.#events.push(event);
    return () => {
      event.cancelled = true;
    };
  }

  /** Time stands still while something outside of the simulation goes on. */
  async hold<T>(outside: Promise<T>): Promise<T> {
    this.#held.add(outside);
    try {
      return await outside;
    } finally {
      this.#held.delete(outside);
    }
  }

  /** Lets events happen until the promise is settled. @throws Error when nothing is left that could settle it */
  async until<T>(promise: Promise<T>, afterEach: () => void = () => undefined): Promise<T> {
    let settled = false;
    const done = () => {
      settled = true;
    };
    promise.then(done, done);
    for (;;) {
      await afterTurn();
      if (settled) return await promise;
      if (this.#held.size > 0) {
        await Promise.allSettled(this.#held);
        continue;
      }
      afterEach();
      if (!this.#step()) {
        await afterTurn();
        if (settled) return await promise;
        throw new Error("nothing happens any more, and somebody still waits");
      }
    }
  }

  /** Lets time pass; what is due by then happens. */
  async pass(milliseconds: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.after(milliseconds, resolve);
    await this.until(promise);
  }

  /** @returns false when there is no event left */
  #step(): boolean {
    for (let event = this.#events.pop(); event !== undefined; event = this.#events.pop()) {
      const { owner } = event;
      if (event.cancelled || owner?.dead === true) continue;
      if (owner !== undefined && owner.pausedUntil > event.at) {
        event.at = owner.pausedUntil;
        this.#events.push(event);
        continue;
      }
      this.#now = Math.max(this.#now, event.at);
      this.#count += 1;
      if (this.#count > mostEvents) throw new Error(`it does not come to an end within ${mostEvents} events`);
      event.work();
      return true;
    }
    return false;
  }
}

function order(one: Event, other: Event): number {
  return one.at - other.at || one.turn - other.turn || one.number - other.number;
}
