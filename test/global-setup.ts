import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { installEngine } from "../src/engine/install-engine.ts";
import { forgetShell } from "./forget-shell.ts";
import { slowly } from "./slowly.ts";
import { installS3Server } from "./state/s3-server.ts";

/** Most test runs side by side. */
const testRuns = 14;

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of this run in which test/e2e/created-stack.ts keeps what it makes once. */
    readonly createdStacks: string;
  }
}

/** What every test file may count on: the engine and an S3 server are installed (built once, then cached) and no variable of this shell leaks in. */
export async function setup({ provide }: TestProject): Promise<() => void> {
  forgetShell();
  if (!existsSync("package.json")) throw new Error("run the tests from the project's folder");
  // A first build takes minutes and both cores: the test that asked for it would run out of time, and those beside it.
  const onProgress = slowly((text) => console.log(text));
  await installEngine({ env: process.env, onProgress });
  await installS3Server(onProgress);
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-created-"));
  provide("createdStacks", folder);
  const number = await takeNumber();
  process.env.LOR_INFRA_TEST_RUN = String(number.of);
  return () => {
    number.held.close();
    rmSync(folder, { recursive: true, force: true });
  };
}

/** A number that no other test run on this machine has, as long as this one goes on: a port that is listened to stands for each. */
async function takeNumber(): Promise<{ readonly of: number; readonly held: Server }> {
  for (let of = 0; of < testRuns; of += 1) {
    const held = createServer();
    held.listen({ host: "127.0.0.1", port: 40_900 + of, exclusive: true });
    try {
      await once(held, "listening");
      return { of, held: held.unref() };
    } catch {
      // Another run has it.
    }
  }
  throw new Error(`${testRuns} test runs go on side by side already`);
}
