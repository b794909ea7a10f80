import { expect, it } from "vitest";
import { playDecember } from "./december/december.ts";

/** Seeds that `npm test` plays; `npm run simulate` plays more. */
const seeds = Array.from({ length: 12 }, (_, index) => index + 1);

it("keeps what is promised in a dozen Decembers", { timeout: 300_000 }, async () => {
  for (const seed of seeds) {
    const { broken, timeline } = await playDecember(seed);
    expect(broken, `npm run simulate -- --seed ${seed}\n${timeline.slice(-30).join("\n")}`).toBeUndefined();
  }
});

it("is the same December again with the same seed", { timeout: 60_000 }, async () => {
  const [first, second] = [await playDecember(21), await playDecember(21)];
  expect(second.timeline).toEqual(first.timeline);
  expect(second.events).toBe(first.events);
});
