import { afterEach, describe, expect, it } from "vitest";
import type { CloudClients } from "../../src/clouds/clients.ts";
import { connectClients } from "../../src/clouds/ovh/connect.ts";
import { askCloud } from "../../src/stack/query-cloud.ts";
import { type Answer, type ScriptedCloud, scriptedCloud } from "./scripted-cloud.ts";

const open: ScriptedCloud[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((cloud) => cloud.close()));
});

/** Answers by path; what is not in the list is forbidden. */
async function connect(answers: Readonly<Record<string, unknown>>): Promise<CloudClients> {
  const cloud = await scriptedCloud((call): Answer => {
    const found = Object.entries(answers).find(([path]) => call.path.endsWith(path));
    return found === undefined ? { status: 403, body: { forbidden: { message: "not you" } } } : { body: found[1] };
  });
  open.push(cloud);
  return connectClients(cloud.credentials, { attempts: 1 });
}

describe("quotas, as each service words them", () => {
  it("limits and what is used of them; -1 is no limit", async () => {
    const { supply } = await connect({
      "/compute/v2.1/limits": {
        limits: {
          absolute: {
            maxTotalInstances: 20,
            totalInstancesUsed: 3,
            maxTotalCores: -1,
            totalCoresUsed: 8,
            maxTotalRAMSize: 51_200,
            totalRAMUsed: 29_000,
          },
        },
      },
      "/block-storage/limits": {
        limits: {
          absolute: {
            maxTotalVolumes: 10,
            totalVolumesUsed: 3,
            maxTotalVolumeGigabytes: 1000,
            totalGigabytesUsed: 300,
          },
        },
      },
      "/network/v2.0/quotas/project-1/details": { quota: { port: { limit: 50, used: 11, reserved: 2 } } },
      "/lbaas/quotas/project-1": { quota: { member: 5, pool: -1 } },
      "/lbaas/pools": { pools: [{ members: [{ id: "a" }, { id: "b" }] }, { members: [{ id: "c" }] }] },
    });
    expect(await supply.quotas.Nova()).toEqual([
      { resource: "instances", limit: 20, used: 3 },
      { resource: "cores", limit: undefined, used: 8 },
      { resource: "memory", limit: 51_200, used: 29_000 },
    ]);
    expect(await supply.quotas.Cinder()).toEqual([
      { resource: "volumes", limit: 10, used: 3 },
      { resource: "volume-space", limit: 1000, used: 300 },
    ]);
    expect(await supply.quotas.Neutron()).toEqual([{ resource: "ports", limit: 50, used: 13 }]);
    expect(await supply.quotas.Octavia()).toEqual([{ resource: "members", limit: 5, used: 3 }]);
  });

  it("a figure that is not in the answer is not there, and never zero", async () => {
    const { supply } = await connect({ "/compute/v2.1/limits": { limits: { absolute: { maxTotalInstances: 20 } } } });
    expect(await supply.quotas.Nova()).toEqual([]);
  });

  it("a service that refuses this user is not known, with its own words", async () => {
    const { supply } = await connect({});
    expect(await askCloud(supply.quotas.Nova)).toEqual({ why: expect.stringMatching(/may not ask .*403.*not you/) });
  });
});

it("sizes that are switched off are not offered", async () => {
  const { supply } = await connect({
    "/flavors/detail": {
      flavors: [
        { name: "b2-7-flex", vcpus: 2, ram: 7000, disk: 50 },
        { name: "old", vcpus: 1, ram: 1, disk: 1, "OS-FLV-DISABLED:disabled": true },
      ],
    },
    "/lbaas/flavors": {
      flavors: [
        { name: "small", enabled: true },
        { name: "old", enabled: false },
      ],
    },
  });
  expect(await supply.flavors()).toEqual([{ name: "b2-7-flex", cores: 2, memoryMegabytes: 7000, diskGigabytes: 50 }]);
  expect(await supply.loadBalancerFlavors()).toEqual(["small"]);
});

describe("backups, as OVHcloud tells them", () => {
  it("of a database: the newest that is ready", async () => {
    const project = "/1.0/cloud/project/project-1/database/mysql";
    const { backups } = await connect({
      [project]: ["db-1"],
      [`${project}/db-1`]: { id: "db-1", description: "lor-prod-mysql", createdAt: "2026-11-01T10:00:00Z" },
      [`${project}/db-1/backup`]: ["b-1", "b-2", "b-3"],
      [`${project}/db-1/backup/b-1`]: { id: "b-1", createdAt: "2026-12-03T03:00:00Z", status: "READY" },
      [`${project}/db-1/backup/b-2`]: { id: "b-2", createdAt: "2026-12-02T03:00:00Z", status: "READY" },
      [`${project}/db-1/backup/b-3`]: { id: "b-3", createdAt: "2026-12-04T03:00:00Z", status: "CREATING" },
    });
    expect(await backups.ofDatabase("mysql", "lor-prod-mysql")).toEqual({
      since: new Date("2026-11-01T10:00:00Z"),
      newest: new Date("2026-12-03T03:00:00Z"),
    });
    expect(await backups.ofDatabase("mysql", "other")).toBeUndefined();
  });

  it("of an instance: the newest image of that name", async () => {
    const { backups } = await connect({
      "/region/GRA11/workflow/backup": [
        { name: "lor-prod-ps-0-backup", backupName: "lor-prod-ps-0-backup", createdAt: "2026-11-01T10:00:00Z" },
      ],
      "/snapshot?region=GRA11": [
        { name: "lor-prod-ps-0-backup 2026-12-03", status: "active", creationDate: "2026-12-03T04:00:00Z" },
        { name: "lor-prod-ps-0-backup 2026-12-04", status: "saving", creationDate: "2026-12-04T04:00:00Z" },
        { name: "other", status: "active", creationDate: "2026-12-04T05:00:00Z" },
      ],
    });
    expect(await backups.ofInstance("GRA11", "lor-prod-ps-0-backup")).toEqual({
      since: new Date("2026-11-01T10:00:00Z"),
      newest: new Date("2026-12-03T04:00:00Z"),
    });
  });
});
