import { afterAll, beforeAll, expect, test } from "vitest";
import { nothing } from "../cloud.ts";
import { criticalPath } from "./critical-path.ts";
import { PoolWatch } from "./pool-watch.ts";
import { overlapping, resizesSince } from "./resize-records.ts";
import { minute, normalFronts, Shop } from "./shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.open("shop");
});

afterAll(async () => {
  // After a failure too: the next run counts from zero.
  await shop?.run("destroy", "--yes", "--with-data", "--in-freeze");
  await shop?.close();
}, 10 * minute);

/**
 * The health that the commands wait for is Octavia's operating status, made by its own health manager from reports. No guest runs here, so the reports
 * are lab/octavia/machines/heartbeats.py's: a front answers when Nova says that its server runs and is not being worked on.
 */
test("a shop comes up, goes into rush and back one front at a time by OpenStack's own records, and nothing is left of it", {
  timeout: 40 * minute,
}, async () => {
  const up = await shop.json<{ seconds: number }>("up", "--yes", "--in-freeze");
  console.log(`  up: ${up.seconds.toFixed(1)} s`);
  const small = await shop.servers();
  const counts = await shop.cloud.count();
  expect(counts).toMatchObject({ servers: 3, volumes: 3, loadBalancers: 1, networks: 5 });

  const rush = await switchTo("rush");
  const large = await shop.servers();
  const [extra = "none", ...others] = Object.keys(large).filter((name) => small[name] === undefined);
  expect(others).toEqual([]);
  const fronts = rush.resizes.map((one) => one.server);
  expect(fronts).toHaveLength(normalFronts);
  expect(large).toEqual({
    ...small,
    ...Object.fromEntries(fronts.map((name) => [name, { ...small[name], flavor: "b2-15-flex" }])),
    [extra]: { ...large[extra], flavor: "b2-15-flex" },
  });
  // It serves before any other front is touched.
  expect(rush.watch.inPoolFrom(extra, rush.began)).toBeLessThan(rush.resizes[0]?.from ?? 0);
  const created = await shop.cloud.serverActions(large[extra]?.id ?? "");
  const [port] = await shop.cloud.admin.list("neutron", "port", `?name=${extra}`);
  const path = criticalPath({ ...rush, extra, portMade: new Date(String(port?.created_at)), created });
  const limit = 1.15 * path.total + 2 * rush.engineRuns;
  console.log(
    `  rush: ${rush.seconds.toFixed(1)} s; its critical path ${path.total.toFixed(1)} s (extra front ${path.extraFront.toFixed(1)}, resizes ${path.resizes.toFixed(1)}, health ${path.health.toFixed(1)}, pool ${path.pool.toFixed(1)}, waits ${path.waits.toFixed(1)}), ${rush.engineRuns} engine runs; 1.15 of it and 2 s a run: ${limit.toFixed(1)} s`,
  );

  const back = await switchTo("normal", "--early");
  expect(await shop.servers()).toEqual(small);
  expect(back.resizes.map((one) => one.server).sort()).toEqual([...fronts].sort());
  console.log(`  normal: ${back.seconds.toFixed(1)} s, ${back.engineRuns} engine runs`);
  expect(await shop.cloud.count()).toEqual(counts);

  const destroyed = await shop.json<{ seconds: number }>("destroy", "--yes", "--with-data", "--in-freeze");
  console.log(`  destroy: ${destroyed.seconds.toFixed(1)} s`);
  expect(await shop.cloud.count()).toEqual(nothing);
});

/** Runs a switch, and holds its order against what Nova recorded and what was seen of the pool. */
async function switchTo(command: "rush" | "normal", ...options: readonly string[]) {
  const watch = new PoolWatch(shop.cloud.admin, shop.cloud.projectId);
  const began = Date.now();
  const runsBefore = shop.engineRuns;
  let seconds: number;
  try {
    ({ seconds } = await shop.json<{ seconds: number }>(command, "--yes", "--in-freeze", ...options));
  } finally {
    await watch.stop();
  }
  const resizes = await resizesSince(shop.cloud, await shop.servers(), began);
  expect(watch.looks).toBeGreaterThan(10);
  expect(watch.fewestServing).toBeGreaterThanOrEqual(normalFronts);
  expect(overlapping(resizes)).toEqual([]);
  for (const { server, from, to } of resizes) {
    // Nova writes whole seconds, rounded down: what lies in the first one may have been before.
    expect(watch.servedBetween(server, from + 1000, to)).toBe(0);
    expect(watch.inPoolFrom(server, to)).toBeDefined();
  }
  return { began, seconds, watch, resizes, engineRuns: shop.engineRuns - runsBefore };
}
