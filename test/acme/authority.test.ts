import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, it } from "vitest";
import { Authority, createAccountKey } from "../../src/clouds/acme/authority.ts";

let server: Server | undefined;
afterEach(() => server?.close());

interface Answer {
  readonly status: number;
  readonly headers?: Record<string, string>;
  readonly body: unknown;
}

/** An authority that knows one account and answers an order in one way. */
async function authorityAnswering(
  order: Answer,
): Promise<{ authority: Authority; directory: string; orders: () => number }> {
  let orders = 0;
  const running = createServer((request, response) => {
    const base = `http://127.0.0.1:${(running.address() as AddressInfo).port}`;
    const answer = ((): Answer => {
      switch (request.url) {
        case "/dir":
          return {
            status: 200,
            body: { newNonce: `${base}/nonce`, newAccount: `${base}/account`, newOrder: `${base}/order` },
          };
        case "/account":
          return { status: 200, headers: { location: `${base}/account/1` }, body: { status: "valid" } };
        case "/order":
          orders += 1;
          return order;
        default:
          return { status: 200, body: {} };
      }
    })();
    request.resume();
    response.writeHead(answer.status, {
      "content-type": answer.status >= 400 ? "application/problem+json" : "application/json",
      "replay-nonce": "bm9uY2U",
      ...answer.headers,
    });
    response.end(JSON.stringify(answer.body));
  });
  server = running;
  await new Promise<void>((resolve) => running.listen(0, "127.0.0.1", () => resolve()));
  const directory = `http://127.0.0.1:${(running.address() as AddressInfo).port}/dir`;
  const authority = new Authority({ directory, accountKey: await createAccountKey() });
  await authority.register("admin@lor.example");
  return { authority, directory, orders: () => orders };
}

const problem = (type: string, detail: string, more: object = {}) => ({
  type: `urn:ietf:params:acme:error:${type}`,
  detail,
  ...more,
});

it("reports a rate limit at once with its end, and does not sleep through it", async () => {
  const detail = "too many certificates (5) already issued for this exact set of identifiers";
  const { authority, orders } = await authorityAnswering({
    status: 429,
    headers: { "retry-after": "50400" },
    body: problem("rateLimited", detail),
  });
  const began = performance.now();
  await expect(authority.order(["www.lor.example"])).rejects.toMatchObject({
    code: "acme-rate-limited",
    seen: `rateLimited: ${detail}`,
    accepted: "another try after 50400 s",
  });
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(orders()).toBe(1);
});

it.each([
  { type: "caa", code: "acme-caa", next: "CAA record" },
  { type: "rejectedIdentifier", code: "acme-name-refused", next: "names of the settings" },
  { type: "unauthorized", code: "acme-proof-refused", next: "DNS records" },
  { type: "userActionRequired", code: "acme-refused", next: "lor-infra certificate renew" },
  { type: "neverHeardOf", code: "acme-refused", next: "lor-infra certificate renew" },
])("words the refusal $type as $code", async ({ type, code, next }) => {
  const { authority } = await authorityAnswering({ status: 403, body: problem(type, "why\nin two lines") });
  const refusal = authority.order(["www.lor.example"]);
  await expect(refusal).rejects.toMatchObject({ code, seen: `${type}: why in two lines` });
  await expect(refusal).rejects.toHaveProperty("next", expect.stringContaining(next));
});

it("names the decisive one of several refusals", async () => {
  const subproblems = [problem("caa", "CAA record for lor.example prevents issuance")];
  const { authority } = await authorityAnswering({
    status: 403,
    body: problem("malformed", "several", { subproblems }),
  });
  await expect(authority.order(["lor.example"])).rejects.toMatchObject({ code: "acme-caa" });
});

it("tries again when the authority has a fault of its own, and says so in the end", async () => {
  const { authority, orders } = await authorityAnswering({ status: 503, body: "busy" });
  await expect(authority.order(["www.lor.example"])).rejects.toMatchObject({ code: "acme-unreachable" });
  expect(orders()).toBeGreaterThan(1);
});
