import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { ended, launcher, type Run, repository, TestProject } from "./project.ts";

/** `check`, `cost`, `calendar` and `rpo` answer from the settings alone: no cloud, no engine, no Pulumi. */
const project = new TestProject();
afterAll(() => project.dispose());

/** Registered before the program: loading Pulumi, or what the local cloud speaks gRPC with, ends it. */
const guard = `data:text/javascript,${encodeURIComponent(`
  import { registerHooks } from "node:module";
  registerHooks({ resolve(specifier, context, next) {
    if (/^@(pulumi|ovhcloud|grpc)\\//.test(specifier)) throw new Error("loaded " + specifier);
    return next(specifier, context);
  } });
`)}`;

function offline(args: readonly string[], folder = repository): Promise<Run> {
  return ended(
    spawn(process.execPath, ["--import", guard, launcher, ...args], {
      cwd: folder,
      env: { ...project.env, LOR_INFRA_HOME: project.home },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
}

describe("without Pulumi", () => {
  it("the guard itself works: a preview cannot run under it", async () => {
    const run = await offline(["preview", "--json"], project.folder);
    expect(run.code).toBe(1);
    expect(run.stdout).toMatch(/loaded @(pulumi|ovhcloud|grpc)\//);
  });

  it.each([
    [["--profile", "normal"], "210.30956"],
    [["--profile", "rush", "--fronts-flavor", "b2-7"], "259.50956"],
    [["--profile", "rush"], "325.50956"],
  ])("cost %j is %s EUR before tax, to the last digit", async (args, amount) => {
    const run = await offline(["cost", ...args, "--price-book", "offer-2025", "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({
      version: 1,
      total: { amount, currency: "EUR", tax: "excluded", period: "month" },
      lines: expect.any(Array),
      outsideOffer: expect.any(Array),
    });
  });

  it("a year with its rush, and its chart on a screen", async () => {
    const document = await offline(["cost", "--season", "--year", "2027", "--json"]);
    expect(document).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(document.stdout)).toMatchObject({ version: 1, from: "2027-01-01", to: "2027-12-31" });
    const screen = await offline(["cost", "--season", "--year", "2027"]);
    expect(screen.stdout).toMatch(/2027-01 █+ /);
  });

  it("what another setting would cost", async () => {
    const run = await offline(["cost", "--compare", "rpo=15m", "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(run.stdout)).toMatchObject({ version: 1, changes: [{ path: "rpo", to: "PT15M" }] });
  });

  it("rpo states every data set and disruption as a sum of terms", async () => {
    const run = await offline(["rpo", "--json"]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const { version, entries } = JSON.parse(run.stdout);
    expect(version).toBe(1);
    const keys = entries.map(
      (entry: { dataSet: string; disruption: string }) => `${entry.dataSet} ${entry.disruption}`,
    );
    expect(new Set(keys).size).toBe(keys.length);
    expect(new Set(entries.map((entry: { disruption: string }) => entry.disruption)).size).toBe(4);
    for (const { worstCaseSeconds, terms } of entries) {
      if (worstCaseSeconds === null) continue;
      expect(terms.reduce((sum: number, term: { seconds: number }) => sum + term.seconds, 0)).toBe(worstCaseSeconds);
    }
  });

  it("calendar tells the seasons, also as iCalendar", async () => {
    const file = join(project.folder, "rush.ics");
    const run = await offline(["calendar", "--from", "2027-01-01", "--json", "--ical", file]);
    expect(run).toMatchObject({ code: 0, stderr: "" });
    const { version, windows } = JSON.parse(run.stdout);
    expect(version).toBe(1);
    expect(windows[1]).toMatchObject({ event: "paques", date: "2027-03-28", rushFrom: "2027-03-07", mergedWith: [] });
    expect(readFileSync(file, "utf8")).toMatch(/^BEGIN:VCALENDAR\r\n/);
  });

  it("check accepts the committed pair, and says so on a screen as well", async () => {
    const document = await offline(["check", "--json"]);
    expect(document).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(document.stdout)).toMatchObject({ version: 1, ok: true, issues: [] });
    const screen = await offline(["check"]);
    expect(screen.code).toBe(0);
    expect(screen.stdout).toContain("Both profiles can be built");
  });
});

/** Each setting is refused through the command line, with its path, and with the exit code of its kind. */
describe("refused settings", () => {
  it.each([
    ["an unknown key", "Pulumi.yaml", /image: Debian 12/, "imgae: Debian 12", 2, "prestashop.imgae", "unknown-key"],
    [
      "an address outside its subnet",
      "Pulumi.yaml",
      /10\.10\.1\.11,/,
      "10.10.9.11,",
      2,
      "prestashop.addresses",
      "address-outside-subnet",
    ],
    [
      "two parts on one address",
      "Pulumi.yaml",
      /10\.10\.1\.11,/,
      "10.10.1.10,",
      2,
      "prestashop.addresses",
      "address-duplicate",
    ],
    [
      "subnets that overlap",
      "Pulumi.yaml",
      /10\.10\.2\.0\/24/,
      "10.10.1.128/25",
      2,
      "network.subnets",
      "subnets-overlap",
    ],
    [
      "a public address on a database",
      "Pulumi.yaml",
      /access: private/,
      "access: public",
      3,
      "mysql.access",
      "database-public",
    ],
    [
      "a flavor that nobody sells",
      "Pulumi.rush.yaml",
      /b2-15/,
      "b2-16",
      2,
      "prestashop.frontsFlavor",
      "flavor-unknown",
    ],
    [
      "a rush smaller than normal",
      "Pulumi.rush.yaml",
      /fronts: 3/,
      "fronts: 1",
      2,
      "prestashop.fronts",
      "rush-smaller-than-normal",
    ],
    ["an RPO that no backup holds", "Pulumi.yaml", /PT1H/, "PT10M", 3, "copyEvery", "rpo-not-held"],
    [
      "a pair that cannot come back",
      "Pulumi.yaml",
      /disk: 100\n {6}image/,
      "disk: 100\n      flavorFamily: classic\n      image",
      2,
      "prestashop.flavorFamily",
      "pair-cannot-come-back",
    ],
    [
      "a profile of another name",
      "Pulumi.rush.yaml",
      /lor:profile: rush/,
      "lor:profile: busy",
      2,
      "profile",
      "profile",
    ],
  ] as const)("%s", async (_, file, from, to, exit, path, code) => {
    const broken = new TestProject();
    try {
      broken.edit(file, (text) => text.replace(from, to));
      const run = await offline(["check", "--settings", broken.folder, "--json"]);
      const report = JSON.parse(run.stdout);
      expect({ code: run.code, ...report }).toMatchObject({ code: exit, version: 1, ok: false });
      expect(report.issues).toEqual(
        expect.arrayContaining([
          { path: expect.stringContaining(path), code: expect.stringContaining(code), message: expect.any(String) },
        ]),
      );
      // The commands that need these settings refuse in the same way, before they touch anything.
      const up = await broken.run(["up", "--yes", "--json"]);
      expect(up.code).toBe(exit);
      expect(JSON.parse(up.stdout)).toMatchObject({ ok: false, error: { code: "settings-refused" } });
      expect(Object.keys(broken.committed())).not.toContain(".lor-infra");
    } finally {
      await broken.dispose();
    }
  });

  it("a stack named after a profile", async () => {
    const named = await offline(["check", "--stack", "rush", "--json"]);
    expect(named.code).toBe(2);
    expect(JSON.parse(named.stdout).issues).toMatchObject([{ code: "stack-is-a-profile" }]);
  });
});
