import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { cloudStatus } from "../../src/actions/cloud/cloud-status.ts";
import { RequestWatch } from "../../src/actions/demo/watch-requests.ts";
import type { JournalEntry } from "../../src/local-cloud/kernel/journal.ts";
import { loopback } from "../../src/local-cloud/traffic/address.ts";
import { type RunOfBoth, runInProcess } from "./in-process.ts";
import { TestProject } from "./project.ts";
import { expectScreen, type Mask } from "./screen.ts";

/**
 * The year of one shop around Noël: up, rush, normal, destroy. Each command is run once and shows its screen and its document. Each test goes on where the
 * one before ended.
 */
const project = new TestProject();
project.startClockAt("2026-12-05T09:00:00Z");
project.startCloudClock();
const committed = project.committed();
const [hour, day] = [3600, 86_400];
let ids: Readonly<Record<string, string>>;
afterAll(() => project.dispose());

interface Front {
  readonly name: string;
  readonly flavor: string;
  readonly address: string;
  readonly pool: string;
  readonly healthy: boolean;
}

interface StatusDocument {
  readonly cloud: string;
  readonly exists: boolean;
  readonly profile: string;
  readonly fronts: readonly Front[];
  readonly loadBalancer: { readonly bandwidth: number };
  readonly addresses: { readonly loadBalancer: { readonly private: string } };
}

const front = (name: string, flavor: string, address: string) => ({
  name,
  flavor,
  address,
  server: "active",
  pool: "serving",
  healthy: true,
  health: "healthy",
});

/** A new front may pass its first check before anybody looks. */
const frontsAwaited: Mask = [/^ +ps-\d: waiting until it is healthy\n/gm, ""];

/** Runs a command and compares what it shows to both readers. */
async function shows(
  name: string,
  args: readonly string[],
  code = 0,
  varies: readonly Mask[] = [],
): Promise<RunOfBoth> {
  const run = await runInProcess(project, args);
  expect(run.code, run.stdout + run.stderr).toBe(code);
  await expectScreen(project, name, run, varies);
  if (run.document !== "") await expectScreen(project, name, { ...run, stdout: run.document }, varies);
  return run;
}

async function json<T>(args: readonly string[]): Promise<T> {
  const run = await runInProcess(project, args);
  expect(run.code, run.stdout + run.stderr).toBe(0);
  return JSON.parse(run.document) as T;
}

describe("created in normal", () => {
  it("up", async () => {
    const up = await shows("up", ["up", "--yes"], 0, [frontsAwaited]);
    expect(up.stdout).toContain("249.003 EUR");
    ids = await serverIds();
  });

  it("status", async () => {
    const { document } = await shows("status", ["status"]);
    const status = JSON.parse(document) as StatusDocument;
    expect(status).toMatchObject({ version: 1, cloud: "local", profile: "normal", loadBalancer: { bandwidth: 500 } });
    expect(status.fronts).toEqual([front("ps-0", "b2-7", "10.10.1.10"), front("ps-1", "b2-7", "10.10.1.11")]);
  });

  it("finds nothing that differs, and a second `up` changes nothing", async () => {
    const preview = await runInProcess(project, ["preview", "--detect"]);
    expect(preview).toMatchObject({ code: 0, stderr: "" });
    expect(preview.stdout).toContain("Nothing differs from normal.");
    const before = await project.journalEnd();
    const up = await json<{ readonly changes: readonly unknown[] }>(["up"]);
    expect(up.changes).toEqual([]);
    expect(changesOf(await project.cloud.journal({ after: before }))).toEqual([]);
  });

  it("cloud env", async () => {
    // By then the first copies of the files are made, whatever the machine's speed.
    await project.pass(2 * hour);
    await shows("cloud-env", ["cloud", "env"]);
    const { document, ...run } = await runInProcess(project, ["cloud", "env", "--json"]);
    await expectScreen(project, "cloud-env", { ...run, stdout: document });
  });

  it("a changed setting", async () => {
    project.edit("Pulumi.yaml", (text) => text.replace("flavor: b2-15", "flavor: b2-7"));
    await shows("preview-change", ["preview"]);
    await shows("up-change", ["up", "--yes"]);
  });
});

