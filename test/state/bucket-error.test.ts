import { S3ServiceException } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { bucketError } from "../../src/state/bucket-error.ts";

const where = "s3://state/shop";

function answered(status: number, name: string, date?: string) {
  const cause = new S3ServiceException({
    name,
    message: "words",
    $fault: "client",
    $metadata: { httpStatusCode: status },
  });
  if (date !== undefined) Object.assign(cause, { $response: { headers: { date } } });
  return bucketError(cause, where);
}

it.each([
  [404, "NoSuchBucket", "state-bucket-missing", /create the bucket/],
  [400, "ExpiredToken", "state-denied", /other keys/],
  [403, "SignatureDoesNotMatch", "state-denied", /other keys/],
  [403, "RequestTimeTooSkewed", "state-clock-wrong", /set the clock/],
  [301, "PermanentRedirect", "state-region-wrong", /state\.backend/],
  [400, "AuthorizationHeaderMalformed", "state-region-wrong", /state\.backend/],
  [503, "SlowDown", "state-unreachable", /wait a minute/],
  [429, "TooManyRequests", "state-unreachable", /wait a minute/],
  [400, "InvalidDigest", "state-unreachable", /correct state/],
] as const)("%i %s is %s", (status, name, code, next) => {
  const error = answered(status, name);
  expect(error).toMatchObject({ code, next: expect.stringMatching(next) });
});

it("shows both clocks", () => {
  const { seen } = answered(403, "RequestTimeTooSkewed", "Mon, 30 Nov 2026 17:00:00 GMT");
  expect(seen).toMatch(/^this machine \d{4}-.+Z, the server 2026-11-30T17:00:00\.000Z$/);
});

it("shows the server's own words where they tell the region", () => {
  expect(answered(400, "AuthorizationHeaderMalformed").message).toContain("words");
});

it("tells a profile without keys from a server that does not answer", () => {
  const profile = Object.assign(new Error("Could not resolve credentials using profile: [none]"), {
    name: "CredentialsProviderError",
  });
  expect(bucketError(profile, where)).toMatchObject({
    code: "state-credentials-missing",
    exit: 2,
    path: "AWS_PROFILE",
  });
  const refused = Object.assign(new Error("connect"), { code: "ECONNREFUSED" });
  expect(bucketError(refused, where)).toMatchObject({
    code: "state-unreachable",
    message: "the state cannot be reached (ECONNREFUSED)",
    next: expect.stringMatching(/check the network/),
  });
});
