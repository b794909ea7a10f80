import { Temporal } from "temporal-polyfill";
import { describe, expect, test } from "vitest";
import { type ComparisonReport, compareSettings } from "../../src/actions/cost/compare-settings.ts";
import { LorError } from "../../src/core/errors.ts";
import { loadProject } from "../../src/systems/load-project.ts";
import { type Changes, settingsFolder } from "../config/settings-folder.ts";

const now = new Date("2026-06-01T00:00:00Z");

function compare(changes: readonly string[], base: Changes = {}, priceBook = "offer-2025"): ComparisonReport {
  const project = loadProject(settingsFolder(base), "prod", { now, policies: "tell" });
  if (!project.ok) throw new Error(JSON.stringify(project.issues));
  return compareSettings({
    project: project.value,
    changes,
    from: Temporal.PlainDate.from("2027-01-01"),
    priceBook,
    now,
  });
}

function refusalOf(changes: readonly string[], base: Changes = {}): LorError {
  try {
    compare(changes, base);
  } catch (error) {
    if (error instanceof LorError) return error;
    throw error;
  }
  throw new Error("accepted");
}

const told = ({ path, from, to }: ComparisonReport["changes"][number]) => `${path} ${from} ${to}`;
const codes = (issues: ComparisonReport["refused"]["after"]) => issues.map(({ code, path }) => `${code} ${path}`);

describe("a stronger promise", () => {
  test("of 15 minutes names what it needs, what is then lost, and that no policy refuses it then", () => {
    const { changes, needs, impossible, price, dataLoss, refused } = compare(["rpo=15m"]);
    expect(changes.map(told)).toEqual(["rpo PT1H PT15M"]);
    expect(needs.map(told)).toEqual([
      "storage.copy.copyEvery PT30M PT10M",
      "storage.copy.copyTimeout PT10M PT5M",
      "odoo.filestore.copyEvery PT30M PT10M",
      "odoo.filestore.copyTimeout PT10M PT5M",
    ]);
    expect(impossible).toEqual([]);
    expect(price.months.map(({ difference }) => difference)).toEqual(["0", "0"]);
    expect(price.season).toMatchObject({ from: "2027-01-01", to: "2027-12-31", difference: "0" });
    expect(dataLoss.rpoSeconds).toEqual({ before: 3600, after: 900 });
    const differing = dataLoss.entries.filter(({ differs }) => differs);
    expect(new Set(differing.map(({ after }) => after?.worstCaseSeconds))).toEqual(new Set([900]));
    expect(codes(refused.before)).toEqual([]);
    expect(codes(refused.alone)).toEqual([
      "rpo-not-held storage.copy.copyEvery",
      "rpo-not-held odoo.filestore.copyEvery",
    ]);
    expect(codes(refused.after)).toEqual([]);
  });

  test("that nothing on offer keeps is said so, with the least that can be lost, and stays refused", () => {
    const { impossible, refused } = compare(["rpo=PT2M"]);
    expect(impossible.map(({ dataSet, bestSeconds }) => [dataSet, bestSeconds])).toEqual([
      ["shop-database", 300],
      ["erp-database", 300],
    ]);
    expect(codes(refused.after)).toEqual(["rpo-not-held rpo", "rpo-not-held rpo"]);
  });

  test("leaves alone what was asked for beside it", () => {
    const { changes, needs } = compare(["rpo=20m", "odoo.filestore.copyTimeout=8m"]);
    expect(changes.map(told)).toContain("odoo.filestore.copyTimeout PT10M PT8M");
    expect(needs.map(told)).toContain("odoo.filestore.copyEvery PT30M PT10M");
    expect(needs.map(told)).not.toContain(expect.stringContaining("odoo.filestore.copyTimeout"));
  });
});

