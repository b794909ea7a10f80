import fc from "fast-check";
import { Temporal } from "temporal-polyfill";
import { describe, expect, it } from "vitest";
import { preScaleDownBackupCheck } from "../../../src/rolling/preflight/pre-scale-down-backups.ts";
import { scaleDownTimeCheck } from "../../../src/rolling/preflight/scale-down-time.ts";
import { scaleDownTrafficCheck } from "../../../src/rolling/preflight/scale-down-traffic.ts";
import { trafficBetween } from "../../../src/rolling/traffic.ts";
import { servingCapacity } from "../../../src/systems/lor/front-capacity.ts";
import { noelCalendar } from "./noel.ts";

const limit = servingCapacity(["b2-7", "b2-7"]);
const counters = (connections: number, openConnections: number) => ({ connections, openConnections, requestErrors: 0 });

describe("the time of the way back", () => {
  const timeOf = (day: string, { early = false, serves = true, calendar = noelCalendar() } = {}) =>
    scaleDownTimeCheck({ calendar, now: Temporal.Instant.from(`${day}T12:00:00+01:00`), early, serves });

  it("is refused while an event's rush is not over, unless that is accepted or nobody is served", () => {
    expect(timeOf("2026-12-26")).toEqual({
      name: "time",
      outcome: "refused",
      code: "event-not-over",
      reason: "the rush for noel is not over",
      path: "calendar.events",
      seen: "rush until 2026-12-26",
      accepted: "a day after it, or --early",
      next: "lor-infra normal --early",
    });
    const warning = { outcome: "warning", code: "event-not-over" };
    expect(timeOf("2026-12-26", { early: true })).toMatchObject({
      ...warning,
      reason: "the rush for noel is not over: rush until 2026-12-26; accepted by --early",
    });
    expect(timeOf("2026-12-26", { serves: false })).toMatchObject({
      ...warning,
      reason: "the rush for noel is not over: rush until 2026-12-26; nobody is served by a local cloud",
    });
  });

  it("is right once it is over, and names the next one", () => {
    expect(timeOf("2026-12-27")).toEqual({
      name: "time",
      outcome: "ok",
      reason: "no event wants a rush today, the next is noel, rush from 2027-12-04 to 2027-12-26",
    });
    expect(timeOf("2026-12-27", { calendar: { ...noelCalendar(), events: [] } }).reason).toContain("within a year");
  });
});

describe("traffic before the way back", () => {
  it("is what normal's fronts can carry: PHP children at once, pages a second", () => {
    expect(limit).toEqual({ connections: 48, connectionsPerSecond: 20 });
  });

  it.each([
    { name: "few visitors", first: counters(100, 3), second: counters(130, 9), outcome: "ok" },
    {
      name: "many open connections at either look",
      first: counters(100, 49),
      second: counters(100, 2),
      outcome: "refused",
    },
    { name: "many new ones that are short", first: counters(100, 1), second: counters(1000, 1), outcome: "refused" },
    { name: "exactly as many as normal takes", first: counters(0, 48), second: counters(600, 48), outcome: "ok" },
    { name: "counters that began anew", first: counters(900, 1), second: counters(3, 1), outcome: "unknown" },
  ])("of $name: $outcome", ({ first, second, outcome }) => {
    const traffic = { seen: trafficBetween(first, second, 30) };
    expect(scaleDownTrafficCheck({ traffic, limit, busy: false })).toMatchObject({ outcome });
    const accepted = scaleDownTrafficCheck({ traffic, limit, busy: true });
    expect(accepted.outcome).toBe(outcome === "refused" ? "warning" : outcome);
  });

  it("that cannot be measured is not known, which is not ok, and refuses nothing", () => {
    const seen = scaleDownTrafficCheck({ traffic: { why: "Octavia answered 403" }, limit, busy: false });
    expect(seen).toMatchObject({ outcome: "unknown", code: "traffic-not-known" });
    expect(seen.reason).toContain("Octavia answered 403");
  });

  it("more of it never turns a refusal into an ok", () => {
    const rank = { ok: 0, unknown: 0, warning: 1, refused: 2 };
    fc.assert(
      fc.property(fc.nat(200), fc.nat(2000), fc.nat(100), fc.nat(1000), (open, fresh, moreOpen, moreFresh) => {
        const judge = (openConnections: number, connections: number) =>
          rank[
            scaleDownTrafficCheck({
              traffic: { seen: trafficBetween(counters(0, 0), counters(connections, openConnections), 30) },
              limit,
              busy: false,
            }).outcome
          ];
        expect(judge(open + moreOpen, fresh + moreFresh)).toBeGreaterThanOrEqual(judge(open, fresh));
      }),
    );
  });
});

it("nothing that is kept first is a warning, never silence", () => {
  expect(preScaleDownBackupCheck([])).toMatchObject({ outcome: "warning", code: "no-backup-before-scale-down" });
});
