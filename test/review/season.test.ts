import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { runsOf } from "../../src/domain/review/runs.ts";
import { lastSeason, reviewSeason } from "../../src/domain/review/season.ts";
import { christmas } from "./journals.ts";

const now = "2027-01-10T00:00:00Z";

describe("the last season", () => {
  it("is from the first run into rush until the way back has ended", () => {
    expect(lastSeason(christmas, now)).toEqual({ from: "2026-12-04T08:00:00Z", to: "2026-12-28T07:42:02Z" });
  });

  it("goes on until now while the way back has not ended", () => {
    expect(lastSeason(christmas.slice(0, -1), now)).toMatchObject({ to: now });
  });

  it("is the later one of two, and a way back without a rush before it is none", () => {
    const next = christmas
      .filter(({ operation }) => operation === "rush")
      .map((one) => ({ ...one, at: `2027${one.at.slice(4)}` }));
    expect(lastSeason([...christmas, ...next], "2028-01-01T00:00:00Z")).toMatchObject({ from: "2027-12-04T08:00:00Z" });
    expect(
      lastSeason(
        christmas.filter(({ operation }) => operation !== "rush"),
        now,
      ),
    ).toBeUndefined();
    expect(lastSeason([], now)).toBeUndefined();
  });

  it("begins at the first of several tries", () => {
    const [first] = christmas.filter(({ operation }) => operation === "rush");
    const failed = { ...first, at: "2026-12-03T08:00:00Z", run: "z", operation: "rush", event: "begun" } as const;
    const at = christmas.findIndex(({ operation }) => operation === "rush");
    expect(lastSeason(christmas.toSpliced(at, 0, failed), now)).toMatchObject({ from: failed.at });
  });
});

describe("a review", () => {
  const season = reviewSeason(christmas, { from: "2026-12-04T08:00:00Z", to: "2026-12-28T07:42:02Z" });

  it("tells how long rush lasted, and what went wrong in which step", () => {
    expect(season.over).toBe(true);
    expect(season.inRush).toEqual({ from: "2026-12-05T08:05:16Z", to: "2026-12-28T07:00:00Z" });
    expect(season.incidents).toEqual([
      { at: "2026-12-04T08:16:30Z", operation: "rush", kind: "failed", what: "resize-front ps-0", code: "gate-failed" },
      { at: "2026-12-05T08:00:03Z", operation: "rush", kind: "repair", what: "readmit-front ps-0", code: undefined },
      { at: "2026-12-28T07:04:02Z", operation: "normal", kind: "interrupted", what: "orders", code: undefined },
    ]);
  });

  it("counts a front that is being resized as one that serves nobody", () => {
    const names = season.capacity.map(({ at, serving }) => [
      at.slice(5, 16),
      serving.map((one) => `${one.name} ${one.size}`).join(),
    ]);
    expect(names.slice(0, 5)).toEqual([
      ["12-04T08:00", "ps-0 b2-7,ps-1 b2-7"],
      ["12-04T08:06", "ps-0 b2-7,ps-1 b2-7,ps-2 b2-15"],
      ["12-04T08:06", "ps-1 b2-7,ps-2 b2-15"],
      ["12-05T08:01", "ps-0 b2-15,ps-1 b2-7,ps-2 b2-15"],
      ["12-05T08:01", "ps-0 b2-15,ps-2 b2-15"],
    ]);
    expect(season.capacity.at(-1)?.serving.map(({ size }) => size)).toEqual(["b2-7", "b2-7"]);
  });

  it("knows what a step that ended took, and nothing of one that did not", () => {
    const steps = season.runs.flatMap(({ parts }) => parts).map(({ what, seconds }) => [what, seconds]);
    expect(steps.slice(0, 3)).toEqual([
      ["resize-load-balancer", 118],
      ["add-front ps-2", 224],
      ["resize-front ps-0", undefined],
    ]);
  });

  it("has fleets without a gap, from the first look to the end", () => {
    const { fleets } = season;
    for (const [index, { to }] of fleets.entries()) expect(to).toBe(fleets[index + 1]?.from ?? season.to);
  });
});

it("any part of a journal is read without a guess: no step of it gets another one's time", () => {
  const lines = fc.subarray([...christmas]);
  fc.assert(
    fc.property(lines, (some) => {
      const runs = runsOf(some);
      for (const part of runs.flatMap((run) => run.parts)) {
        if (part.seconds === undefined) continue;
        const index = some.findIndex(({ at, event }) => at === part.began && event === `${part.kind}-begun`);
        expect(some[index + 1]).toMatchObject({ event: `${part.kind}-done`, what: part.what });
        expect(part.seconds).toBeGreaterThanOrEqual(0);
      }
      expect(runs.length).toBe(some.filter(({ event }) => event === "begun").length);
    }),
  );
});
