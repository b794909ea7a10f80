import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { createEncryptionSalt, opensEncryptionSalt } from "../../src/config/encryption-salt.ts";
import { lorProject } from "../systems/lor/lor-project.ts";

test("a salt made by Pulumi 3.259.0 itself is opened by its passphrase and by no other", () => {
  const madeByPulumi = "v1:n6GUiAjayes=:v1:2vQN7Q4tPv0qiUeo:0s5S+bUmB98eWNwe5r+1zuFE/AzcRg==";
  expect(opensEncryptionSalt("local", madeByPulumi)).toBe(true);
  expect(opensEncryptionSalt("locale", madeByPulumi)).toBe(false);
});

test("the committed example is opened by the public passphrase", () => {
  expect(opensEncryptionSalt("local", lorProject().encryptionSalt)).toBe(true);
});

test("two salts of one passphrase differ, and each is opened by it", () => {
  const [first, second] = [1, 2].map(() =>
    createEncryptionSalt("a b", { salt: randomBytes(8), nonce: randomBytes(12) }),
  );
  expect(first).not.toBe(second);
  expect(opensEncryptionSalt("a b", first ?? "")).toBe(true);
});

test.each(["", "v1", "v2:AAAA:v1:AAAA:AAAA", "v1:AAAA:v1:AAAA:AAAA", "v1:AAAA:v1:AAAA:AAAA:AAAA"])(
  "%j is no salt and opens to nothing",
  (text) => {
    expect(opensEncryptionSalt("local", text)).toBe(false);
  },
);
