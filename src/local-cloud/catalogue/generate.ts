/**
 * `node src/local-cloud/catalogue/generate.ts` writes catalogue.generated.json again;
 * `… generate.ts FILE` first takes the types that Lor uses out of FILE, what test/openstack/provider printed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { buildCatalogue } from "./build-catalogue.ts";
import { supportedPackages } from "./supported.ts";
import type { TerraformBlock } from "./terraform-schema.ts";

const schemaFile = new URL("./openstack-schema.json", import.meta.url);
const catalogueFile = new URL("./catalogue.generated.json", import.meta.url);

const printed = process.argv[2];
if (printed !== undefined) {
  const all: Record<string, TerraformBlock> = JSON.parse(readFileSync(printed, "utf8"));
  const wanted = supportedPackages
    .flatMap((supported) => Object.values(supported.resources))
    .filter((name) => name !== undefined);
  const reduced = Object.fromEntries(wanted.map((name) => [name, all[name]]));
  writeFileSync(schemaFile, `${JSON.stringify(reduced, undefined, 2)}\n`);
}
const schema: Record<string, TerraformBlock> = JSON.parse(readFileSync(schemaFile, "utf8"));
writeFileSync(catalogueFile, `${JSON.stringify(buildCatalogue(schema), undefined, 1)}\n`);
