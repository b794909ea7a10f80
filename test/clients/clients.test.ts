import { afterEach, expect, test } from "vitest";
import type { CloudClients, MemberView } from "../../src/clouds/clients.ts";
import type { CallOptions } from "../../src/clouds/http/call.ts";
import { connectClients } from "../../src/clouds/ovh/connect.ts";
import { credentialsFromEnvironment } from "../../src/clouds/ovh/credentials.ts";
import { LorError } from "../../src/core/errors.ts";
import { type Answer, type ScriptedCloud, type SeenCall, scriptedCloud } from "./scripted-cloud.ts";

const open: ScriptedCloud[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((cloud) => cloud.close()));
});

async function connect(
  answer: (call: SeenCall) => Answer,
  options: CallOptions = {},
): Promise<{ cloud: ScriptedCloud; clients: CloudClients; pauses: number[] }> {
  const cloud = await scriptedCloud(answer);
  open.push(cloud);
  const pauses: number[] = [];
  let time = 0;
  const sleep = async (milliseconds: number) => {
    pauses.push(milliseconds);
    time += milliseconds;
  };
  const clock = { now: () => new Date(time), sleep };
  return { cloud, pauses, clients: connectClients(cloud.credentials, { clock, ...options }) };
}

const server = (status: string, more: object = {}) => ({
  id: "server-1",
  name: "lor-prod-ps-0",
  status,
  flavor: { original_name: "b2-7-flex" },
  addresses: { lan: [{ addr: "10.10.1.10", version: 4, "OS-EXT-IPS:type": "fixed" }] },
  ...more,
});

async function errorOf(work: Promise<unknown>): Promise<LorError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof LorError) return error;
    throw error;
  }
  throw new Error("it did not fail");
}

test("servers are found by prefix, page after page, in the region of the credentials", async () => {
  const { cloud, clients } = await connect((call) =>
    call.path.includes("marker")
      ? { body: { servers: [server("ACTIVE", { id: "server-2", name: "lor-prod-odoo" })] } }
      : {
          body: {
            servers: [server("VERIFY_RESIZE"), server("ACTIVE", { name: "other-lor-prod" })],
            servers_links: [{ rel: "next", href: "http://192.0.2.9/v2.1/servers/detail?marker=server-1" }],
          },
        },
  );
  expect(await clients.compute.findServers("lor-prod-")).toEqual([
    {
      id: "server-2",
      name: "lor-prod-odoo",
      state: "active",
      flavor: "b2-7-flex",
      address: "10.10.1.10",
      fault: undefined,
      launched: true,
    },
    {
      id: "server-1",
      name: "lor-prod-ps-0",
      state: "awaiting-confirmation",
      flavor: "b2-7-flex",
      address: "10.10.1.10",
      fault: undefined,
      launched: true,
    },
  ]);
  expect(cloud.calls.map((call) => call.path)).toEqual([
    "/identity/v3/auth/tokens",
    "/compute/v2.1/servers/detail?name=%5Elor-prod-",
    "/compute/v2.1/servers/detail?marker=server-1",
  ]);
});

test("a call that meets a busy cloud or a cut connection is repeated, a bounded number of times", async () => {
  const answers: Answer[] = ["cut", { status: 503, body: {} }, { status: 429, body: {} }, { body: { servers: [] } }];
  const { clients, pauses } = await connect(() => answers.shift() ?? { status: 500 });
  expect(await clients.compute.findServers("lor")).toEqual([]);
  expect(pauses).toEqual([200, 400, 800]);

  const broken = await connect(() => "cut", { attempts: 3 });
  const error = await errorOf(broken.clients.compute.findServers("lor"));
  expect(error.code).toBe("cloud-unreachable");
  expect(error.next).toMatch(/^run the same command again/);
  expect(broken.cloud.calls.length).toBe(1 + 3);
});

test.each([
  [400, "cloud-refused", "lor-infra check"],
  [401, "cloud-unauthorized", "lor-infra doctor"],
  [403, "cloud-unauthorized", "lor-infra doctor"],
  [404, "cloud-not-found", "lor-infra preview --detect"],
  [409, "cloud-conflict", "lor-infra preview --detect"],
  [422, "cloud-refused", "lor-infra check"],
  [429, "cloud-failed", "run the same command again in a minute: it goes on from there"],
  [500, "cloud-failed", "run the same command again when the service answers: it goes on from there"],
  [501, "cloud-refused", "lor-infra doctor"],
  [503, "cloud-failed", "run the same command again when the service answers: it goes on from there"],
])("an answer of status %i is %s, with a next command", async (status, code, next) => {
  const { clients } = await connect(() => ({ status, body: { message: "no" } }), { attempts: 1 });
  expect(await errorOf(clients.compute.findServers("lor"))).toMatchObject({ code, next });
});

