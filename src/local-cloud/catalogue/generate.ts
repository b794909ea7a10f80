/**
 * `node src/local-cloud/catalogue/generate.ts` writes catalogue.generated.json again;
 * `… generate.ts FILE` first takes the types that Lor uses out of FILE, what test/openstack/provider or test/ovh-provider/schema printed.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { buildCatalogue } from "./build-catalogue.ts";
import { supportedPackages } from "./supported.ts";
import type { TerraformBlock } from "./terraform-schema.ts";

const schemaFiles = {
  openstack: new URL("./openstack-schema.json", import.meta.url),
  ovh: new URL("./ovh-schema.json", import.meta.url),
};
const catalogueFile = new URL("./catalogue.generated.json", import.meta.url);

type Schema = Readonly<Record<string, TerraformBlock>>;

const printed = process.argv[2];
if (printed !== undefined) {
  const all: Schema = JSON.parse(readFileSync(printed, "utf8"));
  for (const [name, file] of Object.entries(schemaFiles)) {
    const wanted = supportedPackages
      .filter((supported) => supported.name === name)
      .flatMap((supported) => Object.values(supported.resources))
      .filter((resource) => resource !== undefined && all[resource] !== undefined);
    if (wanted.length === 0) continue;
    const reduced = Object.fromEntries(wanted.map((resource) => [resource, all[resource ?? ""]]));
    writeFileSync(file, `${JSON.stringify(reduced, undefined, 2)}\n`);
  }
}
const read = (file: URL): Schema => JSON.parse(readFileSync(file, "utf8"));
const schema = { ...read(schemaFiles.openstack), ...read(schemaFiles.ovh) };
writeFileSync(catalogueFile, `${JSON.stringify(buildCatalogue(schema), undefined, 1)}\n`);
