import { host } from "./host.ts";

/**
 * Gives something a signal that is aborted after so many milliseconds, with a `TimeoutError` as `AbortSignal.timeout` has it. Unlike that one it keeps
 * the time of the host, and nothing of it is left when the work has ended.
 */
export async function withinTime<T>(milliseconds: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const passed = () => controller.abort(new DOMException("The operation was aborted due to timeout", "TimeoutError"));
  const stop = host().after(milliseconds, passed, { mayEnd: true });
  try {
    return await work(controller.signal);
  } finally {
    stop();
  }
}
