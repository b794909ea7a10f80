import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { shopRelease } from "../../src/local-cloud/machines/applications/shop-release.ts";
import { type Lab, obstacle, openLab, waitFor } from "./lab.ts";
import { app, fetchNow, ShopLab, statusOf } from "./shop-lab.ts";

describe.skipIf(obstacle !== undefined)("a front that boots for the first time", () => {
  let lab: Lab;
  let shop: ShopLab;

  beforeAll(async () => {
    lab = await openLab();
    shop = await ShopLab.open(lab);
  });

  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  it("is nobody without the metadata service, and becomes a front at its next boot", async () => {
    const { metadata } = lab.machines.services;
    metadata.answers = false;
    const machine = await shop.boot("ps-0");
    await waitFor("the end of its first boot", async () => {
      const done = await machine.try(["test", "-e", "/run/cloud-init/result.json"]).catch(() => undefined);
      return done?.code === 0 ? true : undefined;
    });
    expect(await machine.read("/etc/lor/identity.json")).toBeUndefined();
    // What an operator sees of it: nothing listens.
    expect(lab.machines.report()[0]?.problem).toContain("its web server refuses connections");
    metadata.answers = true;
    await shop.step(() => lab.cloud.nova.servers.reboot(shop.serverId("ps-0")));
    await statusOf(machine, "applied");
    await shop.step(() => lab.cloud.nova.servers.stop(shop.serverId("ps-0")));
  });

  it("asks for its document until it is there", async () => {
    const machine = await shop.boot("ps-1", "b2-7-flex", "absent");
    const tries = async () =>
      ((await machine.try(["journalctl", "-u", "lor-fetch", "--no-pager"])).stdout.match(
        /lor-fetch: no new document: HTTPError 404/g,
      )?.length ?? 0) as number;
    await waitFor("three tries", async () => ((await tries().catch(() => 0)) >= 3 ? true : undefined));
    expect(await machine.read("/var/lib/lor/status.json")).toBeUndefined();
    shop.publish("ps-1");
    await statusOf(machine, "applied");
    await shop.step(() => lab.cloud.nova.servers.stop(shop.serverId("ps-1")));
  });

  it("refuses a release with another checksum, and takes the document that names the right one", async () => {
    const release = shop.release("changed.zip", "9.1.0", shopRelease("9.1.0", { "index.php": "<?php // another" }));
    const wanted = shop.documentOf("ps-2").release;
    shop.publish("ps-2", { release: { ...release, sha256: wanted.sha256 } });
    const machine = await shop.boot("ps-2");
    const { message } = await statusOf(machine, "failed");
    expect(message).toContain(`wanted ${wanted.sha256}, seen ${release.sha256}`);
    expect(await app(machine, "status")).toMatchObject({
      release: null,
      health: "no release is in place",
      reasons: { state: message },
    });
    const install = await app(machine, "install", "--email", "first@lor.example");
    expect(install.reason).toBe("no release is in place yet: lor-app status says why");
    expect(machine.console()).toContain("has another checksum");
    shop.publish("ps-2", { release: wanted });
    await fetchNow(machine);
    await statusOf(machine, "applied");
  });
});
