import { createHash } from "node:crypto";
import https, { createServer, type Server } from "node:https";
import type { AddressInfo } from "node:net";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { Caller } from "../../src/clouds/http/call.ts";
import { connectOvh } from "../../src/clouds/ovh/ovh-api.ts";
import { systemClock } from "../../src/os/host.ts";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";

/** The official client knows only OVHcloud's own hosts: its requests are led to a server of this test. */
let server: Server;
let seen: { host: unknown; path: string | undefined; headers: NodeJS.Dict<string | string[]> }[] = [];
let answers: { status: number; body: string }[] = [];

beforeAll(async () => {
  server = createServer({ pfx: selfSignedPkcs12(["localhost"], new Date()), passphrase: "" }, (request, response) => {
    const next = request.url === "/1.0/auth/time" ? { status: 200, body: "1700000000" } : answers.shift();
    response.statusCode = next?.status ?? 500;
    response.end(next?.body ?? "{}");
  });
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen({ host: "127.0.0.1", port: 0 }, resolve);
  await promise;
  const { port } = server.address() as AddressInfo;
  const real = https.request;
  vi.spyOn(https, "request").mockImplementation(((options: https.RequestOptions, done: never) => {
    seen.push({ host: options.host, path: options.path ?? undefined, headers: { ...(options.headers as object) } });
    return real({ ...options, host: "127.0.0.1", port, rejectUnauthorized: false, agent: false }, done);
  }) as typeof https.request);
});
afterEach(() => {
  seen = [];
  answers = [];
});
afterAll(() => {
  vi.restoreAllMocks();
  server.closeAllConnections();
  server.close();
});

const api = () =>
  connectOvh(new Caller({ clock: { ...systemClock, sleep: async () => undefined } }), {
    kind: "application-key",
    endpoint: "ovh-eu",
    key: "application",
    secret: "planted-secret",
    consumerKey: "consumer",
  });

test("calls go through the official client, signed with the application's secret", async () => {
  answers = [{ status: 200, body: `["db-1"]` }];
  expect(await api().get("/cloud/project/p/database/mysql")).toEqual(["db-1"]);
  const call = seen.at(-1);
  expect(call?.host).toBe("eu.api.ovh.com");
  const text = [
    "planted-secret",
    "consumer",
    "GET",
    "https://eu.api.ovh.com/1.0/cloud/project/p/database/mysql",
    "",
    call?.headers["X-Ovh-Timestamp"],
  ].join("+");
  expect(call?.headers["X-Ovh-Signature"]).toBe(`$1$${createHash("sha1").update(text).digest("hex")}`);
});

test("its errors become coded ones; what may pass is repeated, what is gone counts as deleted", async () => {
  answers = [
    { status: 503, body: `{"message":"busy"}` },
    { status: 404, body: `{"class":"Client::NotFound","message":"This service does not exist"}` },
  ];
  await expect(api().get("/cloud/project/p/user")).rejects.toMatchObject({
    code: "cloud-not-found",
    status: 404,
    message: "OVHcloud answered 404 to GET /1.0/cloud/project/p/user: This service does not exist",
  });
  expect(seen.filter((call) => call.path === "/1.0/cloud/project/p/user").length).toBe(2);
  answers = [{ status: 404, body: "{}" }];
  await api().delete("/cloud/project/p/user/1");
});
