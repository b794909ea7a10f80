import { afterEach, beforeEach, expect, it } from "vitest";
import { waitUntil } from "../../src/stack/wait-until.ts";
import { FakeStack } from "./fake-stack.ts";

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

it("looks again at the very end of the time for which it has to stay good", async () => {
  const { poll } = stack.context().timings;
  const looks: number[] = [];
  const began = stack.clock.now().getTime();
  const look = async () => looks.push(stack.clock.now().getTime() - began);
  const hold = 2.5 * poll;
  const { good } = await waitUntil(stack.context(), { limit: 10 * poll, hold, look, good: (count) => count > 1 });
  expect(good).toBe(true);
  expect(looks).toEqual([0, poll, 2 * poll, 3 * poll, poll + hold]);
});

it("begins anew when it was not good in between, and gives up at its limit", async () => {
  const { poll } = stack.context().timings;
  let looks = 0;
  const look = async () => (looks += 1);
  const wait = { limit: 6 * poll, hold: 3 * poll, look };
  expect(await waitUntil(stack.context(), { ...wait, good: (count) => count !== 2 })).toEqual({ seen: 6, good: true });
  looks = 0;
  expect(await waitUntil(stack.context(), { ...wait, good: (count) => count % 2 === 0 })).toMatchObject({
    good: false,
  });
});
