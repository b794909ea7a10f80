import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { checkPassphrase, findPassphrase } from "../../src/config/passphrase.ts";
import { lorProject } from "../systems/lor/lor-project.ts";

function home(passphrase?: string): string {
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-home-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  if (passphrase !== undefined) writeFileSync(join(folder, "passphrase"), `${passphrase}\n`);
  return folder;
}

test("the environment comes before the file, the file before the example", () => {
  const file = join(home("from a file"), "passphrase");
  const both = { PULUMI_CONFIG_PASSPHRASE: "said", PULUMI_CONFIG_PASSPHRASE_FILE: file };
  expect(findPassphrase({ home: home("kept"), cloud: "ovh", environment: both }).value).toBe("said");
  const named = { PULUMI_CONFIG_PASSPHRASE_FILE: file };
  expect(findPassphrase({ home: home("kept"), cloud: "ovh", environment: named }).value).toBe("from a file");
  expect(findPassphrase({ home: home("kept"), cloud: "ovh", environment: {} }).value).toBe("kept");
  expect(findPassphrase({ home: home(), cloud: "local", environment: {} })).toEqual({
    value: "local",
    origin: "example",
  });
});

test("a real stack has no passphrase by default and does not take the public one", () => {
  expect(() => findPassphrase({ home: home(), cloud: "ovh", environment: {} })).toThrow(
    expect.objectContaining({ code: "passphrase-missing", exit: 2 }),
  );
  for (const environment of [{ PULUMI_CONFIG_PASSPHRASE: "local" }, {}]) {
    expect(() => findPassphrase({ home: home("local"), cloud: "ovh", environment })).toThrow(
      expect.objectContaining({ code: "passphrase-public", exit: 3 }),
    );
  }
});

test("a named file that cannot be read is not passed over", () => {
  const environment = { PULUMI_CONFIG_PASSPHRASE_FILE: "/nowhere/passphrase" };
  expect(() => findPassphrase({ home: home("kept"), cloud: "local", environment })).toThrow(
    expect.objectContaining({ code: "passphrase-unreadable", seen: "/nowhere/passphrase" }),
  );
});

test("a wrong passphrase is told before anything runs, without repeating it", () => {
  const { encryptionSalt } = lorProject();
  checkPassphrase({ value: "local", origin: "example" }, encryptionSalt);
  const wrong = () => checkPassphrase({ value: "tarte-aux-pommes", origin: "state folder" }, encryptionSalt);
  expect(wrong).toThrow(expect.objectContaining({ code: "passphrase-wrong" }));
  expect(wrong).not.toThrow(/tarte/);
});
