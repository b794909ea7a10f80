import { mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { nameOf, type RunTestArgs, runTest, type Verdict } from "./run-test.ts";

export const recordingsFolder = new URL("./recordings/", import.meta.url);

/** Tests whose calls `npm test` replays: each kind of resource, and each kind of change. */
export const recorded: ReadonlySet<string> = new Set([
  "TestAccCloudProjectDatabasePostgresqlConnectionPool_importBasic",
  "TestAccCloudProjectDatabase_planUpgradeNoReplace mysql",
  "TestAccCloudProjectDatabase_importBasic postgresql",
  "TestAccCloudProjectDatabaseUser_basic mysql",
  "TestAccCloudProjectLoadBalancer_basic",
  "TestAccCloudProjectRegionStorage_withObjectLock",
  "TestAccCloudProjectRegionStorage_withReplication",
  "TestAccCloudProjectUserS3Policy_basic",
  "TestAccCloudProjectUser_withRotate",
  "TestAccCloudProjectWorkflowBackup",
  "TestAccDomainZoneRecord_Updated",
  "TestAccVrackCloudProject_basic",
]);

/** One call of the provider and what it was answered. */
export interface RecordedCall {
  /** Milliseconds since the call before it. */
  readonly after: number;
  readonly method: string;
  /** With the query, behind `/1.0`. */
  readonly path: string;
  readonly body?: unknown;
  readonly status: number;
  readonly answer: unknown;
}

/** Runs a test through a proxy that writes its calls down, one line each, secrets left out. */
export async function recordTest(args: RunTestArgs): Promise<Verdict> {
  const calls: RecordedCall[] = [];
  let last = performance.now();
  const server = createServer((request, response) => {
    void (async () => {
      const after = Math.round(performance.now() - last);
      last = performance.now();
      const body = await text(request);
      const path = (request.url ?? "").replace(/^\/1\.0/, "");
      const answer = await fetch(`${args.cloud.endpoint}${path}`, {
        method: request.method ?? "GET",
        headers: { authorization: request.headers.authorization ?? "" },
        ...(body === "" ? {} : { body }),
      });
      const said = await answer.text();
      calls.push({
        after,
        method: request.method ?? "GET",
        path,
        ...(body === "" ? {} : { body: JSON.parse(body) as unknown }),
        status: answer.status,
        answer: withoutSecrets(said === "" ? null : (JSON.parse(said) as unknown)),
      });
      response.writeHead(answer.status, { "content-type": "application/json" });
      response.end(said);
    })();
  });
  const listening = Promise.withResolvers<void>();
  server.listen({ host: "127.0.0.1", port: 0 }, listening.resolve);
  await listening.promise;
  try {
    const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/1.0`;
    const verdict = await runTest({ ...args, endpoint });
    if (verdict.word === "passed") {
      mkdirSync(recordingsFolder, { recursive: true });
      const file = new URL(`${nameOf(args.test).replace(" ", "-")}.jsonl`, recordingsFolder);
      writeFileSync(file, calls.map((call) => `${JSON.stringify(call)}\n`).join(""));
    }
    return verdict;
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

const secretNames: ReadonlySet<string> = new Set(["password", "secret", "ca"]);

/** What is kept of an answer: a secret becomes `(secret)`. */
export function withoutSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [
      name,
      secretNames.has(name) && typeof inner === "string" ? "(secret)" : withoutSecrets(inner),
    ]),
  );
}
