import fc from "fast-check";
import { expect, test } from "vitest";
import { SecretScrubber } from "../../src/engine/secret-scrubber.ts";

/** Letters that the blot is not made of, and what JSON and addresses write otherwise. */
const foreign = fc.stringMatching(/^[A-Z0-9"\\ &]{6,30}$/);

test("a learnt secret is taken out, as it is, inside JSON and inside an address", () => {
  fc.assert(
    fc.property(foreign, fc.string(), fc.string(), (secret, before, after) => {
      const scrubber = new SecretScrubber([secret]);
      for (const form of [secret, JSON.stringify(secret).slice(1, -1), encodeURIComponent(secret)]) {
        expect(scrubber.scrub(`${before}${form}${after}`)).not.toContain(form);
      }
    }),
  );
});

test("a secret document gives away none of its parts", () => {
  const scrubber = new SecretScrubber();
  scrubber.learn({ database: { password: "correct horse" }, keys: ["battery staple"] });
  expect(scrubber.scrub("refused: correct horse, battery staple")).toBe("refused: [secret], [secret]");
});

test("a sudo rule without a password is no secret", () => {
  expect(new SecretScrubber().scrub("debian ALL=(ALL) NOPASSWD: ALL")).toBe("debian ALL=(ALL) NOPASSWD: ALL");
  expect(new SecretScrubber().scrub("db_passwd: hunter")).toBe("db_passwd: [secret]");
});

test("short texts stay: they are words, not secrets", () => {
  const scrubber = new SecretScrubber(["on", "true"]);
  expect(scrubber.scrub("turned on: true")).toBe("turned on: true");
});

test.each([
  ["password=hunter2 is too short", "password=[secret] is too short"],
  ['{"adminPass": 1, "password": "a b"}', '{"adminPass": 1, "password": [secret]}'],
  ["Authorization: Bearer abcdef0123456789", "Authorization: Bearer [secret]"],
  ["https://x/y?temp_url_sig=abc&temp_url_expires=9", "https://x/y?temp_url_sig=[secret]&temp_url_expires=9"],
  ["postgres://odoo:s3cr3t@10.10.4.10/odoo", "postgres://odoo:[secret]@10.10.4.10/odoo"],
  ["X-Auth-Token: gAAAAABk", "X-Auth-Token: [secret]"],
  ["-----BEGIN RSA PRIVATE KEY-----\nMII\n-----END RSA PRIVATE KEY-----.", "[secret]."],
  ["the password is wrong", "the password is wrong"],
])("what looks like a secret goes: %j", (text, expected) => {
  expect(new SecretScrubber().scrub(text)).toBe(expected);
});