test("what the cloud refuses for good is not repeated, and the error shows its words but no secret", async () => {
  const { cloud, clients } = await connect(() => ({
    status: 403,
    body: { forbidden: { code: 403, message: "Policy does not allow it" } },
  }));
  const error = await errorOf(clients.compute.findServers("lor"));
  expect(error).toMatchObject({ code: "cloud-unauthorized", culprit: "cloud", next: "lor-infra doctor" });
  expect(error.message).toContain("Nova answered 403 to GET /compute/v2.1/servers/detail: Policy does not allow it");
  expect(cloud.calls.length).toBe(2);
  expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(/planted|token-/);
});

test("a call that the service does not have is not repeated, and named", async () => {
  const message = "The local cloud does not model GET /cloud/project/p/kube";
  const { cloud, clients } = await connect(() => ({ status: 501, body: { class: "Server::NotImplemented", message } }));
  expect((await errorOf(clients.compute.findServers("lor"))).message).toContain(message);
  expect(cloud.calls.length).toBe(2);
});

test("a token that has expired is renewed once", async () => {
  const { cloud, clients } = await connect((call) =>
    call.token === "token-1" ? { status: 401, body: {} } : { body: { servers: [] } },
  );
  await clients.compute.findServers("lor");
  await clients.compute.findServers("lor");
  expect(cloud.calls.map((call) => call.token)).toEqual([undefined, "token-1", undefined, "token-2", "token-2"]);
});

test("wrong credentials are said at the first call and not remembered as a session", async () => {
  const cloud = await scriptedCloud(() => ({ body: { servers: [] } }));
  open.push(cloud);
  const { openstack } = cloud.credentials;
  const clients = connectClients({
    ...cloud.credentials,
    openstack: { ...openstack, authUrl: `${cloud.url}/elsewhere` },
  });
  // The scripted cloud answers an unknown address without a token.
  expect((await errorOf(clients.compute.findServers("lor"))).code).toBe("cloud-answer-unexpected");
  expect((await errorOf(clients.compute.findServers("lor"))).code).toBe("cloud-answer-unexpected");
});

test("confirming waits until the server runs, and survives the loss of the first answer", async () => {
  let state = "VERIFY_RESIZE";
  let actions = 0;
  const { clients } = await connect((call) => {
    if (call.method === "POST") {
      expect(call.body).toEqual({ confirmResize: null });
      actions++;
      if (actions === 1) return "cut";
      state = "ACTIVE";
      return {
        status: 409,
        body: { conflictingRequest: { message: "Cannot 'confirmResize' while it is in vm_state active" } },
      };
    }
    return { body: { server: server(state) } };
  });
  await clients.compute.confirmResize("server-1");
  expect(actions).toBe(2);
  // Already confirmed by someone else: nothing is sent.
  await clients.compute.confirmResize("server-1");
  expect(actions).toBe(2);
});

test("a revert that ends in ERROR is an error that carries Nova's reason", async () => {
  let state = "VERIFY_RESIZE";
  const { clients } = await connect((call) => {
    if (call.method === "POST") state = "REVERT_RESIZE";
    else if (state === "REVERT_RESIZE") state = "ERROR";
    return call.method === "POST"
      ? { status: 202 }
      : { body: { server: server(state, state === "ERROR" ? { fault: { message: "No valid host was found" } } : {}) } };
  });
  const error = await errorOf(clients.compute.revertResize("server-1"));
  expect(error.code).toBe("resize-failed");
  expect(error.message).toContain("No valid host was found");
});

test("where only administrators may reset a state, a hard reboot brings a server out of ERROR", async () => {
  const bodies: unknown[] = [];
  const { clients } = await connect((call) => {
    if (call.method === "GET") return { body: { server: server(bodies.length < 2 ? "ERROR" : "ACTIVE") } };
    bodies.push(call.body);
    return bodies.length === 1 ? { status: 403, body: {} } : { status: 202 };
  });
  await clients.compute.resetState("server-1");
  expect(bodies).toEqual([{ "os-resetState": { state: "active" } }, { reboot: { type: "HARD" } }]);
});

const member: MemberView = {
  id: "member-1",
  poolId: "pool-1",
  name: "ps-0",
  address: "10.10.1.10",
  weight: 1,
  operatingStatus: "ONLINE",
  provisioningStatus: "ACTIVE",
  activeConnections: undefined,
};

