import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { cloudStatus } from "../../src/actions/cloud/cloud-status.ts";
import { RequestWatch } from "../../src/actions/demo/watch-requests.ts";
import type { JournalEntry } from "../../src/local-cloud/kernel/journal.ts";
import { loopback } from "../../src/local-cloud/traffic/address.ts";
import { TestProject } from "./project.ts";

/** The whole year of the shop as a person types it: up, rush, normal, destroy. Each test goes on where the one before ended. */
const project = new TestProject();
const committed = project.committed();
let ids: Readonly<Record<string, string>>;

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

beforeAll(async () => {
  const up = await project.run(["up", "--yes"]);
  expect(up, up.stderr).toMatchObject({ code: 0 });
  expect(up.stdout).toContain("210.30956 EUR");
  ids = await serverIds();
}, 180_000);
afterAll(() => project.dispose());

it("says what runs and where", async () => {
  const status = await project.json<StatusDocument>(["status"]);
  expect(status).toMatchObject({ version: 1, cloud: "local", profile: "normal", loadBalancer: { bandwidth: 500 } });
  expect(status.fronts).toEqual([front("ps-0", "b2-7", "10.10.1.10"), front("ps-1", "b2-7", "10.10.1.11")]);
});

it("finds nothing that differs, and a second `up` changes nothing", async () => {
  const preview = await project.run(["preview", "--detect"]);
  expect(preview).toMatchObject({ code: 0, stderr: "" });
  expect(preview.stdout).toContain("Nothing differs from normal.");
  const before = await project.journalEnd();
  const up = await project.json<{ readonly changes: readonly unknown[] }>(["up"]);
  expect(up.changes).toEqual([]);
  expect(changesOf(await project.cloud.journal({ after: before }))).toEqual([]);
});

const plan = join(project.home, "rush-plan.json");

it("saves a plan that says every step and its calls, and changes nothing", async () => {
  const before = await project.journalEnd();
  const made = await project.run(["rush", "--plan", plan]);
  expect(made, made.stderr).toMatchObject({ code: 0 });
  expect(made.stdout).toContain("engine: update openstack:compute/instance:Instance ps-0");
  expect(made.stdout).toContain(`lor-infra rush --plan ${plan} applies it`);
  expect(changesOf(await project.cloud.journal({ after: before }))).toEqual([]);
  const wrong = await project.run(["normal", "--plan", plan, "--yes"]);
  expect(wrong).toMatchObject({ code: 2, stderr: expect.stringContaining("[plan-of-another-switch]") });
});

it("goes into rush by that plan: one front at a time, the extra one first, no server replaced, no request lost", async () => {
  const { journal, requests } = await whileCustomersVisit(async () => {
    const rush = await project.run(["rush", "--plan", plan, "--yes"]);
    expect(rush.stdout).toContain("Ready: 3 of 3 fronts serve, 12 cores and 45 GB in all; load balancer 2000 Mbit/s.");
    return rush;
  });
  expect(requests).toMatchObject({ lost: 0, reasons: {} });
  expect(requests.sent).toBeGreaterThan(50);
  expect(await switching(journal)).toEqual([
    ...["create ps-2", "weigh ps-2"],
    ...["weigh ps-0", "update ps-0", "weigh ps-0"],
    ...["weigh ps-1", "update ps-1", "weigh ps-1"],
  ]);
  expectOneAtATime(journal);
  const status = await project.json<StatusDocument>(["status"]);
  expect(status).toMatchObject({ profile: "rush", loadBalancer: { bandwidth: 2000 } });
  expect(status.fronts).toEqual([
    front("ps-0", "b2-15", "10.10.1.10"),
    front("ps-1", "b2-15", "10.10.1.11"),
    front("ps-2", "b2-15", "10.10.1.12"),
  ]);
  expect(await serverIds()).toMatchObject(ids);
}, 240_000);

it("comes back to normal: the extra front last, no server replaced, no request lost", async () => {
  const { journal, requests } = await whileCustomersVisit(() => project.run(["normal", "--yes"]));
  expect(requests).toMatchObject({ lost: 0, reasons: {} });
  expect(requests.sent).toBeGreaterThan(50);
  expect(await switching(journal)).toEqual([
    ...["weigh ps-0", "update ps-0", "weigh ps-0"],
    ...["weigh ps-1", "update ps-1", "weigh ps-1"],
    ...["weigh ps-2", "delete ps-2"],
  ]);
  expectOneAtATime(journal);
  const status = await project.json<StatusDocument>(["status"]);
  expect(status).toMatchObject({ profile: "normal", loadBalancer: { bandwidth: 500 } });
  expect(status.fronts).toEqual([front("ps-0", "b2-7", "10.10.1.10"), front("ps-1", "b2-7", "10.10.1.11")]);
  expect(await serverIds()).toEqual(ids);
}, 240_000);

it("is destroyed with its data only when asked to, and then nothing is left", async () => {
  const before = await project.journalEnd();
  const refused = await project.run(["destroy", "--yes"]);
  expect(refused.code).toBe(3);
  for (const data of ["mysql", "postgresql", "odoo-data", "images", "copies"]) expect(refused.stderr).toContain(data);
  expect(refused.stderr).toContain("lor-infra destroy --with-data");
  expect(changesOf(await project.cloud.journal({ after: before }))).toEqual([]);

  const done = await project.run(["destroy", "--with-data", "--yes"]);
  expect(done, done.stderr).toMatchObject({ code: 0 });
  expect(done.stdout).toMatch(/Data that will be lost for ever:\n(.*\n)*.*mysql/);
  expect(await project.json(["status"])).toMatchObject({ exists: false, fronts: [] });
  expect(await project.json(["cloud", "status"])).toMatchObject({
    status: { resources: { servers: 0, loadBalancers: 0, databases: 0, buckets: 0 }, trafficProblems: [] },
  });
  expect(await leftovers()).toEqual([]);
});

it("has changed no committed file", () => {
  expect(project.committed()).toEqual(committed);
});

/** Customers of the shop's load balancer while a command runs, and what the command changed in the cloud. */
async function whileCustomersVisit(command: () => ReturnType<TestProject["run"]>) {
  const report = await cloudStatus(project.home);
  if (!report.running) throw new Error("the local cloud has ended");
  const { addresses } = await project.json<StatusDocument>(["status"]);
  const place = loopback(addresses.loadBalancer.private, 80, report.trafficPortOffset);
  const before = await project.journalEnd();
  const watch = new RequestWatch({ ...place, domain: "www.lor.example" });
  const run = await command().finally(() => watch.stop());
  expect(run, run.stderr).toMatchObject({ code: 0 });
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
