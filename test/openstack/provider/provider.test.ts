import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { catalogue } from "../../../src/local-cloud/catalogue/catalogue.ts";
import { supportedPackages } from "../../../src/local-cloud/catalogue/supported.ts";
import type { TerraformBlock } from "../../../src/local-cloud/catalogue/terraform-schema.ts";
import { installProvider } from "./install-provider.ts";

type Blocks = Readonly<Record<string, TerraformBlock>>;

const served = JSON.parse(readFileSync(new URL("./served.json", import.meta.url), "utf8")) as {
  readonly resources: Readonly<Record<string, string>>;
  readonly functions: Readonly<Record<string, string>>;
};

let resources: Blocks;
let functions: Blocks;

beforeAll(async () => {
  const { path } = await installProvider({ env: process.env, onProgress: () => {} });
  const ask = (what: string) =>
    JSON.parse(execFileSync(path, [what], { encoding: "utf8", maxBuffer: 2 ** 26 })) as Blocks;
  resources = ask("schema");
  functions = ask("functions");
});

test("generating the schema again gives the committed file", () => {
  const committed = readFileSync(
    new URL("../../../src/local-cloud/catalogue/openstack-schema.json", import.meta.url),
    "utf8",
  );
  const names = Object.keys(JSON.parse(committed));
  expect(`${JSON.stringify(Object.fromEntries(names.map((name) => [name, resources[name]])), undefined, 2)}\n`).toBe(
    committed,
  );
});

test("every resource that Lor uses is served under its SDK's name", () => {
  const supported = supportedPackages.find((one) => one.name === "openstack")?.resources ?? {};
  for (const [module, terraform = ""] of Object.entries(supported)) {
    const name = served.resources[terraform] ?? "";
    expect(`${module} ${terraform}: ${name.replace(/\/./, (start) => start.toLowerCase())}`).toBe(
      `${module} ${terraform}: ${module}`,
    );
  }
});

describe.each(Object.entries(catalogue.openstack.functions))("%s", (token, declared) => {
  test("is served, and takes what the SDK declares", () => {
    const [terraform] =
      Object.entries(served.functions).find(([, name]) => token === `openstack:${name}:${name.split("/")[1]}`) ?? [];
    const block = Object.values(functions[terraform ?? ""] ?? {});
    const settable = block.filter((one) => one.required || one.optional);
    expect(Object.keys(declared.inputs).sort()).toEqual(settable.map((one) => one.pulumi).sort());
    const required = Object.entries(declared.inputs).filter(([, property]) => property.required);
    expect(required.map(([name]) => name).sort()).toEqual(
      settable
        .filter((one) => one.required)
        .map((one) => one.pulumi)
        .sort(),
    );
  });
});
