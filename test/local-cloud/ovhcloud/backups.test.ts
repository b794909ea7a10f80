import { afterEach, beforeEach, expect, it } from "vitest";
import type { CloudClients } from "../../../src/clouds/clients.ts";
import { connectClients } from "../../../src/clouds/ovh/connect.ts";
import { type RunningHttpApi, startHttpApi } from "../../../src/local-cloud/http/http-server.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { loadSimulators, openSimulators } from "../../../src/local-cloud/simulators.ts";
import type { Traffic } from "../../../src/local-cloud/traffic/traffic.ts";
import { createShop, openCloud, putDocument, type Shop } from "../test-cloud.ts";

/** How old backups are, as the clients see it through the raw API. */
let cloud: LocalCloud;
let httpApi: RunningHttpApi;
let shop: Shop;
let clients: CloudClients;
const region = "GRA11";
const copies = { region: "SBG", name: "copies" };
const mark = "status/images-success.json";
const minutes = 60;

beforeEach(async () => {
  cloud = openCloud();
  shop = await createShop(cloud);
  const { apis } = openSimulators(cloud, await loadSimulators());
  httpApi = await startHttpApi({ cloud, apis, traffic: undefined as unknown as Traffic, token: "control-token" });
  const { userName: user, password } = cloud.keystone.operator();
  const { projectId, projectName } = cloud.keystone;
  const identity = { user, password, userDomain: "Default", projectId, projectName, projectDomain: "Default" } as const;
  clients = connectClients({
    openstack: { authUrl: `${httpApi.url}/identity/v3`, region, identity: { kind: "password", ...identity } },
    ovh: { kind: "address", url: `${httpApi.url}/1.0`, token: "control-token" },
    projectId,
  });
});
afterEach(async () => {
  await httpApi.close();
  cloud.close();
});

const ageOf = async (newest: Date | undefined) =>
  newest === undefined ? "none" : Math.floor(((await clients.backups.now()).getTime() - newest.getTime()) / 1000);

it("a database has one each day, a system disk one for each time of its schedule, until they stop", async () => {
  const { id } = cloud.ovhBackups.create({
    region,
    instanceId: shop.serverId,
    name: "disk",
    cron: "0 4 * * *",
    rotation: 3,
  });
  expect((await clients.backups.ofDatabase("mysql", "shop"))?.newest).toBeUndefined();
  cloud.clock.step(3 * 86_400);
  const database = await clients.backups.ofDatabase("mysql", "shop");
  expect(database?.since.toISOString()).toBe(new Date(shop.database.createdAt).toISOString());
  expect(await ageOf(database?.newest)).toBeLessThan(86_400);
  const disk = await clients.backups.ofInstance(region, "disk");
  expect(disk?.newest?.toISOString()).toBe(new Date(cloud.ovhBackups.copies(id)[0]?.createdAt ?? "").toISOString());
  cloud.restrictions.order({ region, backupsStoppedForSeconds: 86_400 });
  expect(await ageOf((await clients.backups.ofDatabase("mysql", "shop"))?.newest)).toBeGreaterThan(86_400);
  expect(await ageOf((await clients.backups.ofInstance(region, "disk"))?.newest)).toBeGreaterThan(86_400);
});

it("the images are copied as often as the document of a front asks, from a minute after its creation", async () => {
  cloud.ovhStorage.create(copies);
  putDocument(cloud, {
    ...shop.document,
    copies: { ...shop.document.storage, bucket: copies.name },
    imagesCopy: { copyEverySeconds: 30 * minutes, copyTimeoutSeconds: 10 * minutes },
  });
  const age = async () => await ageOf((await clients.storage.find(copies, mark))?.lastModified);
  cloud.clock.step(3600);
  expect(await age()).toBeLessThan(30 * minutes);
  cloud.restrictions.order({ region, backupsStoppedForSeconds: 0 });
  cloud.clock.step(3600);
  expect(await age()).toBeGreaterThanOrEqual(3600);
  cloud.restrictions.clear();
  expect(await age()).toBeLessThan(30 * minutes);
});

it("the servers are told with the time of their creation, by the same clock", async () => {
  const [server] = await clients.compute.findServers("ps-0");
  expect(server?.createdAt?.getTime()).toBe(Date.parse(cloud.nova.servers.get(shop.serverId).createdAt));
});
