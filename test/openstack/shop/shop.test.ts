import { afterAll, beforeAll, expect, test } from "vitest";
import { nothing } from "../cloud.ts";
import { Shop } from "./shop.ts";

let shop: Shop;

beforeAll(async () => {
  shop = await Shop.open("shop");
});

afterAll(async () => {
  // After a failure too: the next run counts from zero.
  await shop?.run("destroy", "--yes", "--with-data");
  await shop?.close();
});

/**
 * The health that `up` waits for is Octavia's operating status, made by its own health manager from reports. No guest runs here, so the reports are
 * lab/octavia/machines/heartbeats.py's: a front answers when Nova says that its server runs and is not being worked on.
 */
test("a shop comes up and goes by the commands of a real stack, and nothing is left of it", async () => {
  const up = await shop.json<{ seconds: number }>("up", "--yes");
  console.log(`  up: ${up.seconds.toFixed(1)} s`);
  expect(await shop.cloud.count()).toMatchObject({ servers: 3, volumes: 3, loadBalancers: 1, networks: 5 });

  const destroyed = await shop.json<{ seconds: number }>("destroy", "--yes", "--with-data");
  console.log(`  destroy: ${destroyed.seconds.toFixed(1)} s`);
  expect(await shop.cloud.count()).toEqual(nothing);
});
