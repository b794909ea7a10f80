import { Temporal } from "temporal-polyfill";
import { afterEach, describe, expect, it } from "vitest";
import {
  type PreviewReport,
  type PreviewReportInput,
  reportPreview,
} from "../../src/actions/preview/preview-report.ts";
import { scrubReport } from "../../src/actions/preview/scrub-report.ts";
import { up } from "../../src/actions/up/up.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import { type Changes, settingsFolder } from "../config/settings-folder.ts";
import type { LorProject } from "../systems/lor/lor-project.ts";
import { FakeStack } from "./fake-stack.ts";

const open: FakeStack[] = [];
afterEach(() => {
  for (const stack of open.splice(0)) stack.dispose();
});

function load(folder: string): LorProject {
  const loaded = loadProject(folder, "prod");
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.issues));
  return loaded.value as LorProject;
}

/** What a change of the settings comes to, on a stack that was built before it. */
async function reportOf(changes: Changes, input: PreviewReportInput = {}): Promise<PreviewReport> {
  const stack = new FakeStack();
  open.push(stack);
  await up(stack.context(), { confirm: stack.confirm });
  stack.project = load(settingsFolder(changes));
  return (await reportPreview(stack.context(), input)).report;
}

describe("with the settings from before the change", () => {
  it("the price now is theirs, and the difference that of the two", async () => {
    const base = settingsFolder();
    const { price } = await reportOf({ shared: { "odoo.flavor": "b2-7" } }, { base });
    expect(price).toMatchObject({
      priceBook: "ovh-catalogue-2026-06",
      now: { amount: "249.003", unpriced: expect.arrayContaining(["database mysql essential db1-4"]) },
    });
    expect(Number(price.difference)).toBeLessThan(0);
    expect(Number(price.after.amount)).toBeCloseTo(249.003 + Number(price.difference), 8);
  });

  it("a change of the profile that does not run has its price too", async () => {
    const { changes, price } = await reportOf(
      { rush: { "prestashop.frontsFlavor": "b2-7" } },
      { base: settingsFolder() },
    );
    expect(changes).toEqual([]);
    expect(price.profiles).toMatchObject([
      { profile: "normal", before: { amount: "249.003" }, after: { amount: "249.003" } },
      { profile: "rush", before: { amount: "474.354" }, after: { amount: "335.727" } },
    ]);
  });

  it("the next season has its price on either side, by that side's dates and sizes", async () => {
    const now = Temporal.Instant.from("2027-01-05T12:00:00Z");
    const shorter = { rush: { "prestashop.frontsFlavor": "b2-7" }, shared: { "calendar.events.2.lead": "P7D" } };
    const { price } = await reportOf(shorter, { base: settingsFolder(), now });
    expect(price.nextSeason.before).toMatchObject({
      events: ["saint-valentin"],
      rushFrom: "2027-01-24",
      rushTo: "2027-02-15",
      inRush: "358.69",
      extra: "170.4",
      unknown: expect.arrayContaining(["router", "object-storage", "database mysql essential db1-4"]),
    });
    expect(price.nextSeason.after).toMatchObject({ events: ["saint-valentin"], rushFrom: "2027-02-07" });
    expect(Number(price.nextSeason.after?.inRush)).toBeLessThan(358.69 / 2);
    const without = await reportOf({ shared: { "calendar.events": [] } }, { base: settingsFolder(), now });
    expect(without.price.nextSeason).toMatchObject({ before: { rushFrom: "2027-01-24" }, after: null });
  });

  it("only the statements that say something else differ", async () => {
    const { dataLoss, base } = await reportOf(
      { shared: { "odoo.filestore.copyEvery": "PT20M" } },
      { base: settingsFolder() },
    );
    expect(base).toEqual({ kind: "given" });
    const differing = dataLoss.entries.filter(({ differs }) => differs);
    expect(new Set(differing.map(({ dataSet }) => dataSet))).toEqual(new Set(["erp-filestore"]));
    for (const { before, after } of differing)
      expect([before?.worstCaseSeconds, after?.worstCaseSeconds]).toEqual([2400, 1800]);
    expect(dataLoss.entries).toHaveLength(32);
    expect(dataLoss.rpoSeconds).toEqual({ before: 3600, after: 3600 });
  });

  it("that are refused themselves, nothing is compared, and it is said why", async () => {
    const { base, dataLoss } = await reportOf({}, { base: settingsFolder({ shared: { "mysql.access": "public" } }) });
    expect(base).toMatchObject({ kind: "refused", reason: expect.stringContaining("mysql.access") });
    expect(dataLoss.entries.some(({ before, differs }) => before !== null || differs)).toBe(false);
  });
});

describe("without them", () => {
  it("what was before is unknown, not the same", async () => {
    const { base, dataLoss, check } = await reportOf({});
    expect(base).toEqual({ kind: "none" });
    expect(dataLoss.rpoSeconds.before).toBeNull();
    expect(dataLoss.entries.every(({ before, after }) => before === null && after !== null)).toBe(true);
    expect(check).toMatchObject({ ok: true, issues: [] });
    expect(check.warnings.length).toBeGreaterThan(0);
  });

  it("of a stack that is not there, nothing is paid now", async () => {
    const stack = new FakeStack();
    open.push(stack);
    const { report } = await reportPreview(stack.context(), {});
    expect(report.price).toMatchObject({ now: null, difference: null });
    expect(report.changes.every(({ kind }) => kind === "create")).toBe(true);
  });
});

describe("what leaves the machine", () => {
  const env = { OS_PASSWORD: "planted-os-password-Zq7", GITHUB_TOKEN: "planted-forge-token-Zq7" };

  it("has no secret of this run, nor what looks like one, at any depth", () => {
    const clean = scrubReport(
      {
        check: { issues: [{ message: `seen ${env.OS_PASSWORD}` }, { message: "password: hunter2hunter2" }] },
        failure: { message: `${env.GITHUB_TOKEN} was refused`, next: undefined },
        seconds: 12,
        nothing: null,
      },
      env,
    );
    expect(JSON.stringify(clean)).not.toMatch(/planted|hunter2/);
    expect(clean).toMatchObject({ seconds: 12, nothing: null });
  });

  it("keeps the type of every resource, also of one that reads like a password beside its name", () => {
    const type = "random:index/randomPassword:RandomPassword";
    expect(scrubReport({ changes: [{ type }] }, env)).toEqual({ changes: [{ type }] });
  });
});
