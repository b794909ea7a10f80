import { type StackContext, throwIfStopped } from "./stack-context.ts";

/**
 * Polls until the result has been good for `hold`, or the limit has passed.
 * @returns the last result, and whether it was good
 */
export async function waitUntil<T>(
  context: StackContext,
  wait: {
    readonly limit: number;
    readonly hold?: number;
    readonly look: () => Promise<T>;
    readonly good: (seen: T) => boolean;
  },
): Promise<{ readonly seen: T; readonly good: boolean }> {
  const { clock, timings } = context;
  const end = clock.now().getTime() + wait.limit;
  const hold = wait.hold ?? 0;
  let goodSince: number | undefined;
  for (;;) {
    throwIfStopped(context);
    const seen = await wait.look();
    const now = clock.now().getTime();
    goodSince = wait.good(seen) ? (goodSince ?? now) : undefined;
    if (goodSince !== undefined && now - goodSince >= hold) {
      return { seen, good: true };
    }
    // A result that has become good may still complete its hold time.
    if (now >= end && (goodSince === undefined || now >= end + hold)) {
      return { seen, good: false };
    }
    const left = goodSince === undefined ? timings.poll : goodSince + hold - now;
    await sleepUnlessStopped(context, Math.min(timings.poll, left));
  }
}

/** Milliseconds; throws `interrupted` after Ctrl-C. */
export async function sleepUnlessStopped(context: StackContext, milliseconds: number): Promise<void> {
  try {
    await context.clock.sleep(milliseconds, context.signal);
  } catch (error) {
    throwIfStopped(context, error);
    throw error;
  }
}
