import { describe, expect, it } from "vitest";
import { boundedLoss, unlimitedLoss } from "../../../src/domain/recovery.ts";
import { dataLossChecks, type LossMoment } from "../../../src/rolling/preflight/data-loss.ts";

function loss(dataSet: string, minutes: number | undefined) {
  const common = { dataSet, disruption: "region-lost", mustHold: true, remark: "from the copies" } as const;
  const source = { kind: "timer", timer: "copy.timer", guests: ["ps-0"] } as const;
  return minutes === undefined
    ? unlimitedLoss(common)
    : boundedLoss({ ...common, terms: [{ name: "interval", seconds: minutes * 60, source }] });
}

const answer = (moments: readonly LossMoment[], waivers: Parameters<typeof dataLossChecks>[0]["waivers"] = []) =>
  dataLossChecks({ rpoSeconds: 3600, moments, waivers, today: "2026-12-04", settings: {} })[0];
const target: LossMoment = { when: "in rush", losses: [loss("shop-images", 40), loss("erp-database", 5)] };

it("the worst of the target and of every step is told", () => {
  const moments = [target, { when: "during resize-front ps-0", losses: [loss("shop-images", 50)] }];
  expect(answer(moments)).toEqual({
    name: "data loss",
    outcome: "ok",
    reason: "at most 50 min (shop-images) in the target and during each step; the company accepts 1 h",
  });
});

describe("more than the RPO", () => {
  const broken = { when: "during resize-front ps-0", losses: [loss("shop-images", undefined)] };

  it("during one step only is refused, with the step", () => {
    expect(answer([target, broken])).toMatchObject({
      outcome: "refused",
      code: "rpo-not-held",
      reason: expect.stringMatching(/^during resize-front ps-0: shop-images would lose more than the RPO allows/),
      seen: "unlimited",
      next: "lor-infra rpo",
    });
  });

  it("is a warning while the policy is waived, and a refusal afterwards", () => {
    const waiver = { policy: "rpo-not-held", of: "shop-images", owner: "Jeanne Martin", reason: "moving" };
    expect(answer([target, broken], [{ ...waiver, until: "2026-12-31" }])).toMatchObject({
      outcome: "warning",
      reason: expect.stringContaining("waived by Jeanne Martin until 2026-12-31"),
    });
    expect(answer([target, broken], [{ ...waiver, until: "2026-12-03" }])).toMatchObject({ outcome: "refused" });
  });
});
