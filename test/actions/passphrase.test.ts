import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createEncryptionSalt } from "../../src/config/encryption-salt.ts";
import { readPassphrase } from "../../src/stack/passphrase.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "lor-home-"));
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

it("comes from the environment, then its file, then the project's own file, then, locally only, the public one", () => {
  const file = join(home, "chosen");
  writeFileSync(file, "from-file\n");
  expect(readPassphrase(home, "local", {})).toBe("local");
  writeFileSync(join(home, "passphrase"), "own\n");
  expect(readPassphrase(home, "local", {})).toBe("own");
  expect(readPassphrase(home, "ovh", { PULUMI_CONFIG_PASSPHRASE_FILE: file })).toBe("from-file");
  const both = { PULUMI_CONFIG_PASSPHRASE: "direct", PULUMI_CONFIG_PASSPHRASE_FILE: file };
  expect(readPassphrase(home, "ovh", both)).toBe("direct");
});

it.each(["\nown", " own \t\r\n\n", "\u0085own\u3000", "\u00a0own\u2028"])(
  "in a file is trimmed as Pulumi does: %j",
  (text) => {
    writeFileSync(join(home, "passphrase"), text);
    expect(readPassphrase(home, "local", {})).toBe("own");
    expect(readPassphrase(home, "local", { PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "passphrase") })).toBe("own");
  },
);

it("keeps what is no white space for Pulumi, and white space in a variable", () => {
  writeFileSync(join(home, "passphrase"), "own\ufeff\u200b\n");
  expect(readPassphrase(home, "local", {})).toBe("own\ufeff\u200b");
  expect(readPassphrase(home, "local", { PULUMI_CONFIG_PASSPHRASE: " own " })).toBe(" own ");
});

it("in a file with white space that an earlier version took for a part of it still opens what it encrypted", () => {
  const random = { salt: new Uint8Array(8), nonce: new Uint8Array(12) };
  writeFileSync(join(home, "passphrase"), "own \n");
  expect(readPassphrase(home, "local", {}, createEncryptionSalt("own ", random))).toBe("own ");
  expect(readPassphrase(home, "local", {}, createEncryptionSalt("own", random))).toBe("own");
  expect(readPassphrase(home, "local", {}, createEncryptionSalt("other", random))).toBe("own");
});

it("is never missing nor public on a real cloud", () => {
  expect(() => readPassphrase(home, "ovh", {})).toThrow(
    // `init` alone would refuse in a folder that has its settings already.
    expect.objectContaining({ code: "passphrase-missing", exit: 2, next: expect.stringMatching(/^bring it back/) }),
  );
  expect(() => readPassphrase(home, "ovh", { PULUMI_CONFIG_PASSPHRASE: "local" })).toThrow(
    expect.objectContaining({ code: "passphrase-public" }),
  );
});

it("names a file that cannot be read", () => {
  const env = { PULUMI_CONFIG_PASSPHRASE_FILE: join(home, "none") };
  expect(() => readPassphrase(home, "local", env)).toThrow(expect.objectContaining({ code: "passphrase-unreadable" }));
});
