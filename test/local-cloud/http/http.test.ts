import { connect as connectSocket } from "node:net";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { connectClients } from "../../../src/clouds/ovh/connect.ts";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import { ControlClient } from "../../../src/local-cloud/http/control-client.ts";
import { type RunningHttpApi, startHttpApi } from "../../../src/local-cloud/http/http-server.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { loadSimulators, openSimulators } from "../../../src/local-cloud/simulators.ts";
import { type RunningTraffic, startTraffic } from "../../../src/local-cloud/traffic/start.ts";
import { selfSignedPkcs12 } from "../../../src/os/pkcs12.ts";

let cloud: LocalCloud;
let traffic: RunningTraffic;
let httpApi: RunningHttpApi;
let control: ControlClient;
const region = "GRA11";

beforeAll(async () => {
  cloud = createLocalCloud({ databasePath: ":memory:", scale: 10_000 });
  traffic = startTraffic(cloud, {
    portOffset: 20_000 + (process.pid % 20_000),
    scale: 10_000,
    instanceCertificate: selfSignedPkcs12(["localhost"], new Date()),
  });
  const { apis } = openSimulators(cloud, await loadSimulators());
  httpApi = await startHttpApi({ cloud, apis, traffic: traffic.traffic, token: "control-token" });
  control = new ControlClient({
    version: 1,
    pid: process.pid,
    startTicks: "",
    providers: {},
    httpUrl: httpApi.url,
    token: "control-token",
    trafficPortOffset: 0,
    extensions: "",
  });
});
beforeEach(async () => {
  await control.reset();
});
afterAll(async () => {
  await httpApi?.close();
  await traffic?.close();
  cloud?.close();
});

async function call(
  path: string,
  init: RequestInit = {},
): Promise<{ status: number; body: unknown; headers: Headers }> {
  const response = await fetch(httpApi.url + path, init);
  const text = await response.text();
  const json = (response.headers.get("content-type") ?? "").includes("json");
  return { status: response.status, body: json ? JSON.parse(text) : text, headers: response.headers };
}

async function token(
  password = cloud.keystone.operator().password,
): Promise<{ status: number; token: string; body: unknown }> {
  const user = { name: cloud.keystone.operator().userName, password, domain: { name: "Default" } };
  const answer = await call("/identity/v3/auth/tokens", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ auth: { identity: { methods: ["password"], password: { user } } } }),
  });
  return { status: answer.status, token: answer.headers.get("x-subject-token") ?? "", body: answer.body };
}

async function as(path: string, init: RequestInit = {}) {
  return await call(path, { ...init, headers: { "x-auth-token": (await token()).token, ...init.headers } });
}

async function server(name: string) {
  const network = cloud.neutron.networks.create({ region, name: `${name}-net` });
  cloud.neutron.subnets.create({ region, name: `${name}-subnet`, networkId: network.id, cidr: "10.79.1.0/24" });
  const made = cloud.nova.servers.create({
    region,
    name,
    flavorName: "b2-7-flex",
    imageName: "Debian 12",
    networks: [{ networkId: network.id }],
  });
  await cloud.waitUntil(() => cloud.nova.servers.get(made.id).status === "ACTIVE");
  return made;
}

test("Keystone gives a token with a catalogue of every region, and refuses a wrong password", async () => {
  const good = await token();
  expect(good.status).toBe(201);
  const { catalog } = (
    good.body as { token: { catalog: { type: string; endpoints: { url: string; region: string }[] }[] } }
  ).token;
  const compute = catalog.find(({ type }) => type === "compute")?.endpoints.map((endpoint) => endpoint.region);
  expect(compute).toEqual(cloud.keystone.regions());
  expect(catalog.find(({ type }) => type === "object-store")?.endpoints.map((endpoint) => endpoint.region)).toContain(
    "GRA",
  );
  const bad = await token("wrong");
  expect(bad.status).toBe(401);
  expect(bad.body).toMatchObject({ error: { code: 401, title: "Unauthorized" } });
  expect(JSON.stringify(bad.body)).not.toContain(cloud.keystone.operator().password);
});

