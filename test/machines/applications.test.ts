import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { type Lab, obstacle, openLab } from "./lab.ts";
import { healthOf, page, ShopLab, statusOf } from "./shop-lab.ts";

describe.skipIf(obstacle !== undefined)("a machine, from user data to a page", () => {
  let lab: Lab;
  let shop: ShopLab;

  beforeAll(async () => {
    lab = await openLab();
    shop = await ShopLab.open(lab);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  const installed = async (machine: Machine) => {
    const { stdout, stderr } = await machine.try(["lor-app", "install", "--email", "first@lor.example"]);
    expect(JSON.parse(stdout || `"${stderr}"`)).toMatchObject({ installed: true });
  };
  it("a front applies its document, is installed, and serves the shop", async () => {
    const front = await shop.boot("ps-0");
    expect(await statusOf(front, "applied")).toMatchObject({ wantedRelease: "9.1.0" });
    await installed(front);
    await healthOf(lab, front);
    expect(await page(front, "/")).toMatchObject({ status: 200 });
    expect((await front.try(["systemctl", "--failed", "--no-legend", "--plain"])).stdout).toBe("");
  });

  it("the Odoo server applies its document, is installed, and serves its login page", async () => {
    const odoo = await shop.boot("odoo");
    expect(await statusOf(odoo, "applied")).toMatchObject({ wantedRelease: "16.0.20241001" });
    await installed(odoo);
    await healthOf(lab, odoo, 60);
    const login =
      "import ssl, urllib.request as u; c = ssl._create_unverified_context(); print(u.urlopen('https://127.0.0.1/web/login', context=c).read().decode())";
    expect(await odoo.run(["python3", "-c", login])).toContain("/web/login");
    expect((await odoo.try(["systemctl", "--failed", "--no-legend", "--plain"])).stdout).toBe("");
  });
});
