import { expect, it } from "vitest";
import { onceBegun, type PreflightCheck, preflightError } from "../../../src/rolling/preflight/preflight-check.ts";

const met: PreflightCheck = { name: "quota", outcome: "ok", reason: "enough" };
const first: PreflightCheck = {
  name: "time",
  outcome: "refused",
  code: "rush-too-early",
  reason: "too early",
  path: "--event",
  next: "lor-infra rush --early",
};
const second: PreflightCheck = {
  name: "quota",
  outcome: "refused",
  code: "quota-too-small",
  reason: "full",
  next: "ask",
};

it("the first refusal is the error, the others are named in it, and a script gets every check", () => {
  const checks = [met, first, second];
  expect(preflightError(checks)).toMatchObject({
    code: "rush-too-early",
    exit: 3,
    path: "--event",
    next: "lor-infra rush --early",
    message: "too early; nothing was changed (refused too: quota-too-small)",
    also: { checks },
  });
});

it("warnings and what is not known stop nothing", () => {
  const doubts: PreflightCheck[] = [
    { name: "quota", outcome: "unknown", code: "quota-not-known", reason: "not allowed" },
    { name: "time", outcome: "warning", code: "rush-without-event", reason: "no event" },
  ];
  expect(preflightError([met, ...doubts])).toBeUndefined();
});

it("a switch that has begun is warned of what its beginning would have been refused for", () => {
  expect(preflightError(onceBegun([met, first]))).toBeUndefined();
  expect(onceBegun([met, first])).toEqual([
    met,
    expect.objectContaining({
      outcome: "warning",
      code: "rush-too-early",
      reason: expect.stringContaining("has begun"),
    }),
  ]);
});
