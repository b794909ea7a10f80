import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { pastDurations, type StepRecord } from "../../src/rolling/past-durations.ts";

const kinds = ["resize-load-balancer", "add-front", "resize-front", "remove-front", "readmit-front"] as const;

/** One step as a journal may hold it: how long it took, and how it ended. */
const step = fc.record({
  kind: fc.constantFrom(...kinds),
  seconds: fc.integer({ min: 0, max: 5000 }),
  ending: fc.constantFrom("done", "failed", "killed", "of-another-run"),
});

/** Lines of steps one after the other, a second between them. */
function journalOf(steps: readonly { kind: string; seconds: number; ending: string }[]): readonly StepRecord[] {
  let now = Date.parse("2026-12-04T00:00:00Z");
  return steps.flatMap(({ kind, seconds, ending }, index): StepRecord[] => {
    const what = `${kind} ps-0`;
    const run = `run-${index}`;
    const begun = { at: new Date(now).toISOString(), run, event: "step-begun", what };
    now += seconds * 1000;
    const at = new Date(now).toISOString();
    now += 1000;
    switch (ending) {
      case "done":
        return [begun, { at, run, event: "step-done", what }];
      case "failed":
        return [begun, { at, run, event: "failed", what: "rush" }];
      case "killed":
        return [begun];
      default:
        return [begun, { at, run: `${run}-other`, event: "step-done", what }];
    }
  });
}

/** The same by another way: all of a kind, the last five, sorted, the middle. */
function expected(steps: readonly { kind: string; seconds: number; ending: string }[], kind: string) {
  const last = steps
    .filter((one) => one.kind === kind && one.ending === "done")
    .slice(-5)
    .map((one) => one.seconds)
    .toSorted((a, b) => a - b);
  const half = (last.length - 1) / 2;
  const seconds = ((last[Math.floor(half)] ?? 0) + (last[Math.ceil(half)] ?? 0)) / 2;
  return last.length < 3 ? undefined : { seconds, samples: last.length };
}

describe("past durations", () => {
  it("are the median of the last five steps of a kind that ended well, where there are three", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const found = pastDurations(journalOf(steps));
        for (const kind of kinds) expect(found.get(kind)).toEqual(expected(steps, kind));
      }),
    );
  });

  it("do not change by steps that failed or were interrupted, wherever they stand", () => {
    const bad = step.filter((one) => one.ending !== "done");
    fc.assert(
      fc.property(fc.array(fc.tuple(step, fc.array(bad, { maxLength: 3 })), { maxLength: 30 }), (steps) => {
        const good = steps.map(([one]) => one).filter((one) => one.ending === "done");
        const mixed = steps.flatMap(([one, others]) => [...others, one]);
        expect(pastDurations(journalOf(mixed))).toEqual(pastDurations(journalOf(good)));
      }),
    );
  });

  it("lie between the shortest and the longest that they rest on", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        for (const [kind, { seconds }] of pastDurations(journalOf(steps))) {
          const all = steps.filter((one) => one.kind === kind).map((one) => one.seconds);
          expect(seconds).toBeGreaterThanOrEqual(Math.min(...all));
          expect(seconds).toBeLessThanOrEqual(Math.max(...all));
        }
      }),
    );
  });

  it("leave out a step during which the clock was set back, and kinds that this version does not know", () => {
    const at = (minute: number) => `2026-12-04T00:${String(minute).padStart(2, "0")}:00Z`;
    const done = (what: string, from: number, to: number): StepRecord[] => [
      { at: at(from), run: "r", event: "step-begun", what },
      { at: at(to), run: "r", event: "step-done", what },
    ];
    const back = [done("add-front ps-2", 5, 1), done("add-front ps-2", 1, 3), done("add-front ps-2", 1, 3)].flat();
    expect(pastDurations(back).size).toBe(0);
    const odd = Array.from({ length: 4 }, () => done("constructor ps-2", 1, 3)).flat();
    expect(pastDurations(odd).size).toBe(0);
  });
});
