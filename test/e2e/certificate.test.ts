import { spawn } from "node:child_process";
import { connect as dial } from "node:net";
import { join } from "node:path";
import { afterEach, expect, it } from "vitest";
import { cloudFolder, requireLocalCloud } from "../../src/stack/cloud-connection.ts";
import { type PebbleOptions, PebbleServer } from "../acme/pebble-server.ts";
import { HandshakeClients } from "../handshake-clients.ts";
import { type CrashPoint, CrashScene } from "./crash/crash-scene.ts";
import { createdProject } from "./created-stack.ts";
import { InProcessProject } from "./in-process.ts";
import { ended, launcher } from "./project.ts";

let project: InProcessProject | undefined;
let authority: PebbleServer | undefined;
afterEach(async () => {
  await project?.dispose();
  await authority?.dispose();
});

interface Report {
  readonly stored?: { readonly daysLeft: number; readonly fingerprint: string; readonly issuer: string };
  readonly served: { readonly daysLeft: number; readonly fingerprint: string; readonly names: readonly string[] };
  readonly keyManager: readonly { readonly fingerprint: string; readonly inUse: boolean }[];
  readonly problems: readonly { readonly what: string }[];
}

interface Renewal {
  readonly obtained: boolean;
  readonly installed: string;
  readonly daysLeft: number;
  readonly because?: string;
}

/** A stack that is up, and an authority that asks the DNS server of its cloud. */
async function createdWithAuthority(options: { readonly validityDays?: number } = {}): Promise<InProcessProject> {
  const lor = await createdProject();
  project = lor;
  await lor.json(["status"]);
  const { runtime } = requireLocalCloud(cloudFolder(lor.home));
  authority = await PebbleServer.start({ dnsServer: runtime.dnsServer ?? "", ...options });
  const { directory, trustFile } = authority;
  lor.edit(
    "Pulumi.yaml",
    (text) =>
      `${text}  certificates:\n    value: { kind: acme, directory: "${directory}", names: ["*.lor.example", "lor.example"] }\n  dns:\n    value: { zone: lor.example }\n`,
  );
  lor.env.NODE_EXTRA_CA_CERTS = trustFile;
  const { served } = await lor.json<Report>(["certificate", "status"], 5);
  await lor.json(["up", "--yes"]);
  // What serves stays until the authority has issued another one.
  const { served: after } = await lor.json<Report>(["certificate", "status"], 5);
  expect(after.fingerprint).toBe(served.fingerprint);
  return lor;
}

/** A project of which nothing is up, whose cloud runs, and an authority that asks the DNS server of that cloud. */
async function newWithAuthority(options: Partial<PebbleOptions> = {}): Promise<InProcessProject> {
  const lor = new InProcessProject();
  project = lor;
  await lor.json(["cloud", "start"]);
  const { runtime } = requireLocalCloud(cloudFolder(lor.home));
  authority = await PebbleServer.start({ dnsServer: runtime.dnsServer ?? "", refusedNonces: 0, ...options });
  const { directory, trustFile } = authority;
  lor.edit(
    "Pulumi.yaml",
    (text) =>
      `${text}  certificates:\n    value: { kind: acme, directory: "${directory}" }\n  dns:\n    value: { zone: lor.example }\n`,
  );
  lor.env.NODE_EXTRA_CA_CERTS = trustFile;
  return lor;
}

/** A process of its own: it trusts the authority from its start. */
async function renew(lor: InProcessProject, ...more: readonly string[]): Promise<Renewal> {
  const run = await ended(lor.start(["certificate", "renew", "--json", ...more]));
  expect(run.code, run.stdout + run.stderr).toBe(0);
  return JSON.parse(run.stdout) as Renewal;
}

