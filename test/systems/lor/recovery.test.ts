import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { assessRpo } from "../../../src/actions/rpo/assess-rpo.ts";
import { disruptions } from "../../../src/domain/recovery.ts";
import { guestSecretNames, renderGuestDocument } from "../../../src/machines/render-document.ts";
import { planItems } from "../../../src/systems/lor/plan-items.ts";
import { assessDataLoss, recoveryFacts } from "../../../src/systems/lor/recovery.ts";
import { lorProject, planOf } from "./lor-project.ts";

const report = assessRpo({ project: lorProject() });

test("every data set has an entry for every disruption", () => {
  const dataSets = [...new Set(report.entries.map((entry) => entry.dataSet))];
  expect(dataSets).toEqual([
    "shop-database",
    "shop-images",
    "erp-database",
    "erp-filestore",
    "front-system-disk",
    "front-volume",
    "odoo-system-disk",
    "guest-configuration",
  ]);
  for (const dataSet of dataSets) {
    const found = report.entries.filter((entry) => entry.dataSet === dataSet).map((entry) => entry.disruption);
    expect(found).toEqual(disruptions);
  }
});

test("a worst case is the sum of its terms, and without a copy there is no number", () => {
  for (const entry of report.entries) {
    if (entry.worstCaseSeconds === null) {
      expect(entry.terms).toEqual([]);
      expect(entry.statement).toMatch(/^no copy: unlimited/);
      expect(entry.statement).not.toMatch(/\d/);
    } else {
      expect(entry.terms.length).toBeGreaterThan(0);
      expect(entry.terms.reduce((sum, term) => sum + term.seconds, 0)).toBe(entry.worstCaseSeconds);
      expect(entry.statement).toMatch(/^at most .* = /);
    }
  }
});

test("what must hold the RPO of one hour does, in every disruption", () => {
  expect(report.rpoSeconds).toBe(3600);
  const bound = report.entries.filter((entry) => entry.mustHold);
  expect(bound).toHaveLength(16);
  for (const entry of bound) {
    expect(entry.worstCaseSeconds).not.toBeNull();
    expect(entry.worstCaseSeconds).toBeLessThanOrEqual(3600);
    expect(entry.held).toBe(true);
  }
});

test.each([
  ["shop-database", "region-lost", 300],
  ["shop-images", "operator-mistake", 0],
  ["shop-images", "region-lost", 2400],
  ["erp-filestore", "instance-lost", 2400],
  ["front-system-disk", "instance-lost", 90_000],
  ["front-volume", "instance-lost", null],
])("%s, %s: %s seconds", (dataSet, disruption, seconds) => {
  const entry = report.entries.find((each) => each.dataSet === dataSet && each.disruption === disruption);
  expect(entry?.worstCaseSeconds).toBe(seconds);
});

test("every term rests on a resource of the plan or on a timer of a guest", () => {
  const items = new Set(planItems(planOf("normal")).map((item) => `${item.type}::${item.name}`));
  for (const { source } of report.entries.flatMap((entry) => entry.terms)) {
    if (source.kind === "resource") {
      expect(items).toContain(`${source.type}::${source.name}`);
    } else {
      expect(source.guests.length).toBeGreaterThan(0);
      for (const guest of source.guests) expect(timersOf(guest)).toContain(source.timer);
    }
  }
});

test("the intervals are those of the settings", () => {
  const facts = recoveryFacts(planOf("rush"));
  expect(facts.fronts).toEqual(["ps-0", "ps-1"]);
  const slower = assessDataLoss({ ...facts, filestore: { copyEverySeconds: 3000, copyTimeoutSeconds: 600 } });
  const entry = slower.find((loss) => loss.dataSet === "erp-filestore" && loss.disruption === "region-lost");
  expect(entry?.worstCaseSeconds).toBe(3600);
  expect(entry?.terms.map((term) => [term.name, term.seconds])).toEqual([
    ["interval", 3000],
    ["duration of the copy", 600],
  ]);
});

/** Timers that a guest's document really installs. */
function timersOf(guest: string): readonly string[] {
  const plan = planOf("normal");
  const isOdoo = guest === "odoo";
  const role = isOdoo ? "odoo" : "prestashop";
  const bucket = { endpoint: "https://s3.example", region: "gra", bucket: "b", accessKey: "a", secretKey: "s" };
  const document = renderGuestDocument({
    name: guest,
    role,
    domain: isOdoo ? plan.odoo.domain : plan.shop.domain,
    release: isOdoo ? plan.odoo.release : plan.shop.release,
    database: {
      engine: isOdoo ? "postgresql" : "mysql",
      host: "db.example",
      port: 3306,
      name: "d",
      user: "u",
      password: "p",
    },
    storage: bucket,
    copies: bucket,
    trustedProxies: [],
    ...(isOdoo ? { filestore: plan.odoo.filestore } : { imagesCopy: plan.storage.imagesCopy }),
    secrets: Object.fromEntries(guestSecretNames[role].map((name) => [name, randomUUID()])),
  });
  return document.files.map((file) => file.path.split("/").at(-1) ?? "").filter((name) => name.endsWith(".timer"));
}
