import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { looksSecret, namesSecret } from "../../src/config/secret-looking.ts";

test("generated keys are recognised", () => {
  for (let index = 0; index < 200; index++) {
    expect(looksSecret(createHash("sha256").update(String(index)).digest("base64"))).toBe(true);
  }
});

test("what settings hold is not taken for a secret", () => {
  const word = fc.constantFrom(
    "prestashop",
    "lor",
    "10.10.1.0/24",
    "GRA11",
    "9.1.5-5.0",
    "0 4 * * *",
    "PT1H",
    "www",
    "Debian12",
    "release",
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 6 }), fc.constantFrom("/", "-", ".", " "), (words, joint) => {
      expect(looksSecret(words.join(joint))).toBe(false);
    }),
  );
  for (const text of [
    "https://assets.prestashop3.com/dst/edition/corporate/9.1.5-5.0/prestashop_edition_basic_version_9.1.5-5.0.zip",
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGxvci1pbmZyYSBwbGFjZWhvbGRlciBrZXkgMDAwMDAw administrator@lor.example",
    "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "administrator@lor.example",
  ]) {
    expect(looksSecret(text), text).toBe(false);
  }
});

test.each([
  "password",
  "dbPassword",
  "apiKey",
  "api_key",
  "consumerKey",
  "secret",
  "token",
  "motDePasse",
  "credential",
])("%s names a secret", (key) => {
  expect(namesSecret(key)).toBe(true);
});

test.each(["sshPublicKey", "keep", "copyTimeout", "domain", "encryptionsalt"])("%s names none", (key) => {
  expect(namesSecret(key)).toBe(false);
});
