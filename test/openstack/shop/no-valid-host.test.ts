import { afterAll, beforeAll, expect, test } from "vitest";
import { switchProfile } from "../../../src/actions/rush/switch-profile.ts";
import { up } from "../../../src/actions/up/up.ts";
import type { LorPlan } from "../../../src/systems/lor/plan-model.ts";
import { waitUntil } from "../lab/wait.ts";
import { PoolWatch } from "./pool-watch.ts";
import { minute, normalFronts, Shop } from "./shop.ts";

const confirm = () => Promise.resolve(true);

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.open("strict");
});

afterAll(async () => {
  // After a failure too: the next run counts from zero.
  await shop?.run("destroy", "--yes", "--in-freeze", "--with-data");
  await shop?.close();
}, 10 * minute);

/** Never two fronts on one host, as no shop has it: then a front may be resized only where it is, and nowhere when its host takes nothing new. */
function strictly(plan: LorPlan): LorPlan {
  return { ...plan, shop: { ...plan.shop, groupPolicy: "anti-affinity" } };
}

test("a resize that finds no valid host leaves the shop serving, and the same command ends it when there is one", {
  timeout: 30 * minute,
}, async () => {
  await shop.withPlan("up", strictly, (context) => up(context, { confirm }));
  const small = await shop.servers();
  const watch = new PoolWatch(shop.cloud.admin, shop.cloud.projectId);
  const rush = () => shop.withPlan("rush", strictly, (context) => switchProfile(context, { target: "rush", confirm }));

  const failing = rush().catch((error: unknown) => error);
  const drained = () => Object.keys(small).find((name) => watch.weightOf(name) === 0);
  await waitUntil({ what: "a front is out of the pool", pauseMilliseconds: 50 }, () =>
    Promise.resolve(drained() !== undefined),
  );
  const name = drained() ?? "";
  const id = small[name]?.id ?? "";
  const [host] = await shop.cloud.hosts(id);
  await shop.cloud.allowHost(host, false);
  try {
    expect(await failing).toMatchObject({ code: "resize-front-failed", next: "lor-infra status, then lor-infra rush" });
  } finally {
    await shop.cloud.allowHost(host, true);
  }
  const actions = await shop.cloud.serverActions(id);
  console.log(`  Nova: ${actions.map((one) => one.action).join(", ")}; then ${(await shop.servers())[name]?.state}`);
  expect(actions.map((one) => one.action)).not.toContain("confirmResize");

  await rush();
  await watch.stop();
  const large = await shop.servers();
  expect(large[name]).toEqual({ ...small[name], flavor: "b2-15-flex" });
  const fronts = Object.entries(large).filter(([server]) => /-ps-\d+$/.test(server));
  expect(fronts.map(([, { flavor }]) => flavor)).toEqual(["b2-15-flex", "b2-15-flex", "b2-15-flex"]);
  expect((await shop.cloud.hosts(...fronts.map(([, { id }]) => id))).size).toBe(3);
  expect(watch.fewestServing).toBeGreaterThanOrEqual(normalFronts);
});
