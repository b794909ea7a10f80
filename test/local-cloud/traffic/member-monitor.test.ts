import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { MemberMonitor, type WatchedPool } from "../../../src/local-cloud/traffic/member-monitor.ts";

/** Round after round: the period is 50 ms, the shortest. */
const longMs = 2_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A pool of members that nothing reaches. */
function pool(serves: boolean): WatchedPool {
  const member = (id: string) => ({
    id,
    address: "10.77.1.10",
    port: 80,
    weight: 1,
    reachable: () => false,
    connect: () => Promise.reject(new Error("nothing reaches it")),
    state: () => ({ version: String(serves), serves }),
  });
  const monitor = {
    delaySeconds: 5,
    timeoutSeconds: 4,
    maxRetries: 2,
    maxRetriesDown: 2,
    path: "/health",
    expectedCodes: new Set([200]),
  };
  return { id: "pool", members: [member("a"), member("b")], monitor };
}

test("it makes no round while its pool is at rest, and begins again when the pool is updated", async () => {
  const monitor = new MemberMonitor(pool(false), { portOffset: 20_000, scale: 100 });
  await vi.advanceTimersByTimeAsync(longMs);
  expect(monitor.status({ id: "a", weight: 1 })).toBe("ERROR");
  expect(vi.getTimerCount()).toBe(0);
  monitor.update(pool(false));
  expect(vi.getTimerCount()).toBe(1);
  await vi.advanceTimersByTimeAsync(longMs);
  expect(vi.getTimerCount()).toBe(0);
  monitor.close();
});

test("a member that fails although it should serve is checked in every round", async () => {
  const monitor = new MemberMonitor(pool(true), { portOffset: 20_000, scale: 100 });
  await vi.advanceTimersByTimeAsync(longMs);
  expect(monitor.status({ id: "a", weight: 1 })).toBe("ERROR");
  expect(vi.getTimerCount()).toBe(1);
  monitor.close();
});
