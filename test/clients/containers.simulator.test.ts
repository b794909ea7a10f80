import { afterAll, beforeAll, expect, test } from "vitest";
import { signTempUrl } from "../../components/base/temp-url.ts";
import type { ContainerClient } from "../../src/clouds/clients.ts";
import { connectClients } from "../../src/clouds/ovh/connect.ts";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { type RunningHttpApi, startHttpApi } from "../../src/local-cloud/http/http-server.ts";
import type { LocalCloud } from "../../src/local-cloud/local-cloud.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import { startTraffic } from "../../src/local-cloud/traffic/start.ts";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";

let cloud: LocalCloud;
let httpApi: RunningHttpApi;
let traffic: ReturnType<typeof startTraffic>;
let containers: ContainerClient;
const place = { region: "GRA", name: "lor-prod-configuration" };
const key = "the container's key";

beforeAll(async () => {
  cloud = createLocalCloud({ databasePath: ":memory:", scale: 10_000 });
  traffic = startTraffic(cloud, {
    portOffset: 20_000 + ((process.pid + 7) % 20_000),
    scale: 10_000,
    instanceCertificate: selfSignedPkcs12(["localhost"], new Date()),
  });
  const { apis } = openSimulators(cloud, await loadSimulators());
  httpApi = await startHttpApi({ cloud, apis, traffic: traffic.traffic, token: "token" });
  const operator = cloud.keystone.operator();
  containers = connectClients({
    openstack: {
      authUrl: `${httpApi.url}/identity/v3`,
      region: "GRA11",
      identity: {
        kind: "password",
        user: operator.userName,
        password: operator.password,
        userDomain: "Default",
        projectId: cloud.keystone.projectId,
        projectName: undefined,
        projectDomain: "Default",
      },
    },
    ovh: { kind: "address", url: `${httpApi.url}/1.0`, token: "token" },
    projectId: cloud.keystone.projectId,
  }).containers;
  cloud.swift.containers.put({ ...place, metadata: { "Temp-URL-Key": key } });
});

afterAll(async () => {
  await httpApi?.close();
  await traffic?.close();
  cloud?.close();
});

function signed(object: string, prefix: boolean): string {
  return signTempUrl({
    method: "PUT",
    accountUrl: `https://storage.gra.cloud.ovh.net/v1/AUTH_${cloud.keystone.projectId}`,
    container: place.name,
    object,
    prefix,
    key,
    expiresAtSeconds: 4_102_444_800,
  });
}

/** An object's own address below a signed beginning. */
function below(url: string, name: string): string {
  return url.replace("?", `${name}?`);
}

test("objects are listed by the beginning of their names, page by page", async () => {
  for (const name of ["a.json", "b.json"])
    cloud.swift.objects.putBySignedUrl(below(signed("logs/ps-0/", true), name), "{}");
  cloud.swift.objects.putBySignedUrl(signed("host-keys/ps-0.json", false), '{"version": 1}');
  expect(await containers.list(place, "logs/ps-0/")).toEqual(["logs/ps-0/a.json", "logs/ps-0/b.json"]);
  expect(await containers.list(place, "logs/ps-1/")).toEqual([]);
  expect(await containers.list({ ...place, name: "missing" }, "logs/")).toEqual([]);
  expect(await containers.read(place, "host-keys/ps-0.json")).toEqual({ version: 1 });
});

test("an address that is signed for a beginning writes no other machine's objects", () => {
  const own = signed("logs/ps-0/", true);
  const write = (url: string) => () => cloud.swift.objects.putBySignedUrl(url, "{}");
  expect(write(below(own.replace("/logs/ps-0/", "/logs/ps-1/"), "a.json"))).toThrow("Temp URL invalid");
  expect(write(below(own.replaceAll("ps-0", "ps-1"), "a.json"))).toThrow("Temp URL invalid");
  expect(write(below(own.replace(/&temp_url_prefix=.*/, ""), "a.json"))).toThrow("Temp URL invalid");
  expect(write(signed("host-keys/ps-0.json", false).replace("ps-0", "ps-1"))).toThrow("Temp URL invalid");
});