test("a weight is put once the load balancer is ACTIVE, again after 'immutable', and done when it is ACTIVE again", async () => {
  const states = ["PENDING_UPDATE", "ACTIVE", "PENDING_UPDATE", "ACTIVE", "PENDING_UPDATE", "PENDING_UPDATE", "ACTIVE"];
  const puts: unknown[] = [];
  const { clients } = await connect(
    (call) => {
      if (call.path.startsWith("/load-balancer/v2/lbaas/pools/pool-1/members")) {
        puts.push(call.body);
        return puts.length === 1
          ? { status: 409, body: { faultstring: "Load Balancer lb-1 is immutable and cannot be updated." } }
          : { body: { member: {} } };
      }
      if (call.path.includes("/pools/")) return { body: { pool: { loadbalancers: [{ id: "lb-1" }] } } };
      return { body: { loadbalancer: { provisioning_status: states.shift() ?? "ACTIVE" } } };
    },
    { attempts: 1 },
  );
  await clients.loadBalancer.setWeight(member, 0);
  expect(puts).toEqual([{ member: { weight: 0 } }, { member: { weight: 0 } }]);
  expect(states).toEqual([]);
});

test("a load balancer in ERROR, or one that stays immutable too long, ends the wait with a reason", async () => {
  let state = "ERROR";
  const { clients } = await connect(
    (call) =>
      call.path.includes("/pools/")
        ? { body: { pool: { loadbalancers: [{ id: "lb-1" }] } } }
        : { body: { loadbalancer: { provisioning_status: state } } },
    { waitMs: 30_000 },
  );
  expect((await errorOf(clients.loadBalancer.setWeight(member, 0))).code).toBe("load-balancer-not-active");
  state = "PENDING_UPDATE";
  expect((await errorOf(clients.loadBalancer.setWeight(member, 0))).code).toBe("cloud-too-slow");
});

test("two pools of one name are refused: which one is meant cannot be guessed", async () => {
  const { clients } = await connect(() => ({
    body: {
      pools: [
        { id: "a", name: "lor-lb-pool" },
        { id: "b", name: "lor-lb-pool" },
      ],
    },
  }));
  const error = await errorOf(clients.loadBalancer.members("lor-lb-pool"));
  expect(error).toMatchObject({ code: "cloud-ambiguous-name", seen: "a, b" });
});

test("a service that the region does not have is named", async () => {
  const { clients } = await connect(() => ({ body: {} }));
  const error = await errorOf(clients.finder.find("openstack:keymanager/secretV1:SecretV1", { name: "x" }));
  expect(error).toMatchObject({
    code: "cloud-service-missing",
    accepted: "a region that offers key-manager",
  });
});

test("an unknown type is an error, not a missing resource", async () => {
  const { clients } = await connect(() => ({ body: {} }));
  expect((await errorOf(clients.finder.find("openstack:dns/zone:Zone", { name: "x" }))).code).toBe(
    "finder-unknown-type",
  );
  expect(await clients.finder.find("random:index/randomPassword:RandomPassword", {})).toBeUndefined();
  expect((await errorOf(clients.finder.discard("openstack:networking/port:Port", "x"))).code).toBe(
    "finder-cannot-discard",
  );
});

test("every missing credential is named at once, and a whole set is read", () => {
  expect(() => credentialsFromEnvironment({})).toThrow(
    "without OVH_CLOUD_PROJECT_SERVICE, OS_AUTH_URL, OS_REGION_NAME, OS_USERNAME, OS_PASSWORD, OVH_APPLICATION_KEY, OVH_APPLICATION_SECRET, OVH_CONSUMER_KEY",
  );
  const read = credentialsFromEnvironment({
    OS_AUTH_URL: "https://auth.cloud.ovh.net/v3/",
    OS_REGION_NAME: "GRA11",
    OS_APPLICATION_CREDENTIAL_ID: "id",
    OS_APPLICATION_CREDENTIAL_SECRET: "secret",
    OVH_CLOUD_PROJECT_SERVICE: "p",
    OVH_CLIENT_ID: "client",
    OVH_CLIENT_SECRET: "secret",
  });
  expect(read).toEqual({
    openstack: {
      authUrl: "https://auth.cloud.ovh.net/v3",
      region: "GRA11",
      identity: { kind: "application-credential", id: "id", secret: "secret" },
    },
    ovh: { kind: "oauth2", endpoint: "ovh-eu", clientId: "client", clientSecret: "secret" },
    projectId: "p",
  });
});

