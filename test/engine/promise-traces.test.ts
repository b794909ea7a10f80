import debuggable from "@pulumi/pulumi/runtime/debuggable.js";
import state from "@pulumi/pulumi/runtime/state.js";
import { expect, it } from "vitest";
import { leaveOutPromiseTraces } from "../../src/engine/promise-traces.ts";

/** Not in the SDK's declarations. */
const sdk = debuggable as unknown as {
  debuggablePromise(promise: Promise<unknown>, context: string): Promise<unknown>;
};
const { withLocalStorage } = state as unknown as { withLocalStorage<T>(work: () => Promise<T>): Promise<T> };

it("the SDK's promises carry no stack, and errors still do", async () => {
  leaveOutPromiseTraces();
  leaveOutPromiseTraces();
  const promise = Promise.resolve(1) as Promise<number> & { readonly _debugStackTrace?: string };
  expect(await withLocalStorage(() => sdk.debuggablePromise(promise, "test"))).toBe(1);
  expect(promise._debugStackTrace).not.toContain(" at ");
  expect(new Error("own").stack).toContain("promise-traces.test.ts");
});
