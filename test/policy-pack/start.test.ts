import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { credentials } from "@grpc/grpc-js";
import { AnalyzerClient } from "@pulumi/pulumi/proto/analyzer_grpc_pb.js";
import type { AnalyzerInfo } from "@pulumi/pulumi/proto/analyzer_pb.js";
import { Empty } from "google-protobuf/google/protobuf/empty_pb.js";
import { expect, test } from "vitest";
import { packedCodes } from "../../src/policy-pack/rules.ts";

const root = join(import.meta.dirname, "..", "..");
const folder = join(root, "src", "policy-pack");
const runner = createRequire(import.meta.url).resolve("@pulumi/pulumi/cmd/run-policy-pack/index.js");

/** An address that nobody listens at: a pack that starts asks the engine nothing. */
const engine = "127.0.0.1:1";

test.each([
  // As the engine starts a program that it is given in the place of a folder.
  ["as a program", [join(folder, "policies.js"), engine], tmpdir()],
  // As a language host that can start packs starts a folder: by the SDK's own runner, in the folder.
  ["as a folder", [runner, engine, "."], folder],
])("the pack starts %s and names its policies", async (_, args, cwd) => {
  const child = spawn(process.execPath, args, { cwd, stdio: ["ignore", "pipe", "pipe"] });
  try {
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += chunk;
    });
    const lines = createInterface({ input: child.stdout });
    const [port] = (await Promise.race([once(lines, "line"), once(child, "exit").then(() => [])])) as [string?];
    expect(port, errors).toMatch(/^\d+$/);
    const client = new AnalyzerClient(`127.0.0.1:${port}`, credentials.createInsecure());
    const info = await new Promise<AnalyzerInfo>((done, failed) => {
      client.getAnalyzerInfo(new Empty(), (error, answer) => (error ? failed(error) : done(answer)));
    });
    client.close();
    expect(info.getName()).toBe("lor-infra");
    expect(info.getPoliciesList().map((policy) => policy.getName())).toEqual(packedCodes);
  } finally {
    child.kill();
  }
});

test("the pack has the package's version", () => {
  const versionIn = (file: string): unknown => JSON.parse(readFileSync(file, "utf8")).version;
  expect(versionIn(join(folder, "package.json"))).toBe(versionIn(join(root, "package.json")));
});
