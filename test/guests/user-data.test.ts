import { execFileSync } from "node:child_process";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { parseIdentity, renderUserData } from "../../src/machines/user-data.ts";
import { identity } from "./guest-inputs.ts";
import { ensureGuestTools } from "./guest-tools.ts";

beforeAll(ensureGuestTools);

interface CloudConfig {
  readonly write_files: readonly { path: string; permissions: string; content: string }[];
  readonly ssh_pwauth: boolean;
  readonly packages: readonly string[];
}

describe("user data", () => {
  it("stays byte for byte what it was: any change makes every machine anew", async () => {
    await expect(renderUserData(identity)).toMatchFileSnapshot("golden/user-data.yaml");
  });

  it("is a cloud-config that cloud-init accepts, with and without a key", () => {
    const folder = mkdtempSync(join(tmpdir(), "lor-user-data-"));
    for (const text of [
      renderUserData(identity),
      renderUserData(identity, { sshPublicKey: "ssh-ed25519 AAAA a: #b\n" }),
    ]) {
      writeFileSync(join(folder, "user-data"), text);
      expect(
        execFileSync("cloud-init", ["schema", "--config-file", join(folder, "user-data")], { encoding: "utf8" }),
      ).toContain("Valid");
    }
  });

  it("keeps the identity to root, allows no password, and updates itself", () => {
    const config = parse(renderUserData(identity)) as CloudConfig;
    const file = config.write_files.find(({ path }) => path === "/etc/lor/identity.json");
    expect(file?.permissions).toBe("0600");
    expect(JSON.parse(file?.content ?? "")).toEqual(identity);
    expect(config.ssh_pwauth).toBe(false);
    expect(config.packages).toContain("unattended-upgrades");
    expect(config.write_files.find(({ path }) => path.includes("sshd_config.d"))?.content).toMatch(
      /^PasswordAuthentication no$/m,
    );
  });

  it("gives every identity back, and to YAML the same", () => {
    fc.assert(
      fc.property(
        fc.record({
          name: fc.string({ unit: "binary", minLength: 1 }),
          role: fc.constantFrom("prestashop" as const, "odoo" as const),
          documentUrl: fc.oneof(fc.webUrl({ withQueryParameters: true }), fc.string({ unit: "binary" })),
        }),
        (one) => {
          const text = renderUserData(one);
          expect(parseIdentity(text)).toEqual(one);
          const file = (parse(text) as CloudConfig).write_files[0];
          expect(JSON.parse(file?.content ?? "")).toEqual(one);
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each([
    ["nothing", ""],
    ["a script", "#!/bin/sh\n"],
    ["another cloud-config", "#cloud-config\npackages: [nginx]\n"],
    ["a broken identity", renderUserData(identity).replace('{"name"', '{"name')],
    ["an unknown role", renderUserData(identity).replace('"prestashop"', '"mail"')],
  ])("finds no identity in %s", (_what, text) => {
    expect(parseIdentity(text)).toBeUndefined();
  });
});
