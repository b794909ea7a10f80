import { expect, test } from "vitest";
import { findSecrets } from "../../src/config/secrets-in-settings.ts";

const checksum = "538e41bd1772090848718c952e11d586e54a85c29a9fa6bb6da31b9f3cec70ed";

test("a release's checksum is no secret", () => {
  expect(findSecrets({ prestashop: { release: { sha256: checksum } } })).toEqual([]);
});

test.each([
  ["another setting", { prestashop: { release: { version: checksum } } }],
  ["no checksum", { prestashop: { release: { sha256: "Zk3Qp9xL2mV7tR4wY8bN1cF6hJ5dS0gA" } } }],
])("a random text of %s is one", (_, settings) => {
  expect(findSecrets(settings)).toMatchObject([{ code: "secret-in-settings" }]);
});
