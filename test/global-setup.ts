import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Folder of this run in which test/e2e/created-stack.ts keeps what it makes once. */
    readonly createdStacks: string;
  }
}

/** What every test file may count on: the engine is installed (built once, then cached) and no variable of this shell leaks in. */
export function setup({ provide }: TestProject): () => void {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI_|OVH_|OS_|AWS_|LOR_INFRA_(?!TEST))/.test(name)) delete process.env[name];
  }
  if (!existsSync("package.json")) throw new Error("run the tests from the project's folder");
  const folder = mkdtempSync(join(tmpdir(), "lor-infra-created-"));
  provide("createdStacks", folder);
  return () => rmSync(folder, { recursive: true, force: true });
}
