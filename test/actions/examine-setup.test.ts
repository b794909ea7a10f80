import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { examine } from "../../src/actions/doctor/examine-setup.ts";
import { selfSignedPkcs12 } from "../../src/os/pkcs12.ts";
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
