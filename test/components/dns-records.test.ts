import { expect, test } from "vitest";
import { planDns } from "../../src/systems/lor/dns.ts";
import { planItems } from "../../src/systems/lor/plan-items.ts";
import type { LorPlan } from "../../src/systems/lor/plan-model.ts";
import type { LorSettings } from "../../src/systems/lor/settings.ts";
import { lorProject } from "../systems/lor/lor-project.ts";
import { recordLor, resourcesOf } from "./lor-build.ts";
import { profilePlan } from "./lor-plans.ts";

const type = "ovh:Domain/zoneRecord:ZoneRecord";
const settings = lorProject().settings.normal;

function planWith(dns: LorSettings["dns"]): LorPlan {
  return { ...profilePlan("normal"), dns: planDns({ ...settings, dns }) };
}

const records: LorSettings["dns"]["records"] = [
  { name: "@", type: "MX", value: "10 mx1.mail.example." },
  { name: "@", type: "MX", value: "20 mx2.mail.example." },
  { name: "_dmarc", type: "TXT", value: "v=DMARC1; p=none" },
];

test("every record of the plan is built once, and those alone", async () => {
  const plan = planWith({ zone: "lor.example", manage: true, records });
  const built = resourcesOf(await recordLor(plan), type);
  expect(built.map(({ name }) => name).toSorted()).toEqual(
    planItems(plan)
      .filter((item) => item.type === type)
      .map(({ name }) => name)
      .toSorted(),
  );
  const text = built.map(({ inputs }) => `${inputs.subdomain} ${inputs.fieldtype} ${String(inputs.target)}`).toSorted();
  expect(text).toEqual([
    " MX 10 mx1.mail.example.",
    " MX 20 mx2.mail.example.",
    "_dmarc TXT v=DMARC1; p=none",
    expect.stringMatching(/^erp A \S+$/),
    expect.stringMatching(/^www A \S+$/),
  ]);
});

test("without `manage`, and of names in another zone, nothing is built", async () => {
  const byHand = planWith({ zone: "lor.example", manage: false, records });
  expect(resourcesOf(await recordLor(byHand), type)).toEqual([]);
  const elsewhere = planWith({ zone: "other.example", manage: true, records: [] });
  expect(planItems(elsewhere).filter((item) => item.type === type)).toEqual([]);
});
