import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createLocalCloud } from "../../../src/local-cloud/create-local-cloud.ts";
import { type RunningHttpApi, startHttpApi } from "../../../src/local-cloud/http/http-server.ts";
import type { LocalCloud } from "../../../src/local-cloud/local-cloud.ts";
import { applicationKeys } from "../../../src/local-cloud/ovhcloud/authorize.ts";
import { loadSimulators, openSimulators } from "../../../src/local-cloud/simulators.ts";
import type { Traffic } from "../../../src/local-cloud/traffic/traffic.ts";

const token = "door-token";
const keys = applicationKeys(token);
const folder = mkdtempSync(join(tmpdir(), "lor-infra-ovh-door-"));
let cloud: LocalCloud;
let api: RunningHttpApi;
let project: string;

beforeAll(async () => {
  cloud = createLocalCloud({ databasePath: join(folder, "cloud.sqlite"), clock: "stepped", scale: 1 });
  const { apis } = openSimulators(cloud, await loadSimulators());
  api = await startHttpApi({ cloud, apis, traffic: undefined as unknown as Traffic, token });
  project = cloud.keystone.projectId;
});
afterAll(async () => {
  await api.close();
  cloud.close();
  rmSync(folder, { recursive: true });
});

interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly queryId: string | null;
}

