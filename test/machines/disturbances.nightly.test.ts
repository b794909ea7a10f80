import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";
import { fetchNow, healthOf, page, ShopLab, statusOf } from "./shop-lab.ts";

const mark = "/run/before-the-reboot";

/** Carries out what reboots a machine, and waits until it is up again. */
async function rebootBy(machine: Machine, change: () => Promise<void>): Promise<void> {
  // A reboot empties /run.
  await machine.run(["touch", mark]);
  await change();
  await waitFor(`the reboot of ${machine.name}`, async () => {
    const marked = await machine.try(["test", "-e", mark]).catch(() => undefined);
    if (marked?.code !== 1) return undefined;
    const { stdout } = await machine.try(["systemctl", "is-system-running"]);
    return ["running", "degraded"].includes(stdout.trim()) ? true : undefined;
  });
}

describe.skipIf(obstacle !== undefined)("machines under disturbances", () => {
  let lab: Lab;
  let shop: ShopLab;
  let first: Machine;
  let second: Machine;

  beforeAll(async () => {
    lab = await openLab();
    shop = await ShopLab.open(lab);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  const install = async (machine: Machine) =>
    JSON.parse((await machine.try(["lor-app", "install", "--email", "first@lor.example"])).stdout) as {
      readonly installed: boolean;
      readonly already: boolean;
    };

  it("two fronts that boot and are installed at the same instant are one shop", async () => {
    [first, second] = await Promise.all([shop.boot("ps-0"), shop.boot("ps-1")]);
    const both = [first, second];
    await Promise.all(both.map((machine) => statusOf(machine, "applied")));
    const results = await Promise.all(both.map(install));
    expect(results.map(({ installed }) => installed)).toEqual([true, true]);
    expect(results.filter(({ already }) => !already)).toHaveLength(1);
    for (const machine of both) {
      await healthOf(lab, machine);
      expect((await page(machine, "/")).status).toBe(200);
    }
  });

  it("a front serves again after a reboot, also while the metadata service and its document are away", async () => {
    lab.machines.services.metadata.answers = false;
    shop.removeDocument("ps-0");
    await rebootBy(first, () => shop.step(() => lab.cloud.nova.servers.reboot(shop.serverId("ps-0"))));
    await healthOf(lab, first);
    expect((await page(first, "/")).status).toBe(200);
    lab.machines.services.metadata.answers = true;
    shop.publish("ps-0");
  });

  it("a front that becomes larger has more PHP children", async () => {
    const children = async () =>
      Number(/max_children = (\d+)/.exec((await first.read("/etc/php/8.2/fpm/pool.d/lor-tuning.conf")) ?? "")?.[1]);
    const before = await children();
    const { servers } = lab.cloud.nova;
    await rebootBy(first, async () => {
      await shop.step(() => servers.resize(shop.serverId("ps-0"), { flavorName: "b2-15-flex" }));
      await shop.step(() => servers.confirmResize(shop.serverId("ps-0")));
    });
    await healthOf(lab, first);
    expect(await children()).toBeGreaterThan(before);
    expect(await first.run(["sh", "-c", "php-fpm8.2 -tt 2>&1"])).toContain(`pm.max_children = ${await children()}`);
  });

  it.each([
    ["is no JSON", () => "{"],
    ["is another machine's", () => JSON.stringify({ version: 1, name: "ps-9", role: "prestashop", files: [] })],
    ["has a version of tomorrow", () => JSON.stringify({ version: 2 })],
  ])("a document that %s changes nothing on a front that serves", async (_what, broken) => {
    const before = await second.read("/var/lib/lor/status.json");
    shop.putDocument("ps-1", broken());
    await fetchNow(second);
    expect(await second.read("/var/lib/lor/status.json")).toBe(before);
    expect((await page(second, "/")).status).toBe(200);
    shop.publish("ps-1");
  });
});
