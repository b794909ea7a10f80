import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { judgePolicies } from "../../../src/domain/policy/judge.ts";
import { definePolicy } from "../../../src/domain/policy/policy.ts";
import type { Waiver } from "../../../src/domain/policy/waiver.ts";
import { loss, soundFacts } from "./facts.ts";

const broken = {
  ...soundFacts,
  recovery: { ...soundFacts.recovery, losses: [loss("orders", 7200), loss("images", 9000)] },
};
const waiver: Waiver = {
  policy: "rpo-not-held",
  owner: "Jeanne Martin",
  reason: "the bucket moves",
  until: "2026-12-31",
};
const judge = (waivers: readonly Waiver[], today: string, facts = broken) => judgePolicies({ facts, waivers, today });
const subjects = (entries: readonly { readonly finding: { readonly subject: string } }[]) =>
  entries.map(({ finding }) => finding.subject);

describe("a waiver", () => {
  test("turns what it covers into something that is told", () => {
    const { refused, waived, unused } = judge([waiver], "2026-06-01");
    expect(refused).toEqual([]);
    expect(subjects(waived)).toEqual(["orders", "images"]);
    expect(waived.map((each) => each.waiver)).toEqual([waiver, waiver]);
    expect(unused).toEqual([]);
  });

  test.each([
    ["2026-12-31", 0],
    ["2027-01-01", 2],
  ])("holds through its last day: on %s %i are refused", (today, refusals) => {
    expect(judge([waiver], today).refused).toHaveLength(refusals);
  });

  test("that has ended is named by the refusal", () => {
    expect(judge([waiver], "2027-06-01").refused.map(({ ended }) => ended)).toEqual([waiver, waiver]);
    expect(judge([], "2027-06-01").refused.map(({ ended }) => ended)).toEqual([undefined, undefined]);
  });

  test("of one subject leaves the others refused", () => {
    const { refused, waived } = judge([{ ...waiver, of: "images" }], "2026-06-01");
    expect(subjects(refused)).toEqual(["orders"]);
    expect(subjects(waived)).toEqual(["images"]);
  });

  test("that lasts longest is the one that counts", () => {
    const shorter = { ...waiver, until: "2026-01-31", owner: "somebody else" };
    for (const waivers of [
      [shorter, waiver],
      [waiver, shorter],
    ]) {
      const { waived, unused } = judge(waivers, "2026-06-01");
      expect(waived.map((each) => each.waiver.owner)).toEqual(["Jeanne Martin", "Jeanne Martin"]);
      expect(unused).toEqual([]);
    }
  });

  test("that nothing needs is told, valid or not", () => {
    const other = { ...waiver, policy: "budget-exceeded" };
    const stale = { ...waiver, of: "nothing of this name" };
    expect(judge([other, stale], "2026-06-01").unused).toEqual([other, stale]);
    expect(judge([other], "2027-06-01").unused).toEqual([other]);
  });

  test("of a policy that could not be judged is not called unused", () => {
    expect(judgePolicies({ facts: {}, waivers: [waiver], today: "2026-06-01" }).unused).toEqual([]);
  });

  test("of what is never waived changes nothing", () => {
    const facts = { ...soundFacts, fronts: { setting: "machines.count", count: { normal: 1, rush: 1 } } };
    const { refused, waived } = judgePolicies({
      facts,
      waivers: [{ ...waiver, policy: "fronts-too-few" }],
      today: "2026-06-01",
    });
    expect(waived).toEqual([]);
    expect(refused).toHaveLength(2);
  });
});

test("warnings are neither refused nor waived", () => {
  const noisy = definePolicy({
    code: "waiver-unused",
    kind: "warning",
    reason: "it is only told",
    remedy: "read it",
    needs: [],
    judge: () => [{ path: "rpo", subject: "all", what: "something", accepted: "nothing" }],
  });
  const judgement = judgePolicies({
    facts: {},
    waivers: [{ ...waiver, policy: "waiver-unused" }],
    today: "2026-06-01",
    among: [noisy],
  });
  expect(judgement).toMatchObject({ refused: [], waived: [], warned: [{ policy: { code: "waiver-unused" } }] });
});

test("whatever the waivers and the day, every violation is refused or waived, and waived only by a waiver that holds", () => {
  const day = fc
    .date({ min: new Date("2026-01-01"), max: new Date("2026-12-31"), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10));
  const anyWaiver: fc.Arbitrary<Waiver> = fc.record({
    policy: fc.constantFrom("rpo-not-held", "budget-exceeded", "fronts-too-few", "no-such-policy"),
    of: fc.constantFrom(undefined, "orders", "images"),
    owner: fc.constant("somebody"),
    reason: fc.constant("some reason"),
    until: day,
  });
  const facts = { ...broken, fronts: { setting: "machines.count", count: { normal: 1, rush: 2 } } };
  const all = ["orders", "images", "normal"];
  fc.assert(
    fc.property(fc.array(anyWaiver, { maxLength: 6 }), day, (waivers, today) => {
      const { refused, waived } = judgePolicies({ facts, waivers, today });
      expect([...subjects(refused), ...subjects(waived)].toSorted()).toEqual(all.toSorted());
      for (const entry of waived) {
        expect(entry.waiver.until >= today).toBe(true);
        expect(entry.waiver.policy).toBe(entry.policy.code);
        expect([undefined, entry.finding.subject]).toContain(entry.waiver.of);
      }
      for (const { policy, finding } of refused.filter((entry) => entry.policy.neverWaived === undefined)) {
        const holding = waivers.filter(
          (each) =>
            each.policy === policy.code &&
            each.until >= today &&
            (each.of === undefined || each.of === finding.subject),
        );
        expect(holding).toEqual([]);
      }
    }),
  );
});