test("each API requires its own credentials", async () => {
  expect((await call(`/compute/${region}/v2.1/servers`)).status).toBe(401);
  expect((await call(`/network/${region}/v2.0/ports`, { headers: { "x-auth-token": "forged" } })).status).toBe(401);
  expect((await call("/control/status", { headers: { authorization: "Bearer wrong-token!" } })).status).toBe(401);
  expect((await call(`/1.0/cloud/project/${cloud.keystone.projectId}/user`)).status).toBe(401);
  expect((await call("/1.0/auth/time")).status).toBe(200);
});

test("each service words its errors in its own way", async () => {
  const missing = "00000000-0000-0000-0000-000000000000";
  expect((await as(`/compute/${region}/v2.1/servers/${missing}`)).body).toMatchObject({ itemNotFound: { code: 404 } });
  expect((await as(`/load-balancer/${region}/v2/lbaas/pools/${missing}`)).body).toMatchObject({ faultcode: "Client" });
  const ovh = { headers: { authorization: "Bearer control-token" } };
  const project = cloud.keystone.projectId;
  const database = await call(`/1.0/cloud/project/${project}/database/mysql/${missing}`, ovh);
  expect(database.status).toBe(404);
  expect(database.body).toMatchObject({
    class: expect.stringMatching(/^Client::NotFound/),
    message: expect.any(String),
  });
  expect(database.headers.get("x-ovh-queryid")).toMatch(/^LOCAL\./);
  expect((await call("/1.0/cloud/project/foreign/user", ovh)).status).toBe(404);
  expect((await call("/nowhere")).body).toMatchObject({ error: "not-found" });
});

test("Nova resizes, waits for confirm or revert, and filters names by a regular expression", async () => {
  const made = await server("lor-ps-0");
  const path = `/compute/${region}/v2.1/servers/${made.id}`;
  const act = (body: unknown) => as(`${path}/action`, { method: "POST", body: JSON.stringify(body) });
  const flavor = cloud.nova.flavors.find("b2-15-flex", region);
  expect((await act({ resize: { flavorRef: flavor.id } })).status).toBe(202);
  await cloud.waitUntil(() => cloud.nova.servers.get(made.id).status === "VERIFY_RESIZE");
  expect((await as(path)).body).toMatchObject({
    server: { status: "VERIFY_RESIZE", flavor: { original_name: "b2-15-flex" } },
  });
  expect((await act({ revertResize: null })).status).toBe(202);
  await cloud.waitUntil(() => cloud.nova.servers.get(made.id).status === "ACTIVE");
  const refused = await act({ confirmResize: null });
  expect(refused.status).toBe(409);
  expect(refused.body).toMatchObject({ conflictingRequest: { code: 409 } });
  expect((await act({ dance: null })).status).toBe(400);
  const named = async (name: string) =>
    (
      (await as(`/compute/${region}/v2.1/servers/detail?name=${encodeURIComponent(name)}`)).body as {
        servers: unknown[];
      }
    ).servers.length;
  expect(await named("^lor-ps-")).toBe(1);
  expect(await named("^ps")).toBe(0);
  expect((await as(`/compute/${region}/v2.1/servers?name=%5B`)).status).toBe(400);
  const other = (await as("/compute/SBG5/v2.1/servers")).body;
  expect(other).toEqual({ servers: [] });
});

test("Neutron filters a list by any field", async () => {
  await server("lor-ps-0");
  const network = cloud.neutron.networks.list({ region, name: "lor-ps-0-net" })[0];
  const list = async (query: string) =>
    ((await as(`/network/${region}/v2.0/ports?${query}`)).body as { ports: { device_owner: string }[] }).ports;
  const ports = await list(`network_id=${network?.id}&device_owner=compute:nova`);
  expect(ports.length).toBe(1);
  expect(await list("network_id=elsewhere")).toEqual([]);
});

