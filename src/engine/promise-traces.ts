import debuggable from "@pulumi/pulumi/runtime/debuggable.js";

type DebuggablePromise = (promise: Promise<unknown>, context: unknown) => Promise<unknown>;

/** The SDK's own mark on a promise; not in its declarations (3.270, runtime/debuggable.js). */
interface Debuggable {
  debuggablePromise: DebuggablePromise;
}

const shortened = Symbol("shortened");

/**
 * From now on the SDK records no stack for its promises. It makes four for each output of each resource and records where, a quarter of the time that a
 * program takes; it shows them only where a program ends with promises left. Errors keep their stacks.
 */
export function leaveOutPromiseTraces(): void {
  const sdk = debuggable as unknown as Debuggable;
  const original: DebuggablePromise & { [shortened]?: true } = sdk.debuggablePromise;
  if (original[shortened] === true) return;
  const short: DebuggablePromise & { [shortened]?: true } = (promise, context) => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = 0;
    try {
      return original(promise, context);
    } finally {
      Error.stackTraceLimit = limit;
    }
  };
  short[shortened] = true;
  sdk.debuggablePromise = short;
}
