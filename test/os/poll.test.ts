import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/os/clock.ts";
import { type PollArgs, poll } from "../../src/os/poll.ts";

/** Time that passes only while somebody sleeps. */
class SteppedClock implements Clock {
  readonly pauses: number[] = [];
  #now = 1_000_000;

  now = () => new Date(this.#now);

  async sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.pauses.push(milliseconds);
    this.#now += milliseconds;
  }
}

/** Polls a condition that is met at these looks, counted from 1. */
async function looksUntil(met: (look: number) => boolean, args: Partial<PollArgs<number>> = {}) {
  const clock = new SteppedClock();
  let looks = 0;
  const look = () => ++looks;
  const result = await poll({ look, good: met, interval: 10, limit: 100, clock, ...args });
  return { ...result, pauses: clock.pauses };
}

describe("a poll", () => {
  it("does not pause when the condition is met at once", async () => {
    expect(await looksUntil(() => true)).toEqual({ seen: 1, good: true, pauses: [] });
  });

  it("returns what it saw last, after as many pauses as it needed", async () => {
    expect(await looksUntil((look) => look === 3)).toEqual({ seen: 3, good: true, pauses: [10, 10] });
  });

  it("looks once more at the deadline, and not after it", async () => {
    expect(await looksUntil(() => false, { limit: 25 })).toEqual({ seen: 4, good: false, pauses: [10, 10, 5] });
    expect(await looksUntil((look) => look === 4, { limit: 25 })).toMatchObject({ good: true });
  });

  it("looks once when the limit is zero", async () => {
    expect(await looksUntil(() => false, { limit: 0 })).toEqual({ seen: 1, good: false, pauses: [] });
  });

  it("has no deadline when the limit is infinite", async () => {
    expect(await looksUntil((look) => look === 1000, { limit: Number.POSITIVE_INFINITY })).toMatchObject({
      seen: 1000,
    });
  });

  it("pauses as long as the interval says for each round", async () => {
    const interval = (pauses: number) => 10 * 2 ** pauses;
    expect(await looksUntil((look) => look === 4, { interval })).toMatchObject({ pauses: [10, 20, 40] });
  });

  it("looks again at the very end of the hold time", async () => {
    expect(await looksUntil((look) => look > 1, { hold: 25 })).toEqual({
      seen: 5,
      good: true,
      pauses: [10, 10, 10, 5],
    });
  });

  it("begins the hold time anew after a break", async () => {
    expect(await looksUntil((look) => look !== 2, { limit: 60, hold: 30 })).toMatchObject({ seen: 6, good: true });
  });

  it("completes a hold time that has begun before the deadline", async () => {
    expect(await looksUntil((look) => look > 2, { limit: 20, hold: 30 })).toMatchObject({ seen: 6, good: true });
    expect(await looksUntil((look) => look % 2 === 0, { limit: 60, hold: 30 })).toMatchObject({ good: false });
  });

  it("does not look once it is stopped", async () => {
    const stopped = new AbortController();
    stopped.abort(new Error("stopped"));
    let looks = 0;
    const look = () => ++looks;
    const clock = new SteppedClock();
    const wait = { look, good: () => false, interval: 10, limit: 100, clock, signal: stopped.signal };
    await expect(poll(wait)).rejects.toThrow("stopped");
    expect(looks).toBe(0);
  });

  it("passes its signal to the clock, so that a pause ends early", async () => {
    const stopped = new AbortController();
    const look = () => stopped.abort(new Error("stopped"));
    const clock = new SteppedClock();
    const wait = { look, good: () => false, interval: 10, limit: 100, clock, signal: stopped.signal };
    await expect(poll(wait)).rejects.toThrow("stopped");
    expect(clock.pauses).toEqual([]);
  });

  it("fails when a look fails", async () => {
    const look = () => Promise.reject(new Error("unreachable"));
    const wait = { look, good: () => true, interval: 10, limit: 100, clock: new SteppedClock() };
    await expect(poll(wait)).rejects.toThrow("unreachable");
  });
});