describe("into rush", () => {
  const plan = join(project.folder, "plan.json");

  it("preview", async () => {
    await shows("preview-rush", ["preview", "--profile", "rush"]);
    const run = await runInProcess(project, ["preview", "--profile", "rush", "--format", "markdown"]);
    await expectScreen(project, "preview-markdown", run);
  });

  it("season", async () => {
    await shows("season-wants-rush", ["season"], 5);
  });

  it("saves a plan that says every step and its calls, and changes nothing", async () => {
    const before = await project.journalEnd();
    const made = await shows("rush-plan", ["rush", "--event", "noel", "--plan", "plan.json"]);
    expect(made.stdout).toContain("engine: update openstack:compute/instance:Instance ps-0");
    expect(made.stdout).toContain("lor-infra rush --plan plan.json");
    expect(changesOf(await project.cloud.journal({ after: before }))).toEqual([]);
    const wrong = await runInProcess(project, ["normal", "--plan", plan, "--yes"]);
    expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("[plan-of-another-switch]") });
  });

  it("goes there by that plan: one front at a time, the extra one first, no server replaced, no request lost", async () => {
    const { journal, requests } = await whileCustomersVisit(() =>
      shows("rush", ["rush", "--event", "noel", "--plan", plan, "--yes"]),
    );
    expect(requests).toMatchObject({ lost: 0, reasons: {} });
    expect(requests.sent).toBeGreaterThan(50);
    expect(await switching(journal)).toEqual([
      ...["create ps-2", "weigh ps-2"],
      ...["weigh ps-0", "update ps-0", "weigh ps-0"],
      ...["weigh ps-1", "update ps-1", "weigh ps-1"],
    ]);
    expectOneAtATime(journal);
    expect(await serverIds()).toMatchObject(ids);
  });

  it("and is there", async () => {
    await shows("rush-nothing", ["rush", "--yes"]);
    const { document } = await shows("status-rush", ["status"]);
    const status = JSON.parse(document) as StatusDocument;
    expect(status).toMatchObject({ profile: "rush", loadBalancer: { bandwidth: 2000 } });
    expect(status.fronts).toEqual([
      front("ps-0", "b2-15", "10.10.1.10"),
      front("ps-1", "b2-15", "10.10.1.11"),
      front("ps-2", "b2-15", "10.10.1.12"),
    ]);
  });
});

describe("back to normal", () => {
  it("a plan of it", async () => {
    await expectScreen(project, "normal-plan", await runInProcess(project, ["normal", "--plan", "back.json"]));
  });

  it("season", async () => {
    await project.pass(22 * day);
    await shows("season-wants-normal", ["season"], 5);
  });

  it("the extra front last, no server replaced, no request lost", async () => {
    const { journal, requests } = await whileCustomersVisit(() => shows("normal", ["normal", "--yes"]));
    expect(requests).toMatchObject({ lost: 0, reasons: {} });
    expect(requests.sent).toBeGreaterThan(50);
    expect(await switching(journal)).toEqual([
      ...["weigh ps-0", "update ps-0", "weigh ps-0"],
      ...["weigh ps-1", "update ps-1", "weigh ps-1"],
      ...["weigh ps-2", "delete ps-2"],
    ]);
    expectOneAtATime(journal);
    const status = await json<StatusDocument>(["status"]);
    expect(status).toMatchObject({ profile: "normal", loadBalancer: { bandwidth: 500 } });
    expect(status.fronts).toEqual([front("ps-0", "b2-7", "10.10.1.10"), front("ps-1", "b2-7", "10.10.1.11")]);
    expect(await serverIds()).toEqual(ids);
  });

  it.each([
    ["season", ["season"]],
    ["review", ["season", "--review"]],
    ["state-list", ["state", "list"]],
  ])("%s", async (name, args) => {
    await shows(name, args);
  });
});