async function ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> {
  const response = await fetch(`${api.url}${path}`, {
    method,
    headers: headers ?? { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return {
    status: response.status,
    body: text === "" ? undefined : JSON.parse(text),
    queryId: response.headers.get("x-ovh-queryid"),
  };
}

/** The headers of a call that an application signs. */
function signed(
  call: { readonly method: string; readonly path: string; readonly body?: unknown },
  change: Partial<typeof keys> & { readonly lateBy?: number } = {},
): Record<string, string> {
  const { applicationKey, applicationSecret, consumerKey, lateBy = 0 } = { ...keys, ...change };
  const timestamp = String(Math.floor(cloud.clock.now() / 1000) + lateBy);
  const content = call.body === undefined ? "" : JSON.stringify(call.body);
  const text = [applicationSecret, consumerKey, call.method, `${api.url}${call.path}`, content, timestamp].join("+");
  return {
    "x-ovh-application": applicationKey,
    "x-ovh-consumer": consumerKey,
    "x-ovh-timestamp": timestamp,
    "x-ovh-signature": `$1$${createHash("sha1").update(text).digest("hex")}`,
  };
}

describe("who may call", () => {
  const read = { method: "GET", path: "/1.0/auth/details?a=b" };
  const call = (change: Parameters<typeof signed>[1]) => ask(read.method, read.path, undefined, signed(read, change));

  it("whoever has the token, and whoever signs with the application's keys", async () => {
    expect(await ask("GET", "/1.0/auth/details")).toMatchObject({ status: 200, body: { roles: ["ADMIN"] } });
    expect(await call({})).toMatchObject({ status: 200, body: { roles: ["ADMIN"] } });
    const order = { method: "POST", path: `/1.0/cloud/project/${project}/user`, body: { description: "signed" } };
    expect(await ask(order.method, order.path, order.body, signed(order))).toMatchObject({ status: 200 });
    expect(await ask("GET", "/1.0/auth/time", undefined, {})).toMatchObject({ status: 200 });
  });

  it.each([
    ["another signature", { applicationSecret: "wrong" }, 400, "INVALID_SIGNATURE", "Invalid signature"],
    ["an unknown application", { applicationKey: "wrong" }, 403, "INVALID_KEY", "This application key is invalid"],
    ["an unknown consumer", { consumerKey: "wrong" }, 403, "NOT_CREDENTIAL", "This credential does not exist"],
    ["a clock an hour behind", { lateBy: -3600 }, 400, "QUERY_TIME_OUT", "Query out of time"],
    ["a clock an hour ahead", { lateBy: 3600 }, 400, "QUERY_TIME_OUT", "Query out of time"],
  ])("nobody with %s", async (_, change, status, errorCode, message) => {
    const answer = await call(change);
    expect(answer).toMatchObject({ status, body: { errorCode, message } });
    expect(answer.body).toMatchObject({ httpCode: expect.stringMatching(new RegExp(`^${status} `)) });
  });

  it("a signature covers address and body", async () => {
    const order = { method: "POST", path: `/1.0/cloud/project/${project}/user`, body: { description: "signed" } };
    const refused = { status: 400, body: { errorCode: "INVALID_SIGNATURE" } };
    expect(await ask(order.method, order.path, { description: "other" }, signed(order))).toMatchObject(refused);
    expect(await ask("GET", `${read.path}c`, undefined, signed(read))).toMatchObject(refused);
  });

  it("nobody without either", async () => {
    expect(await ask("GET", "/1.0/auth/details", undefined, {})).toMatchObject({
      status: 401,
      body: { class: "Client::Unauthorized" },
    });
  });
});

describe("an answer", () => {
  it("carries an id for the support, a refusal too, and each another one", async () => {
    const answers = [await ask("GET", "/1.0/auth/time"), await ask("GET", "/1.0/vrack/nothing")];
    expect(answers.map(({ queryId }) => queryId)).toEqual([
      expect.stringMatching(/^LOCAL\./),
      expect.stringMatching(/^LOCAL\./),
    ]);
    expect(answers[0]?.queryId).not.toBe(answers[1]?.queryId);
  });

  it.each([
    ["GET", "/1.0/kube", "GET /kube"],
    ["POST", "/1.0/cloud/project/p/instance", "POST /cloud/project/p/instance"],
    ["GET", "/v2/iam/policy", "GET /iam/policy"],
    ["PATCH", "/1.0/vrack/pn-1", undefined],
  ])("to %s %s says what is not modelled", async (method, path, name) => {
    const answer = await ask(method, path, method === "POST" ? {} : undefined);
    if (name === undefined) expect(answer.status).toBe(404);
    else {
      expect(answer).toMatchObject({
        status: 501,
        body: { class: "Server::NotImplemented", message: `The local cloud does not model ${name}` },
      });
    }
  });

  it("to an order is a refusal", async () => {
    expect(await ask("POST", "/1.0/order/cart", { ovhSubsidiary: "FR" })).toMatchObject({
      status: 403,
      body: { errorCode: "NOT_GRANTED_CALL", message: "This call has not been granted" },
    });
  });

  it("is the same under both names of the version", async () => {
    expect((await ask("GET", "/v1/cloud/project")).body).toEqual([project]);
    expect((await ask("GET", "/1.0/cloud/project")).body).toEqual([project]);
  });

  it.each([
    ["no name", {}, "Missing mandatory parameter: name"],
    ["another type", { name: 7 }, "[name] Given data (7) is not valid for type string"],
    [
      "another word",
      { name: "bucket-1", versioning: { status: "on" } },
      "[status] Given data (on) does not belong to the VersioningStatusEnum enumeration",
    ],
    ["a name that S3 refuses", { name: "A" }, "The specified bucket is not valid: A"],
  ])("to a bucket with %s is a 400 with its class", async (_, body, message) => {
    expect(await ask("POST", `/1.0/cloud/project/${project}/region/GRA/storage`, body)).toMatchObject({
      status: 400,
      body: { class: "Client::BadRequest", message },
    });
  });
});

describe("a managed database", () => {
  const base = () => `/1.0/cloud/project/${project}/database`;
  const order = {
    description: "door",
    nodesPattern: { flavor: "db1-4", number: 1, region: "GRA" },
    plan: "essential",
    version: "15",
  };

  it("takes no change while something goes on, and is gone after its deletion", async () => {
    const made = await ask("POST", `${base()}/postgresql`, order);
    const { id } = made.body as { id: string };
    expect(made).toMatchObject({ status: 200, body: { status: "CREATING", nodeNumber: 1 } });
    const early = await ask("POST", `${base()}/postgresql/${id}/user`, { name: "jane" });
    expect(early).toMatchObject({ status: 409, body: { class: "Client::Conflict" } });
    cloud.clock.step(1000);
    expect((await ask("GET", `${base()}/postgresql/${id}`)).body).toMatchObject({ status: "READY" });
    expect((await ask("GET", `${base()}/mysql/${id}`)).status).toBe(404);
    expect((await ask("PUT", `${base()}/postgresql/${id}`, { description: "other" })).status).toBe(200);
    expect((await ask("GET", `${base()}/postgresql/${id}`)).body).toMatchObject({ status: "UPDATING" });
    cloud.clock.step(1000);
    expect((await ask("DELETE", `${base()}/postgresql/${id}`)).status).toBe(200);
    expect((await ask("GET", `${base()}/postgresql/${id}`)).body).toMatchObject({ status: "DELETING" });
    cloud.clock.step(1000);
    expect((await ask("GET", `${base()}/postgresql/${id}`)).status).toBe(404);
  });

  it("is refused in the API's words", async () => {
    expect(await ask("POST", `${base()}/postgresql`, { ...order, plan: "huge" })).toMatchObject({
      status: 404,
      body: {
        class: "Client::NotFound::NoMatchingCompute",
        message: "no compute matches your expectations, please refer to the availability endpoint",
      },
    });
    const { id } = (await ask("POST", `${base()}/postgresql`, order)).body as { id: string };
    cloud.clock.step(1000);
    const user = `${base()}/postgresql/${id}/user`;
    expect(await ask("POST", user, { name: "jane", roles: ["replication"] })).toMatchObject({
      status: 200,
      body: { username: "jane", roles: ["replication"], password: expect.stringMatching(/.{16}/) },
    });
    expect(await ask("POST", user, { name: "jane" })).toMatchObject({
      status: 409,
      body: { class: "Client::Conflict::PostgresUserAlreadyExist", message: 'user "jane" already exist' },
    });
    expect(await ask("POST", `${base()}/postgresql/${id}/database`, { name: "postgres" })).toMatchObject({
      status: 400,
    });
    const pool = { name: "p", mode: "session", size: 3, databaseId: "none" };
    expect(await ask("POST", `${base()}/postgresql/${id}/connectionPool`, pool)).toMatchObject({
      status: 403,
      body: { class: "Client::Forbidden", message: "Service database 'none' does not exist" },
    });
    expect(await ask("POST", `${base()}/kafka`, order)).toMatchObject({ status: 501 });
  });

  it("is restored as a fork of a backup", async () => {
    const { id } = (await ask("POST", `${base()}/mysql`, { ...order, version: "8" })).body as { id: string };
    cloud.clock.step(1000);
    await ask("POST", `${base()}/mysql/${id}/database`, { name: "shop" });
    cloud.clock.step(2 * 24 * 3600);
    const [backupId] = (await ask("GET", `${base()}/mysql/${id}/backup`)).body as string[];
    expect((await ask("GET", `${base()}/mysql/${id}/backup/${backupId}`)).body).toMatchObject({ status: "READY" });
    const fork = await ask("POST", `${base()}/mysql`, {
      ...order,
      version: "8",
      forkFrom: { serviceId: id, backupId },
    });
    const copy = fork.body as { id: string };
    const databases = (await ask("GET", `${base()}/mysql/${copy.id}/database`)).body as string[];
    const names = await Promise.all(
      databases.map(
        async (database) =>
          ((await ask("GET", `${base()}/mysql/${copy.id}/database/${database}`)).body as { name: string }).name,
      ),
    );
    expect(names.toSorted()).toEqual(["defaultdb", "shop"]);
  });
});

describe("a bucket", () => {
  const storage = (region: string) => `/1.0/cloud/project/${project}/region/${region}/storage`;

  it("with a rule makes the one that it copies to, and tells when that one is gone", async () => {
    const destination = { name: "door-copies", region: "SBG" };
    const rules = [{ id: "r", status: "enabled", priority: 1, deleteMarkerReplication: "disabled", destination }];
    const body = { name: "door-images", versioning: { status: "enabled" }, replication: { rules } };
    expect(await ask("POST", storage("GRA"), body)).toMatchObject({ status: 200, body: { replication: { rules } } });
    expect((await ask("GET", `${storage("SBG")}/door-copies`)).status).toBe(200);
    expect((await ask("DELETE", `${storage("SBG")}/door-copies`)).status).toBe(200);
    expect((await ask("GET", `${storage("GRA")}/door-images`)).body).toMatchObject({
      replication: { rules: [{ destination: { name: "door-copies", region: "" } }] },
    });
  });

  it("is deleted when its versions are", async () => {
    await ask("POST", storage("GRA"), { name: "door-full", versioning: { status: "enabled" } });
    cloud.ovhStorage.putObject("door-full", "a", "1");
    cloud.ovhStorage.putObject("door-full", "a", "2");
    expect(await ask("DELETE", `${storage("GRA")}/door-full`)).toMatchObject({
      status: 409,
      body: { class: "Client::Conflict" },
    });
    const objects = (await ask("GET", `${storage("GRA")}/door-full/object?withVersions=true`)).body as {
      key: string;
      versionId: string;
    }[];
    expect(objects.length).toBe(2);
    await ask("POST", `${storage("GRA")}/door-full/bulkDeleteObjects`, { objects });
    expect((await ask("DELETE", `${storage("GRA")}/door-full`)).status).toBe(200);
    expect((await ask("GET", `${storage("GRA")}/door-full`)).status).toBe(404);
  });

  it("locks new objects for a time that is told in weeks where it is weeks", async () => {
    const lock = (period: string) => ({ status: "enabled", rule: { mode: "compliance", period } });
    const made = await ask("POST", storage("GRA"), { name: "door-locked", objectLock: lock("P14D") });
    expect(made.body).toMatchObject({ objectLock: lock("P2W"), versioning: { status: "enabled" } });
    await ask("PUT", `${storage("GRA")}/door-locked`, { objectLock: lock("P8D") });
    expect((await ask("GET", `${storage("GRA")}/door-locked`)).body).toMatchObject({ objectLock: lock("P8D") });
    await ask("PUT", `${storage("GRA")}/door-locked`, { objectLock: { status: "enabled" } });
    expect((await ask("GET", `${storage("GRA")}/door-locked`)).body).toMatchObject({
      objectLock: { status: "enabled" },
    });
    expect(JSON.stringify((await ask("GET", `${storage("GRA")}/door-locked`)).body)).not.toContain("compliance");
  });
});

it("keeps no secret of a caller: neither in the journal nor in a file", async () => {
  const planted = "planted-application-secret";
  const call = { method: "POST", path: `/1.0/cloud/project/${project}/user` };
  await ask("POST", call.path, { description: "x" }, signed(call, { applicationSecret: planted }));
  await ask("GET", `/1.0/kube?secret=${planted}`, undefined, { authorization: `Bearer ${planted}` });
  await ask("POST", "/1.0/kube", { password: planted });
  expect(JSON.stringify(cloud.journal.entries({}))).not.toContain(planted);
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name));
  for (const file of files.filter((path) => statSync(path).isFile())) {
    expect(readFileSync(file, "latin1"), file).not.toContain(planted);
  }
});

describe("a DNS zone", () => {
  const zone = "/1.0/domain/zone/lor.example";

  it("has a status, which clients for ACME read first, and is no zone of somebody else's", async () => {
    expect(await ask("GET", `${zone}/status`)).toMatchObject({ status: 200, body: { isDeployed: true, errors: [] } });
    const other = await ask("GET", "/1.0/domain/zone/www.lor.example/status");
    expect(other).toMatchObject({ status: 404, body: { message: "This service does not exist" } });
  });

  it("keeps texts in quotation marks, long ones in pieces", async () => {
    const record = async (target: string) => {
      const made = await ask("POST", `${zone}/record`, { fieldType: "TXT", subDomain: "t", target });
      return (made.body as { readonly target: string }).target;
    };
    expect(await record("abc")).toBe('"abc"');
    expect(await record('"abc"')).toBe('"abc"');
    expect(await record("k".repeat(300))).toBe(`"${"k".repeat(255)}" "${"k".repeat(45)}"`);
  });
});
