import type { Clock } from "./clock.ts";

/** Clock and signal are ports, which `p-wait-for` and `p-retry` do not take. */
export interface PollArgs<T> {
  readonly look: () => T | Promise<T>;
  /** The condition to wait for. */
  readonly good: (seen: T) => boolean;
  /** Pause between two looks, in milliseconds; a function receives the number of pauses so far. */
  readonly interval: number | ((pauses: number) => number);
  /** Time until the deadline, in milliseconds; may be infinite. */
  readonly limit: number;
  /** Time for which the condition must hold without a break, in milliseconds. Default 0. */
  readonly hold?: number | undefined;
  readonly clock: Clock;
  readonly signal?: AbortSignal | undefined;
}

export interface PollResult<T> {
  /** Result of the last look. */
  readonly seen: T;
  /** False when the deadline passed first. */
  readonly good: boolean;
}

/**
 * Looks until the condition has held for `hold`, or the deadline has passed. The last look is at the deadline, never before it; a condition that
 * is met by then may still complete its hold time.
 * @throws the signal's reason, or what `look` and the clock throw
 */
export async function poll<T>({
  look,
  good,
  interval,
  limit,
  hold = 0,
  clock,
  signal,
}: PollArgs<T>): Promise<PollResult<T>> {
  const end = clock.now().getTime() + limit;
  let goodSince: number | undefined;
  for (let pauses = 0; ; pauses++) {
    signal?.throwIfAborted();
    const seen = await look();
    const now = clock.now().getTime();
    goodSince = good(seen) ? (goodSince ?? now) : undefined;
    if (goodSince !== undefined && now - goodSince >= hold) return { seen, good: true };
    const last = goodSince === undefined ? end : goodSince + hold;
    if (now >= end && (goodSince === undefined || now >= end + hold)) return { seen, good: false };
    const pause = typeof interval === "number" ? interval : interval(pauses);
    await clock.sleep(Math.min(pause, last - now), signal);
  }
}
