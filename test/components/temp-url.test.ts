import { expect, test } from "vitest";
import { signTempUrl } from "../../components/base/temp-url.ts";

const request = {
  accountUrl: "https://storage.gra.cloud.ovh.net/v1/AUTH_0123",
  container: "lor-prod-configuration",
  object: "guests/ps-0.json",
  key: "mykey",
  expiresAtSeconds: 4_102_444_800,
};

test("a signed address carries the signature that openssl computes for method, date and path", () => {
  // printf 'GET\n4102444800\n/v1/AUTH_0123/lor-prod-configuration/guests/ps-0.json' | openssl dgst -sha256 -hmac mykey
  expect(signTempUrl(request)).toBe(
    "https://storage.gra.cloud.ovh.net/v1/AUTH_0123/lor-prod-configuration/guests/ps-0.json" +
      "?temp_url_sig=d99093636a7895cf9b1008d81e11b3602bada9fcbcb9d823c69e77ad34f7181d&temp_url_expires=4102444800",
  );
});

test("the path is signed as it is named and sent percent-encoded", () => {
  // printf 'GET\n1700000000\n/v1/AUTH_a b/été/x y.json' | openssl dgst -sha256 -hmac k
  const url = signTempUrl({
    accountUrl: "https://swift.example/v1/AUTH_a%20b",
    container: "été",
    object: "x y.json",
    key: "k",
    expiresAtSeconds: 1_700_000_000,
  });
  expect(url).toBe(
    "https://swift.example/v1/AUTH_a%20b/%C3%A9t%C3%A9/x%20y.json" +
      "?temp_url_sig=8e6ed33b71632ebc532123095c63a45f31033812c5722876cecabc22364e04e9&temp_url_expires=1700000000",
  );
});

test("another key, object or date is another signature", () => {
  const signature = (url: string) => new URL(url).searchParams.get("temp_url_sig");
  const signatures = [
    signTempUrl(request),
    signTempUrl({ ...request, key: "other" }),
    signTempUrl({ ...request, object: "guests/ps-1.json" }),
    signTempUrl({ ...request, expiresAtSeconds: 1 }),
  ].map(signature);
  expect(new Set(signatures).size).toBe(4);
});

test("an address for writing, of one object or of every object below a prefix", () => {
  // printf 'PUT\n4102444800\n/v1/AUTH_0123/lor-prod-configuration/guests/ps-0.json' | openssl dgst -sha256 -hmac mykey
  expect(signTempUrl({ ...request, method: "PUT" })).toContain(
    "?temp_url_sig=eaa48b90310ade6589e500ee6a8a8be4c1f6c46cc186395c1fd97a301a71849d&",
  );
  // printf 'PUT\n4102444800\nprefix:/v1/AUTH_0123/lor-prod-configuration/logs/ps-0/' | openssl dgst -sha256 -hmac mykey
  expect(signTempUrl({ ...request, method: "PUT", object: "logs/ps-0/", prefix: true })).toBe(
    "https://storage.gra.cloud.ovh.net/v1/AUTH_0123/lor-prod-configuration/logs/ps-0/" +
      "?temp_url_sig=3c37d52d6297571456faa48757067ab8438bf35eb289ebaa7ea1aa6c93b01caa&temp_url_expires=4102444800&temp_url_prefix=logs%2Fps-0%2F",
  );
});
