import { once } from "node:events";
import { createServer, get } from "node:http";
import type { AddressInfo } from "node:net";
import { ListBucketsCommand } from "@aws-sdk/client-s3";
import * as grpc from "@grpc/grpc-js";
import { followProxies } from "../../src/os/proxy.ts";
import { connectBucket } from "../../src/state/s3-files.ts";

/** Asks a server on loopback, or names that do not exist, by every kind of client that lor-infra has; prints which of them got an answer. */
followProxies();
const loopback = process.argv[2] === "loopback";
const server = createServer((_, response) => response.end("<ListAllMyBucketsResult/>"));
server.listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;
const url = (name: string) => (loopback ? `http://127.0.0.1:${port}` : `http://${name}.invalid`);

const reached: string[] = [];
async function attempt(name: string, ask: () => Promise<unknown>): Promise<void> {
  try {
    await ask();
    reached.push(name);
  } catch {
    // Told by its absence.
  }
}

await attempt("fetch", async () => {
  const answer = await fetch(url("fetch"));
  if (!answer.ok) throw new Error(String(answer.status));
});
await attempt("http", async () => {
  const request = get(url("http"));
  const [answer] = (await once(request, "response")) as [{ statusCode: number; resume(): void }];
  answer.resume();
  if (answer.statusCode !== 200) throw new Error(String(answer.statusCode));
});
await attempt("s3", async () => {
  const endpoint = loopback ? url("s3") : "https://s3.invalid";
  const backend = { kind: "s3", bucket: "b", prefix: "", region: "r", endpoint, pathStyle: true } as const;
  const client = connectBucket(backend, { ...process.env, AWS_ACCESS_KEY_ID: "a", AWS_SECRET_ACCESS_KEY: "b" });
  client.config.maxAttempts = async () => 1;
  await client.send(new ListBucketsCommand());
});
if (loopback) {
  const peer = new grpc.Server();
  const at = await new Promise<number>((done, failed) =>
    peer.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? done(bound) : failed(error),
    ),
  );
  await attempt("grpc", async () => {
    const client = new grpc.Client(`127.0.0.1:${at}`, grpc.credentials.createInsecure());
    await new Promise<void>((done, failed) =>
      client.waitForReady(Date.now() + 5_000, (error) => (error === undefined ? done() : failed(error))),
    );
    client.close();
  });
  peer.forceShutdown();
}
process.stdout.write(JSON.stringify(reached));
process.exit(0);
