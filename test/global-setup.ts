import { existsSync } from "node:fs";

/** What every test file may count on: the engine is installed (built once, then cached) and no variable of this shell leaks in. */
export async function setup(): Promise<void> {
  for (const name of Object.keys(process.env)) {
    if (/^(PULUMI_|OVH_|OS_|AWS_|LOR_INFRA_(?!TEST))/.test(name)) delete process.env[name];
  }
  if (!existsSync("package.json")) throw new Error("run the tests from the project's folder");
}
