import { type Correction, comparisons, corrections } from "./corrections.ts";
import { type DeclaredProperty, type DeclaredResource, SdkDeclarations } from "./sdk-declarations.ts";
import type { Catalogue, FunctionType, PackageCatalogue, Property, ResourceType, Shape } from "./shape.ts";
import { supportedPackages } from "./supported.ts";
import { mergeTerraform, type TerraformBlock } from "./terraform-schema.ts";

/** Makes the catalogue from the installed SDKs, the provider's schema and the corrections. Throws where they don't match. */
export function buildCatalogue(terraform: Readonly<Record<string, TerraformBlock>>): Catalogue {
  const packages = supportedPackages.map((supported): [string, PackageCatalogue] => {
    const sdk = new SdkDeclarations(supported.npm);
    const resources = Object.entries(supported.resources).map(([module, schema]) =>
      buildResource(sdk.readResource(module), schema === undefined ? undefined : terraform[schema]),
    );
    const functions = supported.functions.map((module): [string, FunctionType] => {
      const declared = sdk.readFunction(module);
      return [declared.token, { inputs: plain(declared.inputs), outputs: plain(declared.outputs) }];
    });
    return [
      supported.name,
      { version: sdk.version, resources: Object.fromEntries(resources), functions: Object.fromEntries(functions) },
    ];
  });
  return Object.fromEntries(packages) as unknown as Catalogue;
}

function buildResource(declared: DeclaredResource, schema: TerraformBlock | undefined): [string, ResourceType] {
  const { token } = declared;
  const correction = corrections[token];
  if (schema !== undefined) {
    const inputs = withComparisons(mergeTerraform(plain(declared.inputs), schema, token), token);
    return [
      token,
      {
        inputs: correction === undefined ? inputs : corrected(inputs, correction, () => false),
        outputs: mergeTerraform(plain(declared.outputs), schema, token),
      },
    ];
  }
  if (correction === undefined) throw new Error(`${token}: neither a schema nor a correction says what replaces`);
  const inputs = corrected(plain(declared.inputs), correction, (name) =>
    replacesByComment(declared.inputs[name]?.comment ?? ""),
  );
  return [token, { inputs, outputs: plain(declared.outputs) }];
}

function corrected(
  inputs: Readonly<Record<string, Property>>,
  correction: Correction,
  said: (name: string) => boolean,
): Record<string, Property> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, property]) => [name, correctProperty(property, name, correction, said(name))]),
  );
}

function withComparisons(inputs: Record<string, Property>, token: string): Record<string, Property> {
  for (const [name, comparison] of Object.entries(comparisons[token] ?? {})) {
    const property = inputs[name];
    if (property === undefined) throw new Error(`${token}.${name}: no such input to compare`);
    inputs[name] = { ...property, ...comparison };
  }
  return inputs;
}

function replacesByComment(comment: string): boolean {
  return /changing this (value )?(recreates|creates|forces)/i.test(comment);
}

function correctProperty(property: Property, path: string, correction: Correction, said: boolean): Property {
  const wholesale = correction.replaces.includes("*") && !path.includes(".");
  const replaces = !correction.inPlace?.includes(path) && (said || wholesale || correction.replaces.includes(path));
  const value = correction.defaults?.[path];
  const renews = correction.renews?.[path];
  return {
    ...property,
    type: correctShape(property.type, path, correction),
    ...(replaces ? { replaces: true } : {}),
    ...(correction.required?.includes(path) ? { required: true } : {}),
    ...(renews === undefined ? {} : { renews }),
    ...(correction.locks?.includes(path) ? { locks: true } : {}),
    ...(value === undefined ? {} : { default: value }),
  };
}

function correctShape(shape: Shape, path: string, correction: Correction): Shape {
  if (typeof shape === "string") return shape;
  if ("list" in shape) return { list: correctShape(shape.list, path, correction) };
  if ("map" in shape) return shape;
  return {
    object: Object.fromEntries(
      Object.entries(shape.object).map(([name, property]) => [
        name,
        correctProperty(property, `${path}.${name}`, correction, false),
      ]),
    ),
  };
}

function plain(declared: Readonly<Record<string, DeclaredProperty>>): Record<string, Property> {
  return Object.fromEntries(Object.entries(declared).map(([name, { property }]) => [name, property]));
}