test("an empty variable is not set: a CI passes on a secret that does not exist as an empty one", () => {
  const set = {
    OS_AUTH_URL: "https://auth.cloud.ovh.net",
    OS_REGION_NAME: "GRA11",
    OS_USERNAME: "user",
    OS_PASSWORD: "password",
    OS_TENANT_ID: "p",
    OVH_APPLICATION_KEY: "key",
    OVH_APPLICATION_SECRET: "secret",
    OVH_CONSUMER_KEY: "consumer",
  };
  const others = [
    ...["OVH_CLIENT_ID", "OVH_CLIENT_SECRET", "OVH_ENDPOINT", "OVH_CLOUD_PROJECT_SERVICE", "OS_PROJECT_ID"],
    ...["OS_APPLICATION_CREDENTIAL_ID", "OS_APPLICATION_CREDENTIAL_SECRET", "OS_USER_DOMAIN_NAME", "OS_PROJECT_NAME"],
  ];
  const empty = Object.fromEntries(others.map((name) => [name, ""]));
  expect(credentialsFromEnvironment({ ...set, ...empty })).toEqual(credentialsFromEnvironment(set));
  expect(credentialsFromEnvironment(set)).toMatchObject({
    ovh: { kind: "application-key", endpoint: "ovh-eu" },
    openstack: { identity: { kind: "password", userDomain: "Default", projectId: "p" } },
  });
  expect(() => credentialsFromEnvironment({ ...set, OS_PASSWORD: "" })).toThrow("without OS_PASSWORD");
});

test.each([
  ["https://auth.cloud.ovh.net", "https://auth.cloud.ovh.net/v3"],
  ["https://keystone.example:5000/", "https://keystone.example:5000/v3"],
  ["https://example.org/identity/v3/", "https://example.org/identity/v3"],
  ["https://auth.cloud.ovh.net/v2.0", "https://auth.cloud.ovh.net/v2.0"],
])("Keystone of OS_AUTH_URL %s is at %s", (OS_AUTH_URL, authUrl) => {
  const env = { OS_AUTH_URL, OS_REGION_NAME: "r", OS_USERNAME: "u", OS_PASSWORD: "p", OS_TENANT_ID: "t" };
  const ovh = { OVH_CLIENT_ID: "c", OVH_CLIENT_SECRET: "s" };
  expect(credentialsFromEnvironment({ ...env, ...ovh }).openstack.authUrl).toBe(authUrl);
});

test("traffic is what Octavia counts; an answer without its figures is no traffic of zero", async () => {
  let stats: object = {
    bytes_in: 1,
    bytes_out: 2,
    total_connections: 1200,
    active_connections: 31,
    request_errors: 4,
  };
  const { cloud, clients } = await connect(() => ({ body: { stats } }));
  expect(await clients.loadBalancer.traffic("lb-1")).toEqual({
    connections: 1200,
    openConnections: 31,
    requestErrors: 4,
  });
  expect(cloud.calls.at(-1)?.path).toBe("/load-balancer/v2/lbaas/loadbalancers/lb-1/stats");
  stats = {};
  expect((await errorOf(clients.loadBalancer.traffic("lb-1"))).code).toBe("cloud-answer-unexpected");
});

test("an object is found by its whole name in its newest version, and an address for its upload is asked for", async () => {
  const version = (key: string, more: object = {}) => ({
    key,
    size: 12,
    lastModified: "2026-12-27T10:00:00Z",
    etag: "e",
    versionId: "v1",
    isLatest: true,
    isDeleteMarker: false,
    ...more,
  });
  const { cloud, clients } = await connect((call) =>
    call.method === "POST"
      ? { body: { url: "https://s3.example/signed", method: "PUT" } }
      : {
          body: [
            version("a/dump", { isLatest: false, size: 1 }),
            version("a/dump"),
            version("a/dump.old"),
            version("a/gone", { isDeleteMarker: true }),
          ],
        },
  );
  const bucket = { region: "SBG", name: "lor-prod-copies" };
  expect(await clients.storage.find(bucket, "a/dump")).toEqual({
    bytes: 12,
    lastModified: new Date("2026-12-27T10:00:00Z"),
    version: "v1 e 2026-12-27T10:00:00Z",
  });
  expect(await clients.storage.find(bucket, "a/dum")).toBeUndefined();
  expect(await clients.storage.find(bucket, "a/gone")).toBeUndefined();
  expect(cloud.calls.at(-1)?.path).toMatch(
    /\/region\/SBG\/storage\/lor-prod-copies\/object\?prefix=a%2Fgone&limit=10$/,
  );
  expect(await clients.storage.uploadUrl(bucket, "a/dump", 600)).toBe("https://s3.example/signed");
  expect(cloud.calls.at(-1)).toMatchObject({ method: "POST", body: { method: "PUT", object: "a/dump", expire: 600 } });
});