it("obtains a certificate by dns-01 and renews it under load without a failed handshake", async () => {
  const lor = await createdWithAuthority();
  const zones = (await lor.clients()).zones;
  const first = await renew(lor);
  expect(first).toMatchObject({ obtained: true, installed: "now", daysLeft: 89 });
  const before = await lor.json<Report>(["certificate", "status"]);
  expect(before.problems).toEqual([]);
  expect(before.served.names).toEqual(expect.arrayContaining(["www.lor.example", "*.lor.example", "lor.example"]));
  expect(await zones.records("lor.example", { subDomain: "_acme-challenge.www", fieldType: "TXT" })).toEqual([]);
  expect(await renew(lor)).toMatchObject({ obtained: false, installed: "already" });
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);

  const { trafficPortOffset } = requireLocalCloud(cloudFolder(lor.home)).runtime;
  const { addresses } = await lor.json<{ addresses: { loadBalancer: { public: string } } }>(["status"]);
  const host = `127.${addresses.loadBalancer.public.split(".").slice(1).join(".")}`;
  const clients = new HandshakeClients("www.lor.example", async () => dial(trafficPortOffset + 443, host));
  const second = await renew(lor, "--force");
  const seen = await clients.stop();
  expect(second).toMatchObject({ obtained: true, installed: "now", because: "it was asked for" });
  const after = await lor.json<Report>(["certificate", "status"]);
  expect(seen.failures).toEqual([]);
  expect([...seen.fingerprints]).toEqual([before.served.fingerprint, after.served.fingerprint]);
  expect(after.keyManager).toEqual([expect.objectContaining({ fingerprint: after.stored?.fingerprint, inUse: true })]);
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);
  console.log(`${seen.handshakes} handshakes while the certificate changed, ${seen.failures.length} failed`);
});

it("begins a new stack with a certificate of its own, says so, and replaces it at the first renewal", async () => {
  const lor = await newWithAuthority();
  const up = await lor.run(["up", "--yes"]);
  expect(up.code, up.stderr).toBe(0);
  expect(up.stdout).toContain("[certificate-self-made]");
  const { problems } = await lor.json<Report>(["certificate", "status"], 5);
  expect(problems.map(({ what }) => what)).toContain("clients see a self-signed certificate, which browsers refuse");
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);
  expect(await renew(lor)).toMatchObject({ installed: "now", because: "the present one was made by this program" });
  expect((await lor.json<Report>(["certificate", "status"])).problems).toEqual([]);
});

it("obtains a certificate before the first up, which installs it", async () => {
  const lor = await newWithAuthority();
  expect(await renew(lor)).toMatchObject({ obtained: true, installed: "later", because: "there is none yet" });
  expect(await renew(lor)).toMatchObject({ obtained: false, installed: "later" });
  const up = await lor.run(["up", "--yes"]);
  expect(up.stdout).not.toContain("certificate-self-made");
  const { served, stored } = await lor.json<Report>(["certificate", "status"]);
  expect(served.fingerprint).toBe(stored?.fingerprint);
  // Plain Pulumi takes it from the same place.
  const plain = "pulumi preview --stack prod --config-file Pulumi.normal.yaml --expect-no-changes --diff=false";
  const preview = await ended(
    spawn("sh", ["-c", `eval "$("${process.execPath}" "${launcher}" cloud env)" && ${plain}`], {
      cwd: lor.folder,
      env: { ...lor.env, PULUMI_HOME: join(lor.home, "pulumi") },
      stdio: ["ignore", "pipe", "pipe"],
    }),
  );
  expect(preview.code, preview.stdout + preview.stderr).toBe(0);
});

it("reports what the authority refuses, leaves no record, and goes on with a new order", async () => {
  // An authority that sees another DNS than the zone's name servers.
  const lor = await newWithAuthority({ dnsServer: "127.0.0.1:9", validityDays: 6, blocked: ["refused.lor.example"] });
  const { zones } = await lor.clients();
  const refused = async () => {
    const run = await ended(lor.start(["certificate", "renew", "--json"]));
    expect(run.code, run.stdout + run.stderr).toBe(1);
    return (JSON.parse(run.stdout) as { error: { code: string; seen: string; next: string } }).error;
  };
  expect(await refused()).toMatchObject({ code: "acme-proof-refused", seen: expect.stringMatching(/^\w+: /) });
  expect(await zones.records("lor.example", { subDomain: "_acme-challenge.www", fieldType: "TXT" })).toEqual([]);

  await authority?.dispose();
  const { dnsServer = "" } = requireLocalCloud(cloudFolder(lor.home)).runtime;
  authority = await PebbleServer.start({ dnsServer, validityDays: 6, blocked: ["refused.lor.example"] });
  const { directory, trustFile } = authority;
  lor.env.NODE_EXTRA_CA_CERTS = trustFile;
  lor.edit("Pulumi.yaml", (text) =>
    text.replace(/directory: "[^"]+"/, `directory: "${directory}", names: [refused.lor.example]`),
  );
  expect(await refused()).toMatchObject({ code: "acme-name-refused" });
  lor.edit("Pulumi.yaml", (text) => text.replace(", names: [refused.lor.example]", ""));
  expect(await renew(lor)).toMatchObject({ obtained: true, daysLeft: 5 });
  // Of a validity of six days, more than half is left.
  expect(await renew(lor)).toMatchObject({ obtained: false });
});

