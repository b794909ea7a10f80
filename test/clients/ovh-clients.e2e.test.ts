import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { installPython } from "../../src/ansible/install-ansible.ts";
import { builtProgram } from "../../src/engine/built-program.ts";
import { createLocalCloud } from "../../src/local-cloud/create-local-cloud.ts";
import { type RunningHttpApi, startHttpApi } from "../../src/local-cloud/http/http-server.ts";
import type { LocalCloud } from "../../src/local-cloud/local-cloud.ts";
import { CertificateAuthority } from "../../src/local-cloud/machines/services/certificate-authority.ts";
import { applicationKeys } from "../../src/local-cloud/ovhcloud/authorize.ts";
import { loadSimulators, openSimulators } from "../../src/local-cloud/simulators.ts";
import type { Traffic } from "../../src/local-cloud/traffic/traffic.ts";

const place = (name: string) => fileURLToPath(new URL(`./ovh/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "lor-infra-ovh-clients-"));
const certificate = join(folder, "authority.crt");
const keys = applicationKeys("token");
/** Client -> its program and arguments. */
const commands = new Map<string, readonly [string, ...string[]]>();
const running = new Set<ChildProcess>();
let cloud: LocalCloud;
let api: RunningHttpApi;

beforeAll(async () => {
  const env = process.env;
  const python = await installPython("ovh-client", place("requirements.txt"), { env });
  const program = await builtProgram({
    kind: "ovh-client-go",
    version: "1.9.0",
    recipe: { binary: "ovh-client", modules: place("go/"), buildArguments: ["-trimpath", "."], sources: ["main.go"] },
    env,
    onProgress: () => undefined,
  });
  commands.set("ovh of PyPI", [python, place("call.py")]);
  commands.set("go-ovh", [program]);
  commands.set("@ovhcloud/node-ovh", [process.execPath, place("call.mjs")]);
});
beforeEach(async () => {
  cloud = createLocalCloud({ databasePath: ":memory:" });
  const { apis } = openSimulators(cloud, await loadSimulators());
  const authority = CertificateAuthority.open(folder, () => new Date());
  writeFileSync(certificate, authority.certificate);
  api = await startHttpApi({ cloud, apis, traffic: undefined as unknown as Traffic, token: "token", authority });
});
afterEach(async () => {
  for (const child of running) child.kill();
  running.clear();
  await api.close();
  cloud.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Starts a client that calls the API by HTTPS. @returns what it says of its next call */
function start(client: string, secret = keys.applicationSecret): () => Promise<unknown> {
  const [program, ...args] = commands.get(client) ?? ["false"];
  const child = spawn(program, args, {
    stdio: ["pipe", "pipe", "inherit"],
    env: {
      PATH: process.env.PATH,
      HOME: folder,
      ENDPOINT: `${api.secureUrl}/1.0`,
      KEY: keys.applicationKey,
      SECRET: secret,
      CONSUMER: keys.consumerKey,
      REQUESTS_CA_BUNDLE: certificate,
      SSL_CERT_FILE: certificate,
      NODE_EXTRA_CA_CERTS: certificate,
    },
  });
  running.add(child);
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let first = true;
  return async () => {
    if (!first) child.stdin.write("\n");
    first = false;
    const { value } = await lines.next();
    return JSON.parse(String(value));
  };
}

describe.each(["ovh of PyPI", "go-ovh", "@ovhcloud/node-ovh"])("%s", (client) => {
  it("is let in with its signature, until its clock is off by an hour", async () => {
    const call = start(client);
    expect(await call()).toEqual({ answer: [cloud.keystone.projectId] });
    cloud.clock.step(3600);
    expect(await call()).toEqual({ status: 400, message: "Query out of time" });
  });

  it("is refused with another secret, in the API's words", async () => {
    expect(await start(client, "wrong")()).toEqual({ status: 400, message: "Invalid signature" });
  });

  it("does not connect without the cloud's certificate", async () => {
    writeFileSync(certificate, CertificateAuthority.open(join(folder, "other"), () => new Date()).certificate);
    expect(await start(client)()).toEqual({ connected: false });
  });
});
