let last: Promise<unknown> = Promise.resolve();

/**
 * Runs one program after another. The SDK keeps its connection to the engine in variables of the process (runtime/settings.js): of two programs at
 * once, one would register its resources with the other's engine.
 */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const next = last.then(work);
  last = next.catch(() => {});
  return next;
}
