import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SharedFiles } from "../../src/state/shared-files.ts";
import { readLock, StackLock } from "../../src/state/stack-lock.ts";
import { firstLine, kill, startScript } from "./children.ts";
import { filesAt } from "./place.ts";
import { S3Server } from "./s3-server.ts";

const folder = mkdtempSync(join(tmpdir(), "lor-shared-"));
let server: S3Server;
beforeAll(async () => {
  server = await S3Server.start();
});
afterAll(async () => {
  await server.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const clock = { now: () => new Date() };

describe.each(["a folder", "a bucket"])("shared files in %s", (kind) => {
  const place = () => (kind === "a folder" ? folder : server.url);
  const open = (): SharedFiles => filesAt(place(), server.env);

  it("are written, read, listed and removed", async () => {
    const files = open();
    expect(await files.read("a/one.json")).toBeUndefined();
    expect(await files.list("a")).toEqual([]);
    await files.write("a/one.json", "1\n");
    await files.write("a/one.json", "é\n");
    await files.write("a/b/two.json", "");
    expect(await files.read("a/one.json")).toBe("é\n");
    expect(await files.read("a/b/two.json")).toBe("");
    expect(await files.list("a"), "not what lies deeper").toEqual(["one.json"]);
    await files.remove("a/one.json");
    await files.remove("a/one.json");
    expect(await files.list("a")).toEqual([]);
  });

  it("are created by one of many only", async () => {
    const all = await Promise.all(Array.from({ length: 12 }, (_, n) => open().create("c/one.json", `${n}`)));
    expect(all.filter((won) => won)).toHaveLength(1);
    expect(await open().read("c/one.json")).toBe(String(all.indexOf(true)));
  });

  it("lose no line that several add at once, and end a line that was cut", async () => {
    const files = open();
    await files.write("d/journal", "cut");
    await files.append("d/journal", "whole");
    expect(await files.read("d/journal")).toBe("cut\nwhole\n");
    await Promise.all(Array.from({ length: 6 }, (_, n) => open().append("d/lines", `line ${n}`)));
    expect((await files.read("d/lines"))?.split("\n").filter(Boolean).toSorted()).toEqual(
      Array.from({ length: 6 }, (_, n) => `line ${n}`),
    );
  });
});

describe("the lock in a bucket", () => {
  it("never has two holders, whoever comes when, and is taken from one that was killed", async () => {
    const counter = join(folder, "counter");
    writeFileSync(counter, "");
    const count = () => startScript("hold-lock.ts", ["count", server.url, counter, "6"], server.env);
    const codes = await Promise.all([count(), count(), count()].map(async (child) => (await once(child, "exit"))[0]));
    expect(codes).toEqual([0, 0, 0]);
    expect(readFileSync(counter, "utf8")).toHaveLength(18);

    const holder = startScript("hold-lock.ts", ["hold", server.url], server.env);
    await firstLine(holder);
    const files = filesAt(server.url, server.env);
    await expect(StackLock.acquire({ files, operation: "up", clock })).rejects.toMatchObject({ code: "stack-locked" });
    await kill(holder);
    expect((await readLock(files))?.dead).toBe(true);
    await using lock = await StackLock.acquire({ files, operation: "up", clock });
    expect(lock.previous?.process.pid).toBe(holder.pid);
  });
});

describe("a server of a bucket", () => {
  it("that keeps conditions is accepted, the first time and later", async () => {
    const files = filesAt(server.url, server.env) as ReturnType<typeof filesAt> & {
      requireConditionalWrites(): Promise<void>;
    };
    await files.requireConditionalWrites();
    await files.requireConditionalWrites();
  });

  it("that ignores them is refused before anything is written, and says so", async () => {
    const stored = new Map<string, string>();
    const deaf = await listen((request, body) => {
      if (request.method === "PUT") stored.set(request.url ?? "", body);
      if (request.method === "DELETE") stored.clear();
      return 200;
    });
    await expect(bucketOf(deaf).requireConditionalWrites()).rejects.toMatchObject({
      code: "state-server-unconditional",
      exit: 3,
    });
    expect([...stored.keys()], "what was tried is removed").toEqual([]);
    deaf.close();
  });

  it.each([
    [501, "state-server-unconditional"],
    [403, "state-denied"],
    [400, "state-unreachable"],
  ])("that answers %i is an error with the code %s", async (status, code) => {
    const other = await listen(() => status);
    const failed = bucketOf(other).requireConditionalWrites();
    await expect(failed).rejects.toMatchObject({ code });
    await expect(failed).rejects.not.toThrow(server.env.AWS_SECRET_ACCESS_KEY);
    other.close();
  });

  it("without keys, or that does not answer, is a clear error", async () => {
    expect(() => filesAt(server.url, {})).toThrow(expect.objectContaining({ code: "state-credentials-missing" }));
    const gone = await listen(() => 200);
    const files = bucketOf(gone);
    gone.close();
    await expect(files.read("x")).rejects.toMatchObject({ code: "state-unreachable", exit: 1 });
  });

  it("without the bucket says what to create", async () => {
    const files = filesAt(server.url.replace("//state/", "//other/"), server.env);
    await expect(files.list("lock")).rejects.toMatchObject({ code: "state-bucket-missing" });
  });
});

function bucketOf(other: Server): SharedFiles & { requireConditionalWrites(): Promise<void> } {
  const address = other.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  const url = server.url.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${address.port}`);
  return filesAt(url, server.env) as SharedFiles & { requireConditionalWrites(): Promise<void> };
}

/** A server that answers every request with a status. */
async function listen(answer: (request: IncomingMessage, body: string) => number): Promise<Server> {
  const http = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    response.writeHead(answer(request, body)).end();
  }).listen(0, "127.0.0.1");
  await once(http, "listening");
  return http;
}