it("obtains a certificate by http-01 once every front answers, and says which command makes them", async () => {
  const lor = await createdProject();
  project = lor;
  const { addresses } = await lor.json<{ addresses: { loadBalancer: { public: string } } }>(["status"]);
  const { runtime } = requireLocalCloud(cloudFolder(lor.home));
  const { zones } = await lor.clients();
  // The address where the load balancer answers on this machine.
  const target = `127.${addresses.loadBalancer.public.split(".").slice(1).join(".")}`;
  await zones.create("lor.example", { subDomain: "www", fieldType: "A", target, ttl: 0 });
  await zones.publish("lor.example");
  const httpPort = runtime.trafficPortOffset + 80;
  authority = await PebbleServer.start({ dnsServer: runtime.dnsServer ?? "", httpPort });
  const { directory, trustFile } = authority;
  lor.edit(
    "Pulumi.yaml",
    (text) => `${text}  certificates:\n    value: { kind: acme, directory: "${directory}", challenge: http-01 }\n`,
  );
  lor.env.NODE_EXTRA_CA_CERTS = trustFile;
  const early = await ended(lor.start(["certificate", "renew", "--json"]));
  expect(early.code).toBe(1);
  expect(JSON.parse(early.stdout).error).toMatchObject({
    code: "acme-fronts-not-ready",
    path: "certificates.challenge",
  });
  await lor.json(["up", "--yes"]);
  expect(await renew(lor)).toMatchObject({ obtained: true, installed: "now" });
  expect((await lor.json<Report>(["certificate", "status"])).served.names).toEqual(["www.lor.example"]);
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);
});

const http = (name: string) => ({ match: { operation: "http", name } });
const engine = (type: string, operation: string) => ({ match: { type, operation } });
const zone = "/1.0/domain/zone/lor.example";

/** Each is met by the run after the one that was killed before. */
const points: readonly CrashPoint[] = [
  { point: "TXT record created", steps: [http(`POST ${zone}/record`)], kill: ["command"] },
  { point: "zone published", steps: [http(`POST ${zone}/refresh`)], kill: ["command"] },
  { point: "certificate issued, TXT record removed", steps: [http(`DELETE ${zone}/record/*`)], kill: ["command"] },
  { point: "new secret created", steps: [engine("SecretV1", "create")], kill: ["command", "engine"] },
  { point: "listener changed", steps: [engine("Listener", "update")], kill: ["engine"] },
  { point: "old secret deleted", steps: [engine("SecretV1", "delete")], kill: ["command", "engine"] },
];

it("goes on after a kill at every step, with one certificate and no record left", async () => {
  const lor = await createdWithAuthority();
  const scene = await CrashScene.over(lor);
  let issued: string | undefined;
  for (const point of points) {
    await scene.crash(["certificate", "renew"], point);
    const { served, stored } = JSON.parse((await lor.run(["certificate", "status", "--json"])).stdout) as Report;
    expect(served.fingerprint, `${point.point}: the listener shows a certificate`).toMatch(/:/);
    // What was issued once is installed, and not ordered again.
    if (stored?.issuer.includes("Pebble") === true) issued ??= stored.fingerprint;
    if (issued !== undefined) expect(stored?.fingerprint).toBe(issued);
  }
  await scene.control.release();
  expect(await renew(lor)).toMatchObject({ obtained: false });
  const report = await lor.json<Report>(["certificate", "status"]);
  expect(report.problems).toEqual([]);
  expect(report.served.fingerprint).toBe(issued);
  expect(report.keyManager).toEqual([expect.objectContaining({ fingerprint: issued, inUse: true })]);
  for (const subDomain of ["_acme-challenge", "_acme-challenge.www"]) {
    expect(await (await lor.clients()).zones.records("lor.example", { subDomain, fieldType: "TXT" })).toEqual([]);
  }
  expect((await lor.run(["preview", "--exit-code"])).code).toBe(0);
});
