import type { JournalEntry } from "../../src/state/operation-journal.ts";

type Line = readonly [at: string, event: JournalEntry["event"], what?: string, more?: Partial<JournalEntry>];

function run(operation: string, id: string, lines: readonly Line[]): readonly JournalEntry[] {
  return lines.map(([at, event, what = operation, more = {}]) => ({
    at: `${at}Z`,
    run: id,
    operation,
    event,
    what,
    ...more,
  }));
}

function fleet(bandwidth: number, ...fronts: readonly (readonly [name: string, size: string, serves?: boolean])[]) {
  return {
    fleet: {
      loadBalancerBandwidth: bandwidth,
      fronts: fronts.map(([name, size, serves = true]) => ({ name, size, serves })),
    },
  };
}

const small = "b2-7";
const large = "b2-15";
const estimated = (seconds: number) => ({ expected: { seconds, samples: 0 } });
const learned = (seconds: number) => ({ expected: { seconds, samples: 4 } });

/** A rush for Noël whose second front failed at its gate, was repaired and ended the day after; the way back in one go but for a dump. */
export const christmas: readonly JournalEntry[] = [
  ...run("up", "u", [
    ["2026-11-02T09:00:00", "begun"],
    ["2026-11-02T09:19:00", "done"],
  ]),
  ...run("rush", "a", [
    ["2026-12-04T08:00:00", "begun", "rush", { plan: "0123456789ab" }],
    ["2026-12-04T08:00:01", "fleet-seen", "rush", fleet(500, ["ps-0", small], ["ps-1", small])],
    ["2026-12-04T08:00:02", "step-begun", "resize-load-balancer", estimated(138)],
    ["2026-12-04T08:02:00", "step-done", "resize-load-balancer"],
    ["2026-12-04T08:02:15", "fleet-seen", "rush", fleet(2000, ["ps-0", small], ["ps-1", small])],
    ["2026-12-04T08:02:16", "step-begun", "add-front ps-2", estimated(188)],
    ["2026-12-04T08:06:00", "step-done", "add-front ps-2"],
    ["2026-12-04T08:06:15", "fleet-seen", "rush", fleet(2000, ["ps-0", small], ["ps-1", small], ["ps-2", large])],
    ["2026-12-04T08:06:16", "step-begun", "resize-front ps-0", estimated(228)],
    ["2026-12-04T08:16:30", "failed", "rush", { code: "gate-failed" }],
  ]),
  ...run("rush", "b", [
    ["2026-12-05T08:00:00", "begun"],
    [
      "2026-12-05T08:00:02",
      "fleet-seen",
      "rush",
      fleet(2000, ["ps-0", large, false], ["ps-1", small], ["ps-2", large]),
    ],
    ["2026-12-05T08:00:03", "step-begun", "readmit-front ps-0", estimated(105)],
    ["2026-12-05T08:01:03", "step-done", "readmit-front ps-0"],
    ["2026-12-05T08:01:20", "fleet-seen", "rush", fleet(2000, ["ps-0", large], ["ps-1", small], ["ps-2", large])],
    ["2026-12-05T08:01:21", "step-begun", "resize-front ps-1", estimated(228)],
    ["2026-12-05T08:05:00", "step-done", "resize-front ps-1"],
    ["2026-12-05T08:05:15", "fleet-seen", "rush", fleet(2000, ["ps-0", large], ["ps-1", large], ["ps-2", large])],
    ["2026-12-05T08:05:16", "done"],
  ]),
  ...run("normal", "c", [
    ["2026-12-28T07:00:00", "begun"],
    ["2026-12-28T07:00:01", "task-begun", "shop-dump"],
    ["2026-12-28T07:04:01", "task-done", "shop-dump"],
    ["2026-12-28T07:04:02", "task-begun", "orders"],
    // Killed.
  ]),
  ...run("normal", "d", [
    ["2026-12-28T07:30:00", "begun"],
    ["2026-12-28T07:30:01", "task-begun", "orders"],
    ["2026-12-28T07:31:00", "task-done", "orders"],
    ["2026-12-28T07:31:01", "fleet-seen", "normal", fleet(2000, ["ps-0", large], ["ps-1", large], ["ps-2", large])],
    ["2026-12-28T07:31:02", "step-begun", "resize-front ps-0", learned(220)],
    ["2026-12-28T07:35:00", "step-done", "resize-front ps-0"],
    ["2026-12-28T07:35:15", "fleet-seen", "normal", fleet(2000, ["ps-0", small], ["ps-1", large], ["ps-2", large])],
    ["2026-12-28T07:35:16", "step-begun", "resize-front ps-1", learned(220)],
    ["2026-12-28T07:39:00", "step-done", "resize-front ps-1"],
    ["2026-12-28T07:39:15", "fleet-seen", "normal", fleet(2000, ["ps-0", small], ["ps-1", small], ["ps-2", large])],
    ["2026-12-28T07:39:16", "step-begun", "remove-front ps-2", estimated(68)],
    ["2026-12-28T07:40:20", "step-done", "remove-front ps-2"],
    ["2026-12-28T07:40:35", "fleet-seen", "normal", fleet(2000, ["ps-0", small], ["ps-1", small])],
    ["2026-12-28T07:40:36", "step-begun", "resize-load-balancer", estimated(138)],
    ["2026-12-28T07:42:00", "step-done", "resize-load-balancer"],
    ["2026-12-28T07:42:01", "fleet-seen", "normal", fleet(500, ["ps-0", small], ["ps-1", small])],
    ["2026-12-28T07:42:02", "done"],
  ]),
];
