import { expect, test } from "vitest";
import { policies } from "../../../src/domain/policy/policies.ts";
import { factsOfPlans, factsOfSettings } from "../../../src/systems/lor/policy-facts.ts";
import { assessDataLoss, recoveryFacts } from "../../../src/systems/lor/recovery.ts";
import { lorProject, planOf } from "./lor-project.ts";

const { settings } = lorProject();
const facts = { ...factsOfSettings(settings), ...factsOfPlans(settings, "2026-06-01") };
const losses = assessDataLoss(recoveryFacts(planOf("rush")));
const bound = new Set(losses.filter(({ mustHold }) => mustHold).map(({ dataSet }) => dataSet));

test("a whole project gives every fact, so that every policy judges it but for those of a change or a certificate file, and none is violated", () => {
  const elsewhere = ["change-freeze", "certificate-expired", "certificate-expires-soon"];
  const ofProject = policies.filter(({ code }) => !elsewhere.includes(code));
  expect(ofProject.map((policy) => [policy.code, policy.judge(facts)])).toEqual(
    ofProject.map(({ code }) => [code, []]),
  );
});

test("every data set that must hold the RPO is protected, has a copy, and outlives its region as the statement says", () => {
  expect(new Set(facts.places?.map(({ dataSet }) => dataSet))).toEqual(bound);
  const protectedSets = facts.holders.filter((holder) => holder.protected).map(({ dataSet }) => dataSet);
  for (const dataSet of bound) expect(protectedSets).toContain(dataSet);
  for (const { dataSet, outlivesRegion } of facts.places ?? []) {
    const lost = losses.find((loss) => loss.dataSet === dataSet && loss.disruption === "region-lost");
    expect(outlivesRegion, dataSet).toBe(lost?.worstCaseSeconds !== null);
  }
});

test("a bill is the whole month: everything at the prices by the hour", () => {
  expect(facts.bill.months.map(({ profile, known, unpriced }) => [profile, known?.toString(), unpriced])).toEqual([
    ["normal", "249.003 EUR", expect.arrayContaining(["router", "database mysql essential db1-4"])],
    ["rush", "474.354 EUR", expect.arrayContaining(["router", "database mysql essential db1-4"])],
  ]);
});

test("a price book's age is counted in days", () => {
  expect(facts.priceBooks.books.map(({ id, days }) => [id, days])).toEqual([["ovh-catalogue-2026-06", -29]]);
});
