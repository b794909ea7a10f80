import { existsSync } from "node:fs";
import { installEngine } from "../../src/engine/install-engine.ts";
import { installS3Server } from "../../src/engine/s3-server.ts";
import { slowly } from "../slowly.ts";

/** Installs the engine and the S3 server before the first test. Both are built once and then cached. */
export async function setup(): Promise<void> {
  if (!existsSync("package.json")) throw new Error("run the tests from the project's folder");
  // A first build takes minutes and all cores: the test that triggered it would exceed its time limit.
  const onProgress = slowly((text) => console.log(text));
  await installEngine({ env: process.env, onProgress });
  await installS3Server({ env: process.env, onProgress });
}