describe("destroyed", () => {
  it("with its data only when asked to", async () => {
    const before = await project.journalEnd();
    const refused = await shows("destroy-refused", ["destroy", "--yes"], 3);
    for (const data of ["mysql", "postgresql", "odoo-data", "images", "copies"]) expect(refused.stderr).toContain(data);
    expect(refused.stderr).toContain("lor-infra destroy --with-data");
    expect(changesOf(await project.cloud.journal({ after: before }))).toEqual([]);
  });

  it("then nothing is left", async () => {
    const done = await shows("destroy", ["destroy", "--with-data", "--yes"]);
    expect(done.stdout).toMatch(/Data that will be lost for ever:\n(.*\n)*.*mysql/);
    expect(await json(["status"])).toMatchObject({ exists: false, fronts: [] });
    expect(await json(["cloud", "status"])).toMatchObject({
      status: { resources: { servers: 0, loadBalancers: 0, databases: 0, buckets: 0 }, trafficProblems: [] },
    });
    expect(await leftovers()).toEqual([]);
  });

  it("no committed file has changed but the one that this test edits; a plan and a review are new", () => {
    const { "Pulumi.yaml": _, ...rest } = committed;
    expect(project.committed()).toMatchObject(rest);
  });
});

/** Customers of the shop's load balancer while a command runs, and what the command changed in the cloud. */
async function whileCustomersVisit(command: () => Promise<RunOfBoth>) {
  const report = await cloudStatus(project.home);
  if (!report.running) throw new Error("the local cloud has ended");
  const { addresses } = await json<StatusDocument>(["status"]);
  const place = loopback(addresses.loadBalancer.private, 80, report.trafficPortOffset);
  const before = await project.journalEnd();
  const watch = new RequestWatch({ ...place, domain: "www.lor.example", clients: 2, pauseMs: 25, timeoutMs: 60_000 });
  await command().finally(() => watch.stop());
  return { journal: await project.cloud.journal({ after: before }), requests: await watch.stop() };
}

function changesOf(journal: readonly JournalEntry[]): readonly JournalEntry[] {
  return journal.filter(({ operation }) => ["create", "update", "delete"].includes(operation));
}

/** Changes of servers, and of the weights in the pool: 0 before a front is touched, 1 when it is well again. */
async function switching(journal: readonly JournalEntry[]): Promise<readonly string[]> {
  const members = await project.cloud.journal({ type: "openstack:loadbalancer/member:Member", operation: "create" });
  const nameOf = new Map(members.map(({ id, name }) => [id?.split("/").at(-1), name]));
  return journal.flatMap((entry) => {
    const short = (name: string | undefined) => name?.replace("lor-prod-", "");
    if (changesOf([entry]).length > 0 && isServer(entry)) return [`${entry.operation} ${short(entry.name)}`];
    return /^PUT .*\/members\//.test(entry.name ?? "") ? [`weigh ${short(nameOf.get(entry.id))}`] : [];
  });
}

function isServer({ type }: JournalEntry): boolean {
  return type === "openstack:compute/instance:Instance";
}

/** No two changes of servers overlap in the cloud's time. */
function expectOneAtATime(journal: readonly JournalEntry[]): void {
  const spans = changesOf(journal)
    .filter(isServer)
    .map(({ at, duration }) => ({ from: at, to: at + (duration ?? Infinity) }));
  for (const [index, { to }] of spans.entries()) {
    const next = spans[index + 1];
    if (next !== undefined) expect(next.from).toBeGreaterThanOrEqual(to);
  }
}

async function serverIds(): Promise<Readonly<Record<string, string>>> {
  const { compute } = await project.clients();
  return Object.fromEntries((await compute.findServers("lor-prod-")).map(({ name, id }) => [name, id]));
}

/** Resources that were created, and neither deleted nor gone with what they belonged to. */
async function leftovers(): Promise<readonly string[]> {
  const journal = await project.cloud.journal();
  const of = (wanted: string) => journal.filter(({ operation, id }) => operation === wanted && id !== undefined);
  const deleted = new Set(of("delete").map(({ type, id }) => `${type} ${id}`));
  const created = of("create");
  if (created.length < 70) throw new Error(`only ${created.length} creations are in the journal`);
  return created.filter(({ type, id }) => !deleted.has(`${type} ${id}`)).map(({ type, name }) => `${type} ${name}`);
}
