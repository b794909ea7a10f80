import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, onTestFinished, test } from "vitest";
import { createEncryptionSalt } from "../../src/config/encryption-salt.ts";
import { installEngine } from "../../src/engine/install-engine.ts";

test("the real engine keeps a secret under our salt, without changing it", async () => {
  const { path: pulumi } = await installEngine({ env: process.env });
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-salt-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const salt = createEncryptionSalt("right", { salt: randomBytes(8), nonce: randomBytes(12) });
  mkdirSync(join(folder, "backend"));
  writeFileSync(join(folder, "Pulumi.yaml"), "name: salted\nruntime: nodejs\n");
  writeFileSync(join(folder, "Pulumi.prod.yaml"), `encryptionsalt: ${salt}\n`);
  const run = (passphrase: string, ...args: string[]) =>
    promisify(execFile)(pulumi, [...args, "--stack", "prod", "--non-interactive"], {
      cwd: folder,
      env: {
        PATH: [dirname(pulumi), process.env.PATH ?? ""].join(delimiter),
        HOME: folder,
        PULUMI_BACKEND_URL: `file://${join(folder, "backend")}`,
        PULUMI_CONFIG_PASSPHRASE: passphrase,
        PULUMI_SKIP_UPDATE_CHECK: "true",
      },
    });
  await run("right", "stack", "init");
  await run("right", "config", "set", "--secret", "cake", "tarte");
  expect((await run("right", "config", "get", "cake")).stdout.trim()).toBe("tarte");
  expect(readFileSync(join(folder, "Pulumi.prod.yaml"), "utf8")).toContain(salt);
  await expect(run("wrong", "config", "get", "cake")).rejects.toThrow(/incorrect passphrase/);
});
