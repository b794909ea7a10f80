import { afterEach, beforeEach, expect, it } from "vitest";
import type { StackContext } from "../../src/stack/stack-context.ts";
import { sleepUnlessStopped, waitUntil } from "../../src/stack/wait-until.ts";
import type { StackLock } from "../../src/state/stack-lock.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

const stopped = new AbortController();
stopped.abort();
const ways: readonly [string, Partial<StackContext>][] = [
  ["interrupted", { signal: stopped.signal }],
  ["lock-lost", { lock: { lost: stopped.signal } as StackLock }],
];

it.each(ways)("ends with %s", async (code, stop) => {
  const context = stack.context(stop);
  const wait = { limit: 10, look: () => 0, good: () => false };
  await expect(waitUntil(context, wait)).rejects.toMatchObject({ code });
  await expect(sleepUnlessStopped(context, 10)).rejects.toMatchObject({ code });
});

it("looks at the interval of the context", async () => {
  const { poll } = stack.context().timings;
  const began = stack.clock.now().getTime();
  const look = () => stack.clock.now().getTime() - began;
  expect(await waitUntil(stack.context(), { limit: 10 * poll, look, good: (passed) => passed >= 2 * poll })).toEqual({
    seen: 2 * poll,
    good: true,
  });
});
