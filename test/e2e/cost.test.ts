import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { CalendarReport } from "../../src/actions/calendar/list-windows.ts";
import type { SeasonCostReport } from "../../src/actions/cost/season-cost.ts";
import { InProcessProject } from "./in-process.ts";

/** `cost` over time, as a user types it. */
const lor = new InProcessProject();
afterAll(() => lor.dispose());

const golden = (name: string) => join("golden", name);
const season = ["cost", "--season"];

/** A document whose long lists end after two members: its form is what the comparison is about. */
function outline(document: string): string {
  const shorten = (_: string, value: unknown) => (Array.isArray(value) && value.length > 4 ? value.slice(0, 2) : value);
  return `${JSON.stringify(JSON.parse(document), shorten, 2)}\n`;
}

describe("a year with its rush", () => {
  test("the screen", async () => {
    const run = await lor.run([...season, "--year", "2027"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await expect(run.stdout).toMatchFileSnapshot(golden("cost-season.txt"));
  });

  test("the document", async () => {
    const run = await lor.run([...season, "--year", "2027", "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await expect(outline(run.stdout)).toMatchFileSnapshot(golden("cost-season-document.snap"));
  });

  test("its windows cost what the calendar says, and a book of months gives other figures with its own gaps", async () => {
    const { windows, prices } = await lor.json<CalendarReport>(["calendar", "--from", "2027-01-01"]);
    const { total, prices: own } = await lor.json<SeasonCostReport>([...season, "--year", "2027"]);
    const inRush = windows.reduce((sum, { price }) => sum + Number(price.inRush), 0);
    expect(Math.abs(Number(total.inRush) - inRush)).toBeLessThan(0.02);
    expect(own.unknown).toEqual(prices.unknown);
    expect(own.unknown).toContain("database mysql essential db1-4");
    const months = await lor.json<SeasonCostReport>([...season, "--year", "2027", "--price-book", "offer-2025"]);
    expect(Number(months.total.inRush)).not.toBe(Number(total.inRush));
    expect(months.prices.unknown).not.toContain("database mysql essential db1-4");
  });

  test("from today when no day is named, from any day when one is", async () => {
    const today = await lor.json<SeasonCostReport>(season);
    expect(Math.abs(Date.parse(today.from) - Date.now())).toBeLessThan(2 * 86_400_000);
    const leap = await lor.json<SeasonCostReport>([...season, "--from", "2028-02-29"]);
    expect([leap.from, leap.to, leap.months.length]).toEqual(["2028-02-29", "2029-02-27", 13]);
  });

  test("without an event nothing is said of a rush, and the year costs what normal costs", async () => {
    const empty = new InProcessProject();
    try {
      empty.edit("Pulumi.yaml", (text) => text.replace(/ {2}# When rush is wanted[\s\S]*$/, ""));
      const { total, contracts } = await empty.json<SeasonCostReport>([...season, "--year", "2027"]);
      expect(total).toMatchObject({ hoursInRush: 0, switches: 0, inSwitches: "0", total: total.alwaysNormal });
      expect(contracts.map(({ when }) => when)).toEqual(["outside-rush", "outside-rush", "lasting"]);
      expect((await empty.run([...season, "--year", "2027"])).stdout).toContain("calendar.events");
    } finally {
      await empty.dispose();
    }
  });
});

describe("other settings", () => {
  test.each([
    ["a stronger promise", ["rpo=15m"], "cost-compare-rpo.txt"],
    ["a promise that nothing keeps", ["rpo=PT2M"], "cost-compare-impossible.txt"],
    ["another size and another plan", ["rush.prestashop.fronts=4", "mysql.plan=business"], "cost-compare-sizes.txt"],
  ])("the screen of %s", async (_, changes, file) => {
    const run = await lor.run(["cost", ...changes.flatMap((change) => ["--compare", change]), "--year", "2027"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await expect(run.stdout).toMatchFileSnapshot(golden(file));
  });

  test("the document; nothing is written", async () => {
    const before = readFileSync(join(lor.folder, "Pulumi.yaml"), "utf8");
    const run = await lor.run(["cost", "--compare", "rpo=15m", "--year", "2027", "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    await expect(outline(run.stdout)).toMatchFileSnapshot(golden("cost-compare-document.snap"));
    expect(readFileSync(join(lor.folder, "Pulumi.yaml"), "utf8")).toBe(before);
  });

  test("a value that the files would not accept is refused on a screen with the option, what was seen and what was meant", async () => {
    const run = await lor.run(["cost", "--compare", "mysql.plan=bussiness"]);
    expect(run).toMatchObject({ code: 2, stdout: "" });
    expect(run.stderr).toMatch(/mysql\.plan: .*did you mean business\?: seen bussiness; accepted: essential/);
    expect(run.stderr).toContain("--compare");
  });
});

describe("refused on the command line", () => {
  test.each([
    [[...season, "--year", "27"]],
    [[...season, "--year", "2027", "--from", "2027-01-01"]],
    [[...season, "--from", "2027-02-30"]],
    [[...season, "--profile", "rush"]],
    [[...season, "--fronts-flavor", "b2-7"]],
    [[...season, "--price-book", "none"]],
    [[...season, "--compare", "rpo=15m"]],
    [["cost", "--compare", "rpo=15m", "--profile", "rush"]],
    [["cost", "--compare", "rpo"]],
    [["cost", "--compare"]],
    [["cost", "--year", "2027"]],
    [["cost", "--from", "2027-01-01"]],
  ])("%j", async (args) => {
    const run = await lor.run([...args, "--json"]);
    expect(run.code).toBe(2);
    expect(JSON.parse(run.stdout)).toMatchObject({ version: 1, ok: false });
  });
});
