import type { TestProject } from "vitest/node";
import { installS3Server } from "../../src/engine/s3-server.ts";
import { ensureImage } from "../../src/local-cloud/machines/image.ts";
import { machinesNotPossible, missingRequirements } from "../../src/local-cloud/machines/requirements.ts";
import { installTools } from "../guests/guest-tools.ts";
import { slowly } from "../slowly.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Why machines cannot boot on this computer; undefined when they can. */
    readonly machinesObstacle: string | undefined;
  }
}

/** Installs what boots machines where that is possible, and builds their image, so that no test waits for it. */
export async function setup({ provide }: TestProject): Promise<void> {
  const obstacle = await findObstacle();
  provide("machinesObstacle", obstacle);
  if (obstacle !== undefined) {
    console.warn(`no machine boots in these tests: ${obstacle}`);
    return;
  }
  const onProgress = (text: string) => console.log(text);
  await ensureImage({ env: process.env, onProgress });
  await installS3Server({ env: process.env, onProgress: slowly(onProgress) });
}

async function findObstacle(): Promise<string | undefined> {
  const notInstalled = installTools("machines") ?? "";
  const missing = await missingRequirements();
  if (missing.length === 0) return undefined;
  return [machinesNotPossible(missing).message, notInstalled.trim()].filter((text) => text !== "").join("; ");
}
