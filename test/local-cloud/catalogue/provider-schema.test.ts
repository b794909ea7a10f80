import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { catalogue } from "../../../src/local-cloud/catalogue/catalogue.ts";
import type { Property, Shape } from "../../../src/local-cloud/catalogue/shape.ts";
import { supportedPackages } from "../../../src/local-cloud/catalogue/supported.ts";
import type { TerraformBlock } from "../../../src/local-cloud/catalogue/terraform-schema.ts";

/** What the real providers say of themselves; `npm run test:openstack` and `npm run test:ovh-provider` have it said again. */
const schemaOf = (name: string): Readonly<Record<string, TerraformBlock>> =>
  JSON.parse(readFileSync(new URL(`../../../src/local-cloud/catalogue/${name}-schema.json`, import.meta.url), "utf8"));
const schema = { ...schemaOf("openstack"), ...schemaOf("ovh") };
const types = supportedPackages
  .filter(({ name }) => name !== "random")
  .flatMap(({ name, resources }) =>
    Object.entries(resources).map(([module, terraform]) => {
      const found = Object.entries(catalogue[name].resources).find(([token]) =>
        token.toLowerCase().startsWith(`${name}:${module}:`.toLowerCase()),
      );
      return { token: found?.[0] ?? module, type: found?.[1], terraform: terraform ?? "none" };
    }),
  );

/** What the schema does not say, by path: see corrections.ts. */
const corrected: Readonly<Record<string, Readonly<Record<string, Partial<Fact>>>>> = {
  "ovh:CloudProject/storage:Storage": {
    "objectLock.status": { replaces: true },
    "replication.rules.destination": { required: true },
  },
  "ovh:Vrack/cloudProject:CloudProject": { serviceName: { required: true } },
};

interface Fact {
  readonly required: boolean;
  readonly replaces: boolean;
  readonly computed: boolean;
  readonly default: unknown;
  readonly form: "value" | "list of objects" | "object";
}
/** Path of a property -> what is known of it. */
type Facts = Record<string, Fact>;

describe.each(types)("$token", ({ token, type, terraform }) => {
  test("inputs, required, what replaces: the local cloud's catalogue and the real provider say the same", () => {
    const said = providerFacts(schema[terraform] ?? {});
    for (const [path, facts] of Object.entries(corrected[token] ?? {})) {
      expect(said[path], path).not.toMatchObject(facts);
      said[path] = { ...(said[path] as Fact), ...facts };
    }
    expect(catalogueFacts(type?.inputs ?? {})).toEqual(said);
  });

  test("what only the provider sets has the same names", () => {
    const settable = Object.values(schema[terraform] ?? {}).filter((one) => one.required || one.optional);
    const others = Object.values(schema[terraform] ?? {}).filter((one) => !settable.includes(one));
    expect(Object.keys(type?.outputs ?? {}).sort()).toEqual(others.map((one) => one.pulumi).sort());
  });
});

test("every type is there", () => {
  const known = [catalogue.openstack, catalogue.ovh].flatMap(({ resources }) => Object.keys(resources));
  expect(types.map(({ token }) => token).sort()).toEqual(known.sort());
  expect(types.map(({ terraform }) => terraform).sort()).toEqual(Object.keys(schema).sort());
});

function catalogueFacts(properties: Readonly<Record<string, Property>>, below = ""): Facts {
  return Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) => {
      const nested = objectOf(property.type);
      const fact: Fact = {
        required: property.required ?? false,
        replaces: property.replaces ?? false,
        computed: property.computed ?? false,
        default: property.default,
        form: nested === undefined ? "value" : isList(property.type) ? "list of objects" : "object",
      };
      return [[below + name, fact], ...Object.entries(catalogueFacts(nested ?? {}, `${below}${name}.`))];
    }),
  );
}

function providerFacts(block: TerraformBlock, below = ""): Facts {
  return Object.fromEntries(
    Object.values(block)
      // The SDK has one type for a nested object, given or read: what only the provider sets is in it too.
      .filter((one) => below !== "" || one.required || one.optional)
      .flatMap((one) => {
        const fact: Fact = {
          required: one.required === true && one.autoNamed !== true,
          replaces: one.forceNew ?? false,
          computed: one.computed ?? false,
          default: one.default,
          form: one.block === undefined ? "value" : one.maxItems === 1 ? "object" : "list of objects",
        };
        return [
          [below + one.pulumi, fact],
          ...Object.entries(providerFacts(one.block ?? {}, `${below}${one.pulumi}.`)),
        ];
      }),
  );
}

function isList(shape: Shape): boolean {
  return typeof shape !== "string" && "list" in shape;
}

function objectOf(shape: Shape): Readonly<Record<string, Property>> | undefined {
  if (typeof shape === "string" || "map" in shape) return undefined;
  return "list" in shape ? objectOf(shape.list) : shape.object;
}
