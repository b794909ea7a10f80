import { readFileSync } from "node:fs";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createdProject } from "./created-stack.ts";
import type { InProcessProject } from "./in-process.ts";

/** What a scheduled job does around Noël, on the days that it asks about. Each test goes on where the one before ended. */
let project: InProcessProject;
const on = (day: string, ...options: string[]) => project.run(["season", "--at", day, ...options]);

beforeAll(async () => {
  project = await createdProject();
  await project.json(["cloud", "start"]);
});
afterAll(() => project.dispose());

it("before the lead there is nothing to do, and --apply does nothing", async () => {
  const run = await on("2026-12-03", "--apply");
  expect(run, run.stderr).toMatchObject({ code: 0 });
  expect(run.stdout).toContain("Wanted: normal (no event is near)\nLive:   normal, 2 fronts serve\n");
  expect(run.stdout).toContain("Next:   noel, rush from 2026-12-04 to 2026-12-26\nNothing to do.");
});

it("once the lead has begun it says what is to be done, exit 5, and changes nothing", async () => {
  const before = await project.journalEnd();
  const run = await on("2026-12-04", "--json");
  expect(run.code).toBe(5);
  expect(JSON.parse(run.stdout)).toMatchObject({
    version: 1,
    wanted: "rush",
    live: "normal",
    agrees: false,
    applied: false,
    window: { events: ["noel"], rushFrom: "2026-12-04", rushTo: "2026-12-26" },
  });
  const changed = (await project.cloud.journal({ after: before })).filter((one) => one.operation === "create");
  expect(changed).toEqual([]);
});

it("a quota that is used up and a size that is withdrawn refuse a rush before it has changed anything", async () => {
  await project.json(["cloud", "restrict", "--quota", "instances=3", "--withdraw", "large"]);
  const { code, reasons } = await refusedRush();
  expect(code).toBe("size-not-offered");
  expect(reasons).toEqual([
    "GRA11 does not offer the load balancer size large",
    "instances: the switch needs 1 more, but the quota of GRA11 has 0 left",
  ]);
  await project.json(["cloud", "restrict", "--clear"]);
});

it("late, but not in the freeze: there nothing is changed unless a person says so", async () => {
  const frozen = await on("2026-12-24", "--apply", "--yes");
  expect(frozen).toMatchObject({ code: 3, stderr: expect.stringContaining("[change-freeze]") });
  const late = await on("2026-12-20", "--apply", "--yes");
  expect(late, late.stderr).toMatchObject({ code: 0 });
  expect(late.stdout).toContain("Ready: 3 of 3 fronts serve");
});

it("twice is as good as once", async () => {
  expect(await on("2026-12-26", "--apply", "--yes")).toMatchObject({ code: 0 });
});

it("after the event it does not go back before the export is in object storage", async () => {
  exportWith("process.stdout.write('exported to ' + process.env.LOR_UPLOAD_URL)");
  const refused = await on("2026-12-29", "--apply", "--yes");
  expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("[task-result-missing]") });
  const log = /its output is in (\S+\.log)/.exec(refused.stderr)?.[1] ?? "";
  expect(readFileSync(log, "utf8")).toMatch(/\nexported to \[secret\]\n\S+ it ended with code 0\n/);
  expect((await project.run(["status"])).stdout).toContain("ps-2");
});

it("goes back once the export is there, and says how the season went", async () => {
  exportWith(
    "fetch(process.env.LOR_UPLOAD_URL, { method: 'PUT', body: 'order;total' }).then((r) => process.exit(r.ok ? 0 : 1))",
  );
  const back = await on("2026-12-29", "--apply", "--yes");
  expect(back, back.stderr).toMatchObject({ code: 0 });
  expect(back.stdout).toMatch(/traffic +ok +0 open connections, 0 new ones a second; normal takes at most 48/);
  expect(back.stdout).toContain("done: before-normal/orders.csv, 11 B");
  expect(back.stdout).toContain("In normal after 4 steps");
  const [, written = ""] = /Review of the season: (\S+\.html)/.exec(back.stdout) ?? [];
  expect(readFileSync(written, "utf8")).toMatch(/<svg role="img"[\s\S]*task-result-missing/);
  expect(await on("2026-12-29")).toMatchObject({ code: 0 });
  const review = await project.json<{ readonly incidents: readonly object[] }>(["season", "--review"]);
  expect(review).toMatchObject({ over: true, incidents: [{ operation: "normal", code: "task-result-missing" }] });
  expect(JSON.stringify(review)).not.toContain("Signature");
});

it("backups that have stopped refuse the next rush", async () => {
  // Older than the first backup is due.
  await project.cloud.stepClock(3 * 86_400);
  await project.json(["cloud", "restrict", "--backups-stopped", "48"]);
  const { code, next, reasons } = await refusedRush();
  expect(code).toBe("backup-stale");
  expect(next).toContain("lor-prod-mysql");
  expect(reasons).toHaveLength(4);
});

interface RefusedRush {
  readonly error: { readonly code: string; readonly next: string };
  readonly checks: readonly { readonly outcome: string; readonly reason: string }[];
}

/** What refuses a rush now; nothing was created for it. */
async function refusedRush() {
  const before = await project.journalEnd();
  const { error, checks } = await project.json<RefusedRush>(["rush", "--yes"], 3);
  expect(await project.cloud.journal({ after: before, operation: "create" })).toEqual([]);
  const reasons = checks.filter(({ outcome }) => outcome === "refused").map(({ reason }) => reason);
  return { ...error, reasons };
}

/** The task of the settings: a program of Node that is told where to put its export. */
function exportWith(program: string): void {
  const task = { name: "orders", command: [process.execPath, "-e", program], object: "before-normal/orders.csv" };
  const section = `  hooks:\n    value:\n      beforeScaleDown:\n        tasks:\n          - ${JSON.stringify(task)}\n`;
  project.edit("Pulumi.yaml", (text) => `${text.replace(/ {2}hooks:[\s\S]*$/, "")}${section}`);
}

it("a real system is never switched for another day", async () => {
  const run = await project.run(["season", "--apply", "--at", "2026-12-10", "--cloud", "ovh"]);
  expect(run).toMatchObject({ code: 2, stderr: expect.stringContaining("[season-of-another-day]") });
});
