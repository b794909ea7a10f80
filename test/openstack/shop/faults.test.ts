import { writeFileSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import type { Run } from "../../e2e/project.ts";
import { type Counts, nothing } from "../cloud.ts";
import { Daemons } from "../lab/daemons.ts";
import { address, Place } from "../lab/place.ts";
import { answers, waitUntil } from "../lab/wait.ts";
import { serveApi } from "../lab/wsgi.ts";
import { PoolWatch } from "./pool-watch.ts";
import { minute, normalFronts, Shop, type ShopServer } from "./shop.ts";

const up = ["up", "--yes", "--in-freeze"] as const;
const rush = ["rush", "--yes", "--in-freeze"] as const;
const normal = ["normal", "--yes", "--in-freeze", "--early"] as const;
const destroy = ["destroy", "--yes", "--in-freeze", "--with-data"] as const;

const place = Place.fromEnvironment();
const daemons = new Daemons(place);

let shop: Shop;
/** Of the shop in normal. */
let counts: Counts;
let servers: Readonly<Record<string, ShopServer>>;
let watch: PoolWatch;

beforeAll(async () => {
  shop = await Shop.open("faults");
});

afterAll(async () => {
  // After a failure too: the next run counts from zero.
  await shop?.run(...destroy);
  await shop?.close();
}, 10 * minute);

/** Each goes on from where the one before ended. */
let broken = false;

beforeEach(({ skip, onTestFailed }) => {
  if (broken) skip("a test before it has failed");
  onTestFailed(() => {
    broken = true;
  });
  watch = new PoolWatch(shop.cloud.admin, shop.cloud.projectId);
});

afterEach(() => watch.stop());

test("up, killed while load balancer and servers are created, and while the last front is, makes each thing once", {
  timeout: 30 * minute,
}, async () => {
  await shop.kill("engine", up, async () => {
    const { loadBalancers } = await shop.cloud.everything();
    const pending = loadBalancers.some((one) => one.provisioning_status === "PENDING_CREATE");
    return pending && (await states()).includes("starting");
  });
  // Fronts are made one after the other.
  await shop.kill("everything", up, async () => (await shop.servers())["shop-prod-ps-1"]?.state === "starting");
  await shop.json(...up);
  counts = await shop.cloud.count();
  servers = await shop.servers();
  expect(counts).toMatchObject({ servers: 3, volumes: 3, loadBalancers: 1, networks: 5 });
});

test("rush, killed in a resize, before its confirmation and before the front is back, ends as if undisturbed", {
  timeout: 30 * minute,
}, async () => {
  await shop.kill("engine", rush, async () => (await states()).includes("changing"));
  await shop.kill("everything", rush, async () => (await states()).includes("awaiting-confirmation"));
  await shop.kill("everything", rush, async () =>
    Object.entries(await largeFronts()).some(([name, { state }]) => state === "active" && watch.weightOf(name) === 0),
  );
  await shop.json(...rush);
  await expectRush();
});

test("normal, with Nova's API stopped in a resize: an error that names it, and the same command ends it when Nova is back", {
  timeout: 20 * minute,
}, async () => {
  const run = await withoutService("nova", normal);
  expect(run.stderr).toMatch(/[Nn]ova|compute/);
  await shop.json(...normal);
  await expectNormal();
});

test("rush, with Octavia's API stopped in a resize: an error that names it, and the same command ends it when Octavia is back", {
  timeout: 20 * minute,
}, async () => {
  const run = await withoutService("octavia", rush);
  expect(run.stderr).toMatch(/[Oo]ctavia|load.balancer/);
  await shop.json(...rush);
  await expectRush();
});

test("a resize that leaves its server in ERROR: the shop serves on the others, and the same command brings the front back, as it was", {
  timeout: 20 * minute,
}, async () => {
  writeFileSync(place.data("nova/fail-next-resize"), "");
  const run = await shop.run(...normal);
  expect([run.code, run.stderr]).toEqual([1, expect.stringContaining("resize-front-failed")]);
  expect(run.stderr).toContain("lor-infra normal");
  expect(await states()).toContain("failed");
  await shop.json(...normal);
  await expectNormal();
});

test("destroy leaves nothing", { timeout: 10 * minute }, async () => {
  await shop.json(...destroy);
  expect(await shop.cloud.count()).toEqual(nothing);
});

/** Runs a switch; as soon as a front is being resized, the service's API is stopped until the command has ended. */
async function withoutService(name: "nova" | "octavia", command: readonly [string, ...string[]]): Promise<Run> {
  const running = shop.run(...command);
  let over: Run | undefined;
  void running.then((run) => {
    over = run;
  });
  await waitUntil({ what: "a front is being resized" }, async () => {
    if (over !== undefined) throw new Error(`${command.join(" ")} ended with ${over.code} before:\n${over.stderr}`);
    return (await states()).includes("changing");
  });
  await daemons.stopOne(name);
  try {
    const run = await running;
    expect(run.code).toBe(1);
    return run;
  } finally {
    serveApi({ place, daemons }, name);
    await waitUntil({ what: `${name} answers` }, () => answers(`${address(name)}/`));
  }
}

async function states(): Promise<readonly string[]> {
  return Object.values(await shop.servers()).map((one) => one.state);
}

async function largeFronts(): Promise<Readonly<Record<string, ShopServer>>> {
  const fronts = Object.entries(await shop.servers()).filter(([name]) => /-ps-\d+$/.test(name));
  return Object.fromEntries(fronts.filter(([, { flavor }]) => flavor === "b2-15-flex"));
}

/** Every front is large, those of normal with their ids and addresses; nothing is there twice, and enough served at every look. */
async function expectRush(): Promise<void> {
  const now = await shop.servers();
  const large = await largeFronts();
  expect(Object.keys(large)).toHaveLength(normalFronts + 1);
  const small = Object.entries(now).map(([name, server]) => [name, { ...server, flavor: servers[name]?.flavor }]);
  expect(Object.fromEntries(small)).toMatchObject(servers);
  expect(Object.values(now).every((one) => one.state === "active")).toBe(true);
  const { servers: three, ports, volumes } = counts;
  expect(await shop.cloud.count()).toEqual({ ...counts, servers: three + 1, ports: ports + 1, volumes: volumes + 1 });
  expectServed();
}

/** The servers of before, and nothing else. */
async function expectNormal(): Promise<void> {
  expect(await shop.servers()).toEqual(servers);
  expect(await shop.cloud.count()).toEqual(counts);
  expectServed();
}

function expectServed(): void {
  expect(watch.looks).toBeGreaterThan(10);
  expect(watch.fewestServing).toBeGreaterThanOrEqual(normalFronts);
}
