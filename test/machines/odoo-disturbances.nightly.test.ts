import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { erpRelease } from "../../src/local-cloud/machines/applications/erp-release.ts";
import type { Machine } from "../../src/local-cloud/machines/machine.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";
import {
  app,
  emptyDisk,
  fetchNow,
  fillDisk,
  healthOf,
  holdersOf,
  plantedMark,
  ShopLab,
  shownBy,
  statusOf,
} from "./shop-lab.ts";

const lost = /has none of the \d+ files that the database names/;
const address = "http://127.0.0.1:8069";

describe.skipIf(obstacle !== undefined)("an Odoo server under disturbances", () => {
  let lab: Lab;
  let shop: ShopLab;
  let machine: Machine;
  const ask = (path: string, text = "") => machine.try(["python3", "-c", askOdoo, `${address}${path}`, text]);
  const store = (text: string) => ask("/invoice", text);
  const serves = async () => (await ask("/web/login")).code === 0;
  const files = () => machine.run(["sh", "-c", "find /srv/lor/odoo/filestore -type f 2>/dev/null | wc -l"]);

  beforeAll(async () => {
    lab = await openLab();
    shop = await ShopLab.open(lab);
    machine = await shop.boot("odoo");
    await statusOf(machine, "applied");
    expect(await app(machine, "install", "--email", "first@lor.example")).toMatchObject({ installed: true });
    await healthOf(lab, machine);
    for (const text of ["invoice 1", "invoice 2"]) expect(await store(text)).toMatchObject({ code: 0 });
    await machine.run(["systemctl", "start", "lor-filestore-copy.service"]);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it("shows no secret to anybody who has no business with it", async () => {
    const { password } = shop.documentOf("odoo").database;
    expect(await holdersOf(machine, [plantedMark, password])).toEqual([
      "/etc/lor/odoo-first-password",
      "/etc/lor/odoo.conf",
      "/etc/lor/postgresql.pass",
    ]);
    const modes = await machine.run([
      "sh",
      "-c",
      "stat -c '%a %U:%G' /etc/lor/odoo-first-password /etc/lor/odoo.conf /etc/lor/postgresql.pass",
    ]);
    expect(modes).toBe("600 root:root\n640 root:odoo\n600 odoo:odoo\n");
    const shown = await shownBy(machine);
    for (const secret of [plantedMark, password]) expect(shown).not.toContain(secret);
  });

  it("does not serve without its volume, and is itself again with it", async () => {
    await shop.exchangeVolume("odoo", undefined);
    await statusOf(machine, "waiting", /no volume labelled lor-data/);
    expect(await serves()).toBe(false);
    expect((await app(machine, "status")).health).toMatch(lost);
    await shop.exchangeVolume("odoo", shop.volumeId("odoo"));
    await healthOf(lab, machine);
    expect(await files()).toBe("2\n");
  });

  it("never serves on an empty volume as if there had been no files; they come back from the copies", async () => {
    await shop.exchangeVolume("odoo", await shop.emptyVolume("fresh"));
    const { message } = await statusOf(machine, "waiting", lost);
    expect(await serves()).toBe(false);
    const { health, reasons } = await app(machine, "status");
    expect(health).toMatch(lost);
    expect(reasons?.state).toMatch(lost);
    const [command = ""] = /runuser .+? copies:objects [^ ]+?(?=\. To go on)/.exec(message) ?? [];
    // The copy must not say that it has a complete set, either.
    expect((await machine.try(["systemctl", "start", "lor-filestore-copy.service"])).code).not.toBe(0);
    await machine.run(["sh", "-c", command]);
    await statusOf(machine, "applied");
    await healthOf(lab, machine);
    expect(await files()).toBe("2\n");
    expect(await machine.run(["systemctl", "start", "lor-filestore-copy.service"])).toBe("");
  });

  it("does not start on a filestore that was emptied, and goes on when a person says so", async () => {
    await machine.run(["sh", "-c", "rm -r /srv/lor/odoo/filestore/odoo"]);
    await machine.try(["systemctl", "restart", "--no-block", "lor-odoo.service"]);
    await waitFor("the reason", async () =>
      lost.test(String((await app(machine, "status")).health)) ? true : undefined,
    );
    expect(await serves()).toBe(false);
    await machine.run(["touch", "/srv/lor/odoo/go-on-without-files"]);
    await healthOf(lab, machine);
    expect(await store("invoice 3")).toMatchObject({ code: 0 });
  });

  it("serves while its volume is full, takes no new release, leaves nothing of it, and heals by itself", async () => {
    const before = shop.documentOf("odoo").release;
    const release = shop.release("odoo-later.deb", "16.0.20241101", erpRelease("16.0.20241101"));
    await fillDisk(machine, "/srv");
    shop.publish("odoo", { release });
    await fetchNow(machine);
    await statusOf(machine, "waiting", /No space left on device/);
    expect(await machine.run(["sh", "-c", "ls /srv/lor/downloads; ls /srv/lor/releases"])).toBe(
      `${before.version}-${before.sha256.slice(0, 12)}\n`,
    );
    expect(await serves()).toBe(true);
    expect((await store("an invoice too many")).code).not.toBe(0);
    expect((await app(machine, "status")).reasons).toMatchObject({
      disk: expect.stringContaining("is free on /srv") as string,
    });
    await emptyDisk(machine, "/srv");
    expect(await statusOf(machine, "applied")).toMatchObject({ wantedRelease: "16.0.20241101" });
    await healthOf(lab, machine);
    expect(await store("invoice 4")).toMatchObject({ code: 0 });
  });
});

/** Asks for an address, or sends a text to it; ends with 0 when the answer is good. */
const askOdoo = `
import sys, urllib.request
address, text = sys.argv[1:]
urllib.request.urlopen(address, text.encode() or None, timeout=30).read()
`;