test("every call is in the journal by method and path, and no secret is", async () => {
  const { password } = cloud.keystone.operator();
  const { token: given } = await token();
  await call(`/compute/${region}/v2.1/servers?name=x`, { headers: { "x-auth-token": given } });
  const entries = await control.journal({ api: "http" });
  expect(entries.map(({ service, name, outcome }) => [service, name, outcome])).toEqual([
    ["keystone", "POST /identity/v3/auth/tokens", "ok"],
    ["nova", `GET /compute/${region}/v2.1/servers`, "ok"],
  ]);
  expect(JSON.stringify(entries)).not.toContain(password);
  expect(JSON.stringify(entries)).not.toContain(given);
});

test("an ordered fault meets the next matching call and clears itself", async () => {
  await control.orderFault({ match: { service: "nova", operation: "http" }, effect: { kind: "fail", status: 503 } });
  expect((await as(`/compute/${region}/v2.1/servers`)).status).toBe(503);
  expect((await as(`/compute/${region}/v2.1/servers`)).status).toBe(200);
  expect(await control.faults()).toEqual([]);
  await expect(control.orderFault({ match: {}, effect: { kind: "explode" as "fail" } })).rejects.toThrow(
    "effect.kind is one of",
  );
});

test("a dropped call is carried out and the connection cut", async () => {
  const made = await server("lor-ps-0");
  const { token: given } = await token();
  await control.orderFault({ match: { service: "nova" }, effect: { kind: "drop-after-accept" } });
  const init = { method: "POST", headers: { "x-auth-token": given }, body: JSON.stringify({ "os-stop": null }) };
  await expect(fetch(`${httpApi.url}/compute/${region}/v2.1/servers/${made.id}/action`, init)).rejects.toThrow(
    "fetch failed",
  );
  await cloud.waitUntil(() => cloud.nova.servers.get(made.id).status === "SHUTOFF");
  expect((await control.journal({ outcome: "dropped" })).length).toBe(1);
});

test("a held call is seen in the journal, and goes on when it is released", async () => {
  const { token: given } = await token();
  await control.orderFault({ match: { service: "nova" }, effect: { kind: "hold" } });
  const held = call(`/compute/${region}/v2.1/servers`, { headers: { "x-auth-token": given } });
  const entry = await control.waitForCall({ service: "nova", outcome: "accepted" }, 600_000);
  expect((await control.held()).map(({ seq }) => seq)).toEqual([entry.seq]);
  expect(await control.release(entry.seq)).toBe(1);
  expect((await held).status).toBe(200);
  await expect(control.waitForCall({ service: "barbican" }, 50)).rejects.toThrow("no call matched");
});

test("a journal that is followed shows calls as they come", async () => {
  const stop = new AbortController();
  const seen: string[] = [];
  const following = (async () => {
    for await (const entry of control.follow({ service: "nova" }, stop.signal)) {
      seen.push(entry.outcome);
      if (entry.outcome === "ok") stop.abort();
    }
  })();
  await as(`/compute/${region}/v2.1/servers`);
  await following;
  expect(seen.at(-1)).toBe("ok");
});

test("a signed address takes one object until it ends, and the list of objects shows it", async () => {
  const ovh = { headers: { authorization: "Bearer control-token" } };
  cloud.ovhStorage.create({ region: "SBG", name: "lor-copies" });
  const bucket = `/1.0/cloud/project/${cloud.keystone.projectId}/region/SBG/storage/lor-copies`;
  const sign = async (object: string, expire: number) => {
    const body = JSON.stringify({ method: "PUT", object, expire });
    return ((await call(`${bucket}/presign`, { ...ovh, method: "POST", body })).body as { url: string }).url;
  };
  const put = async (url: string) => (await fetch(url, { method: "PUT", body: "id;total\n1;24.20\n" })).status;
  const url = await sign("before-normal/orders é.csv", 60);
  expect(await put(url)).toBe(200);
  expect(await put(url.replace("orders", "invoices"))).toBe(403);
  expect(await put(url.replace(/Signature=./, "Signature=x"))).toBe(403);
  expect(await put(await sign("late.csv", -1))).toBe(403);
  const listed = await call(`${bucket}/object?prefix=before-normal%2F&limit=10`, ovh);
  expect(listed.body).toMatchObject([{ key: "before-normal/orders é.csv", size: 17, isLatest: true }]);
  expect((await call(`${bucket}/object?prefix=late`, ovh)).body).toEqual([]);
  expect((await call(`${bucket}/presign`, { ...ovh, method: "POST", body: "{}" })).status).toBe(400);
});

