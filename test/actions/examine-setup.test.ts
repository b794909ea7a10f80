import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { examine } from "../../src/actions/doctor/examine-setup.ts";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";
import { CertificateStore } from "../../src/stack/certificate-store.ts";
import { FolderFiles } from "../../src/state/folder-files.ts";
import { stackFolder, stateHome } from "../../src/state/stack-folder.ts";
import { settingsFolder } from "../config/settings-folder.ts";

it.each(["local", "ovh"] as const)(
  "doctor refuses the certificate of another domain as `up` does: %s",
  async (cloud) => {
    const now = new Date();
    const dir = settingsFolder();
    const file = join(dir, "shop.p12");
    writeFileSync(file, selfSignedPkcs12(["other.example"], now));
    const checks = await examine({ dir, stack: "prod", cloud, env: { LOR_TLS_PKCS12_FILE: file }, now });
    expect(checks.find(({ subject }) => subject === "certificate")).toMatchObject({
      verdict: "bad",
      what: expect.stringContaining("is not valid for www."),
    });
  },
);

it("doctor tells what is to be done for the certificate of an authority", async () => {
  const now = new Date();
  const dir = settingsFolder();
  const yaml = join(dir, "Pulumi.yaml");
  const section = "  certificates:\n    value: { kind: acme }\n  dns:\n    value: { zone: lor.example }\n";
  writeFileSync(yaml, `${readFileSync(yaml, "utf8")}${section}`);
  const look = async (later: Date) => {
    const checks = await examine({ dir, stack: "prod", cloud: "local", env: {}, now: later });
    return checks.find(({ subject }) => subject === "certificate");
  };
  expect(await look(now)).toMatchObject({ verdict: "warning", next: "lor-infra certificate renew" });
  const folder = stackFolder(stateHome(dir, {}), "local", "prod");
  const store = new CertificateStore(new FolderFiles(folder.folder), "local");
  const pkcs12 = selfSignedPkcs12(["www.lor.example"], now, 90).toString("base64");
  await store.change({ current: { pkcs12, origin: "self-made", installed: true } });
  expect((await look(now))?.what).toContain("refused by browsers");
  await store.change({ current: { pkcs12, origin: "acme", installed: true } });
  const in70days = new Date(now.getTime() + 70 * 86_400_000);
  const in91days = new Date(now.getTime() + 91 * 86_400_000);
  expect(await look(now)).toMatchObject({ verdict: "good" });
  expect(await look(in70days)).toMatchObject({ verdict: "warning", next: "lor-infra certificate renew" });
  expect(await look(in91days)).toMatchObject({ verdict: "bad" });
});
