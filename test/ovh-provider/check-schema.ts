import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { isDeepStrictEqual, promisify } from "node:util";
import { supportedPackages } from "../../src/local-cloud/catalogue/supported.ts";

const run = promisify(execFile);
const committed = new URL("../../src/local-cloud/catalogue/ovh-schema.json", import.meta.url);

/** Types of the provider whose schema is not what the local cloud's catalogue is made from. */
export async function differentTypes(printer: string): Promise<readonly string[]> {
  const resources = supportedPackages.find(({ name }) => name === "ovh")?.resources ?? {};
  const names = Object.values(resources).filter((name) => name !== undefined);
  const printed: Record<string, unknown> = JSON.parse((await run(printer, names, { maxBuffer: 2 ** 24 })).stdout);
  const known: Record<string, unknown> = JSON.parse(readFileSync(committed, "utf8"));
  return names.filter((name) => !isDeepStrictEqual(printed[name], known[name]));
}
