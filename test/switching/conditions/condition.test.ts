import { expect, it } from "vitest";
import { type Condition, onceBegun, refusalOf } from "../../../src/rolling/preflight/preflight-check.ts";

const met: Condition = { asked: "quota", outcome: "ok", reason: "enough" };
const first: Condition = {
  asked: "time",
  outcome: "refused",
  code: "rush-too-early",
  reason: "too early",
  path: "--event",
  next: "lor-infra rush --early",
};
const second: Condition = { asked: "quota", outcome: "refused", code: "quota-too-small", reason: "full", next: "ask" };

it("the first refusal is the error, the others are named in it, and a script gets every condition", () => {
  const conditions = [met, first, second];
  expect(refusalOf(conditions)).toMatchObject({
    code: "rush-too-early",
    exit: 3,
    path: "--event",
    next: "lor-infra rush --early",
    message: "too early; nothing was changed (refused too: quota-too-small)",
    also: { conditions },
  });
});

it("warnings and what is not known stop nothing", () => {
  const doubts: Condition[] = [
    { asked: "quota", outcome: "unknown", code: "quota-not-known", reason: "not allowed" },
    { asked: "time", outcome: "warning", code: "rush-without-event", reason: "no event" },
  ];
  expect(refusalOf([met, ...doubts])).toBeUndefined();
});

it("a switch that has begun is warned of what its beginning would have been refused for", () => {
  expect(refusalOf(onceBegun([met, first]))).toBeUndefined();
  expect(onceBegun([met, first])).toEqual([
    met,
    expect.objectContaining({
      outcome: "warning",
      code: "rush-too-early",
      reason: expect.stringContaining("has begun"),
    }),
  ]);
});