describe("other sizes", () => {
  test("a fourth front of the rush gets a free address, and costs in the rush and in its year only", () => {
    const { needs, price, dataLoss } = compare(["rush.prestashop.fronts=4"]);
    expect(needs.map(({ path, to }) => `${path} ${to}`)).toEqual([
      'prestashop.addresses ["10.10.1.10","10.10.1.11","10.10.1.12","10.10.1.13"]',
    ]);
    const [normal, rush] = price.months;
    expect(normal?.difference).toBe("0");
    // A b2-15 of the offer, and its volume of 100 GB.
    expect(rush?.difference).toBe("55.763");
    expect(Number(price.season.difference)).toBeCloseTo(55.763 * ((3 * 552) / 730), 0);
    expect(dataLoss.entries.some(({ differs }) => differs)).toBe(false);
  });

  test("a size that costs less has a difference below zero; a budget that is exceeded is told as refused", () => {
    expect(Number(compare(["odoo.flavor=b2-7"]).price.months[0]?.difference)).toBe(-22);
    const { refused, policies } = compare(["normal.prestashop.frontsFlavor=b2-15"], {
      shared: { "policies.budget": 480 },
    });
    expect(codes(refused.after)).toEqual([]);
    const more = compare(["rush.prestashop.fronts=4"], {
      shared: { "policies.budget": 480, "prestashop.phpChildren": 16 },
    });
    expect(codes(more.refused.before)).toEqual([]);
    expect(codes(more.refused.after)).toEqual(["budget-exceeded policies.budget"]);
    expect([policies.length, more.policies.map(({ code }) => code)]).toEqual([0, ["budget-exceeded"]]);
  });

  test("a price that is unknown on one side only is no difference, and it is said which book has one", () => {
    const { price, dataLoss } = compare(["mysql.plan=business"]);
    expect(price.months.map(({ difference }) => difference)).toEqual([null, null]);
    expect(price.season.difference).toBeNull();
    expect(price.unknown).toContainEqual({
      key: "database mysql business db1-4",
      side: "after",
      knownIn: ["ovh-catalogue-2026-06"],
    });
    // The same loss, and a restore that reaches further back.
    expect(dataLoss.entries.filter(({ differs }) => differs)).toMatchObject([
      {
        dataSet: "shop-database",
        disruption: "operator-mistake",
        after: { statement: expect.stringContaining("14 d") },
      },
    ]);
  });

  test("a difference says what it lacks: of a third front every day, the copy of its disk has no price", () => {
    const [normal, rush] = compare(["normal.prestashop.fronts=3"]).price.months;
    // A b2-7 of the offer, and its volume of 100 GB.
    expect(normal).toMatchObject({ difference: "33.763", differenceLacks: ["instance-backup"] });
    // In rush it is no more an extra one, and an extra one has no copy.
    expect(rush).toMatchObject({ difference: "0", differenceLacks: ["instance-backup"] });
    expect(compare(["rush.prestashop.fronts=4"]).price.months[1]?.differenceLacks).toEqual([]);
  });

  test("what policies refuse already is told beside what they would refuse", () => {
    const slow = { shared: { "odoo.filestore": { copyEvery: "PT2H", copyTimeout: "PT10M" } } };
    const { refused, needs } = compare(["odoo.disk=200"], slow);
    expect(codes(refused.before)).toEqual(["rpo-not-held odoo.filestore.copyEvery"]);
    expect(needs.map(told)).toEqual(["odoo.filestore.copyEvery PT2H PT45M"]);
    expect(codes(refused.after)).toEqual([]);
  });
});

describe("refused, with what the files would be refused for", () => {
  test.each([
    [["mysql.plan=bussiness"], "did you mean business?", "database-plan-unknown"],
    [["rpo=0s"], "PT0S", "duration-invalid"],
    [["prestashop.frontz=3"], "unknown key", "unknown-key"],
    [["normal.rpo=PT15M"], "Pulumi.normal.yaml may not hold this setting", "key-not-in-profile"],
    [["rush.prestashop.fronts=1"], "fronts", "rush-smaller-than-normal"],
    [["rush.prestashop.fronts=101"], "1 to 100", "fronts-invalid"],
    [["odoo.password=hunter2"], "the name of a secret", "secret-in-settings"],
    [["rpo"], "PATH=VALUE", "comparison-form"],
    [["rpo=1h", "mysql.plan=gold"], "mysql.plan", "database-plan-unknown"],
  ])("%j", (changes, says, code) => {
    const error = refusalOf(changes);
    expect(error).toMatchObject({ code: "comparison-refused", exit: 2, path: "--compare" });
    expect(error.message).toContain(says);
    expect(error.message).toContain(`[${code}]`);
    expect(JSON.stringify(error) + error.message + error.seen).not.toContain("hunter2");
  });

  test("one setting twice", () => {
    expect(refusalOf(["rpo=1h", "rpo=2h"])).toMatchObject({ code: "comparison-twice", seen: "rpo" });
    expect(compare(["normal.prestashop.fronts=2", "rush.prestashop.fronts=3"]).changes).toHaveLength(2);
  });

  test("an unknown price book", () => {
    expect(() => compare(["rpo=1h"], {}, "none")).toThrow(expect.objectContaining({ code: "price-book-unknown" }));
  });
});
