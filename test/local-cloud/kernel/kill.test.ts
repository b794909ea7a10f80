import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { openCloud } from "../test-cloud.ts";

const folder = mkdtempSync(join(tmpdir(), "local-cloud-kill-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Runs the child until it has told of `calls` answered calls, then kills it at once. @returns what it told. */
function runAndKill(databasePath: string, calls: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [fileURLToPath(new URL("./kill-child.ts", import.meta.url)), databasePath], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let told = "";
    child.stdout.on("data", (chunk: Buffer) => {
      told += chunk.toString();
      if (told.split("\n").length > calls) {
        child.kill("SIGKILL");
      }
    });
    child.once("error", reject);
    child.once("close", (code, signal) => {
      const lines = told.split("\n").slice(0, -1);
      return signal === "SIGKILL"
        ? resolve(lines)
        : reject(new Error(`the child ended by itself (${code}) after ${lines}`));
    });
  });
}

const scale = 1_000_000;

function reopen(databasePath: string): LocalCloud {
  return createLocalCloud({ databasePath, scale });
}

/** Every taken address has the port that holds it, every port's address is taken, and nothing hangs in the air. */
function expectConsistent(cloud: LocalCloud): void {
  const ports = cloud.neutron.ports.list();
  const held = ports.flatMap(({ id, fixedIps }) =>
    fixedIps.map(({ subnetId, ipAddress }) => `${subnetId} ${ipAddress} ${id}`),
  );
  const taken = cloud.neutron.subnets
    .list()
    .flatMap(({ id }) =>
      cloud.neutron.subnets.addresses(id).map(({ ipAddress, portId }) => `${id} ${ipAddress} ${portId}`),
    );
  expect(held.sort()).toEqual(taken.sort());
  const servers = new Set(cloud.nova.servers.list().map(({ id }) => id));
  for (const port of ports.filter(({ deviceOwner }) => deviceOwner === "compute:nova")) {
    expect(servers).toContain(port.deviceId);
  }
  for (const volume of cloud.cinder.volumes.list()) {
    for (const { serverId } of volume.attachments) {
      expect(servers).toContain(serverId);
    }
  }
}

/** What exists is exactly what accepted creations made and no accepted deletion took. */
function expectJournalTrue(cloud: LocalCloud): void {
  const expected = new Set<string>();
  for (const { operation, name, outcome } of cloud.journal.entries()) {
    if (name !== undefined && (outcome === "ok" || outcome === "accepted")) {
      if (operation === "create") {
        expected.add(name);
      } else if (operation === "delete") {
        expected.delete(name);
        // Subnets go with their network.
        expected.delete(name.replace("network", "subnet"));
      }
    }
  }
  const existing = [
    ...cloud.neutron.networks.list({ region: "GRA11" }),
    ...cloud.neutron.subnets.list(),
    ...cloud.neutron.ports.list(),
    ...cloud.nova.servers.list(),
    ...cloud.cinder.volumes.list(),
  ].map(({ name }) => name);
  const own = existing.filter((name) => /^(network|subnet|port|server|volume)-\d+$/.test(name));
  expect(own.sort()).toEqual([...expected].sort());
}

describe("kill -9 of the cloud", () => {
  // Each number is how many calls were answered when the blow was ordered; where it falls in the work after that is chance.
  it.each([1, 2, 4, 5, 6, 7, 9, 12, 16, 23])(
    "after %i answered calls loses none of them and leaves nothing half made",
    async (calls) => {
      const databasePath = join(folder, `cloud-${calls}.sqlite`);
      const told = await runAndKill(databasePath, calls);
      const cloud = reopen(databasePath);
      try {
        await cloud.waitUntil(() => cloud.store.nextDue() === undefined, { timeoutSeconds: 60 * scale });
        expect(
          cloud.journal.entries({ outcome: "ok" }).length + cloud.journal.entries({ outcome: "accepted" }).length,
        ).toBeGreaterThanOrEqual(told.length);
        expectConsistent(cloud);
        expectJournalTrue(cloud);
      } finally {
        cloud.close();
      }
    },
  );

  it("in the middle of a resize: the next process carries it on to VERIFY_RESIZE", () => {
    const databasePath = join(folder, "resize.sqlite");
    const options = { databasePath, clock: "stepped", scale: 1 } as const;
    const before = createLocalCloud(options);
    const { id } = before.nova.servers.create({
      name: "a",
      flavorName: "b2-7-flex",
      imageName: "Debian 12",
      networks: [],
    });
    before.clock.step(200);
    before.nova.servers.resize(id, { flavorName: "b2-15-flex" });
    before.clock.step(20);
    // No close: a second connection reads what a killed process would have left.
    const after = createLocalCloud(options);
    expect(after.clock.now()).toBe(before.clock.now());
    expect(after.nova.servers.get(id).status).toBe("RESIZE");
    after.clock.step(25);
    expect(after.nova.servers.get(id)).toMatchObject({ status: "VERIFY_RESIZE", flavor: { name: "b2-15-flex" } });
    after.close();
    before.close();
  });

  it("keeps ordered faults, and what a step of the real clock moved", () => {
    const databasePath = join(folder, "faults.sqlite");
    const before = createLocalCloud({ databasePath, wall: () => 1000 });
    before.faults.order({ match: { name: "a" }, effect: { kind: "fail" }, times: 3 });
    before.faults.loseRegion("SBG");
    before.clock.step(3600);
    before.close();
    const after = createLocalCloud({ databasePath, wall: () => 2000 });
    expect(after.faults.list()).toMatchObject([{ match: { name: "a" }, remaining: 3 }]);
    expect(after.faults.isLost("SBG5")).toBe(true);
    expect(after.clock.now()).toBe(2000 + 3_600_000);
    after.close();
  });
});

describe("the clock", () => {
  it("stands still between steps, goes on without a jump, and never goes back", () => {
    let wall = 1_000_000;
    const cloud = openCloud({ wall: () => wall });
    wall += 5000;
    expect(cloud.clock.now()).toBe(1_000_000);
    cloud.clock.step(2.5);
    expect(cloud.clock.now()).toBe(1_002_500);
    cloud.clock.setMode("real");
    expect(cloud.clock.now()).toBe(1_002_500);
    wall += 10;
    expect(cloud.clock.now()).toBe(1_002_510);
    expect(() => cloud.clock.step(-1)).toThrow("cannot go back");
  });

  it("a reset forgets everything, and no id comes back", () => {
    const cloud = openCloud();
    const { id } = cloud.neutron.networks.create({ name: "a" });
    cloud.faults.order({ match: {}, effect: { kind: "fail" } });
    cloud.faults.loseRegion("SBG");
    cloud.reset();
    expect(cloud.journal.entries()).toEqual([]);
    expect(cloud.faults.list()).toEqual([]);
    expect(cloud.faults.lostRegions()).toEqual([]);
    expect(cloud.neutron.networks.list({ region: "GRA11" }).map(({ name }) => name)).toEqual(["Ext-Net"]);
    expect(cloud.neutron.networks.create({ name: "a" }).id).not.toBe(id);
  });
});
