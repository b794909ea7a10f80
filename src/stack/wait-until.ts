import { type PollArgs, type PollResult, poll } from "../os/poll.ts";
import { type StackContext, stopSignal, throwIfStopped } from "./stack-context.ts";

/**
 * Polls with the context's clock and interval.
 * @throws LorError `interrupted`, `lock-lost`
 */
export async function waitUntil<T>(
  context: StackContext,
  wait: Pick<PollArgs<T>, "limit" | "hold" | "look" | "good">,
): Promise<PollResult<T>> {
  const { clock, timings } = context;
  return await unlessStopped(context, (signal) => poll({ ...wait, interval: timings.poll, clock, signal }));
}

/** Milliseconds. @throws LorError `interrupted`, `lock-lost` */
export async function sleepUnlessStopped(context: StackContext, milliseconds: number): Promise<void> {
  await unlessStopped(context, (signal) => context.clock.sleep(milliseconds, signal));
}

async function unlessStopped<T>(
  context: StackContext,
  wait: (signal: AbortSignal | undefined) => Promise<T>,
): Promise<T> {
  try {
    return await wait(stopSignal(context));
  } catch (error) {
    throwIfStopped(context, error);
    throw error;
  }
}
