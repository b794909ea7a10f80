import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { afterAll, afterEach, beforeEach, expect, test, vi } from "vitest";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";
import program from "../../src/program.ts";
import { find, instance } from "./lor-build.ts";
import { mockCloud, record } from "./recording-cloud.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-program-"));
const certificate = join(folder, "tls.p12");
const pkcs12 = selfSignedPkcs12(["shop.example"], new Date());

beforeEach(() => {
  writeFileSync(certificate, pkcs12);
  vi.stubEnv("PULUMI_DEBUG_PROVIDERS", "ovh:1,openstack:2,random:3");
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///home/ada/shop/.lor-infra/local/backend");
  vi.stubEnv("LOR_TLS_PKCS12_FILE", certificate);
  pulumi.runtime.setAllConfig({ "lor:profile": "rush" });
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

afterEach(() => {
  vi.unstubAllEnvs();
  pulumi.runtime.setAllConfig({});
});

async function refusal(stack = "prod"): Promise<string> {
  await mockCloud({ stack });
  const error: unknown = await program().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(pulumi.RunError);
  return error instanceof Error ? error.message : "";
}

test("the profile of the configuration file is built, with the certificate as a secret", async () => {
  const cloud = await record(program);
  expect(find(cloud, instance, "ps-2").inputs.flavorName).toBe("b2-15-flex");
  expect(cloud.outputs).toMatchObject({ profile: "rush", cloud: "local" });
  const payload = find(cloud, "openstack:keymanager/secretV1:SecretV1", "lb");
  expect(payload.secretInputs).toEqual(["payload"]);
  expect(payload.inputs.payload).toBe(pkcs12.toString("base64"));
});

test("plain Pulumi's fronts are chained", async () => {
  const cloud = await record(program);
  const member = find(cloud, "openstack:loadbalancer/member:Member", "ps-2");
  expect(find(cloud, instance, "ps-0").dependencies).toContain(member.urn);
});

test("a stack called after a profile is refused, and told what to run", async () => {
  for (const stack of ["normal", "rush"]) {
    const message = await refusal(stack);
    expect(message).toContain("stack-is-a-profile");
    expect(message).toContain(`lor-infra ${stack} --stack prod`);
  }
});

test("a run without a profile is told both configuration files", async () => {
  pulumi.runtime.setAllConfig({});
  const message = await refusal();
  expect(message).toContain("--config-file Pulumi.normal.yaml");
  expect(message).toContain("--config-file Pulumi.rush.yaml");
});

test("a real state is not applied to the local cloud", async () => {
  vi.stubEnv("PULUMI_BACKEND_URL", "file:///home/ada/shop/.lor-infra/ovh/backend");
  expect(await refusal()).toContain("real-state-on-local-cloud");
});

test("a password of a mail relay is refused without its user", async () => {
  vi.stubEnv("LOR_MAIL_PASSWORD_FILE", certificate);
  expect(await refusal()).toContain("mail-user-missing");
});

test("a run without a certificate says where one is looked for", async () => {
  vi.stubEnv("LOR_TLS_PKCS12_FILE", "");
  expect(await refusal()).toContain("LOR_TLS_PKCS12_FILE");
  vi.stubEnv("LOR_TLS_PKCS12_FILE", join(folder, "absent.p12"));
  expect(await refusal()).toContain("absent.p12");
  writeFileSync(certificate, "");
  vi.stubEnv("LOR_TLS_PKCS12_FILE", certificate);
  expect(await refusal()).toContain("certificate-not-pkcs12");
});
