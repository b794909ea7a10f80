let last: Promise<unknown> = Promise.resolve();

/**
 * Runs programs one at a time. The SDK keeps its connection to the engine in process-wide variables (runtime/settings.js): of two concurrent
 * programs, one would register its resources with the other's engine.
 */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work);
  last = next.catch(() => {});
  return next;
}