test("a lost region refuses every call until it is restored", async () => {
  await control.loseRegion("GRA");
  expect((await as(`/compute/${region}/v2.1/servers`)).status).toBeGreaterThanOrEqual(500);
  await control.restoreRegion("GRA");
  expect((await as(`/compute/${region}/v2.1/servers`)).status).toBe(200);
});

test("what the region lacks is what the clients see, and what a creation is refused for", async () => {
  const { userName: user, password } = cloud.keystone.operator();
  const { projectId, projectName } = cloud.keystone;
  const { supply } = connectClients({
    openstack: {
      authUrl: `${httpApi.url}/identity/v3`,
      region,
      identity: {
        kind: "password",
        user,
        password,
        userDomain: "Default",
        projectId,
        projectName,
        projectDomain: "Default",
      },
    },
    ovh: { kind: "address", url: `${httpApi.url}/1.0`, token: "control-token" },
    projectId,
  });
  await server("lor-ps-0");
  cloud.cinder.volumes.create({ region, name: "lor-ps-0-data", size: 100 });
  await control.restrict({ region, quotas: { instances: 1, volumes: 5 }, withdrawn: ["b2-15-flex", "large"] });
  expect(await supply.quotas.Nova()).toEqual([
    { resource: "instances", limit: 1, used: 1 },
    { resource: "cores", limit: 160, used: 2 },
    { resource: "memory", limit: 655_360, used: 7000 },
  ]);
  expect(await supply.quotas.Cinder()).toEqual([
    { resource: "volumes", limit: 5, used: 1 },
    { resource: "volume-space", limit: 40_000, used: 100 },
  ]);
  expect(await supply.quotas.Neutron()).toEqual([
    { resource: "ports", limit: 500, used: cloud.neutron.ports.list({ region }).length },
  ]);
  expect(await supply.quotas.Octavia()).toEqual([{ resource: "members", limit: 500, used: 0 }]);
  const flavors = await supply.flavors();
  expect(flavors.find(({ name }) => name === "b2-7-flex")).toMatchObject({ cores: 2, diskGigabytes: 50 });
  expect(flavors.map(({ name }) => name)).not.toContain("b2-15-flex");
  expect(await supply.loadBalancerFlavors()).toEqual(["small", "medium", "xl"]);
  await expect(server("lor-ps-1")).rejects.toThrow("Quota exceeded for instances");
  await control.clearRestrictions();
  expect(await control.restrictions()).toEqual({ quotas: [], withdrawn: [] });
  expect(await supply.loadBalancerFlavors()).toContain("large");
  await expect(control.restrict({ region, quotas: { cheese: 1 } })).rejects.toMatchObject({ status: 400 });
});

test("the clock can stand still and be stepped", async () => {
  await control.setClockMode("stepped");
  const before = Date.parse((await control.status()).clock.now);
  await control.stepClock(3600);
  expect(Date.parse((await control.status()).clock.now) - before).toBe(3_600_000);
  await control.setClockMode("real");
  const answer = await call("/control/clock", {
    method: "POST",
    headers: { authorization: "Bearer control-token" },
    body: JSON.stringify({ stepSeconds: -1 }),
  });
  expect(answer.status).toBe(400);
});

test("what is not HTTP, not JSON or too large is refused and the API stays up", async () => {
  const headers = { authorization: "Bearer control-token" };
  expect((await call("/control/faults", { method: "POST", headers, body: "{" })).status).toBe(400);
  const large = await call("/control/faults", { method: "POST", headers, body: " ".repeat(2 * 1024 * 1024) }).catch(
    () => undefined,
  );
  expect(large === undefined || large.status === 413).toBe(true);
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connectSocket(Number(new URL(httpApi.url).port), "127.0.0.1", () => socket.write("nonsense\r\n\r\n"));
  socket.on("data", () => undefined);
  socket.on("close", () => resolve());
  await promise;
  expect((await control.status()).held).toBe(0);
});
