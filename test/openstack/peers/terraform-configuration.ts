import { readFileSync } from "node:fs";
import { secretMark, specialKey } from "../../../src/engine/special-values.ts";
import { supportedPackages } from "../../../src/local-cloud/catalogue/supported.ts";
import type { TerraformBlock } from "../../../src/local-cloud/catalogue/terraform-schema.ts";

/** A resource as the engine's state has it, its secrets in clear. */
export interface RecordedResource {
  readonly urn: string;
  readonly type: string;
  readonly id?: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
  readonly outputs?: Readonly<Record<string, unknown>>;
  /** URNs of what it waited for. */
  readonly dependencies?: readonly string[];
  /** Input -> URNs of what its value comes from. */
  readonly propertyDependencies?: Readonly<Record<string, readonly string[] | null>>;
}

type Body = Readonly<Record<string, unknown>>;

export interface TerraformConfiguration {
  /** Type -> name -> what is asked for. */
  readonly resource: Readonly<Record<string, Readonly<Record<string, Body>>>>;
}

interface Known {
  readonly recorded: RecordedResource;
  readonly type: string;
  readonly name: string;
  readonly block: TerraformBlock;
}

const schema = JSON.parse(
  readFileSync(new URL("../../../src/local-cloud/catalogue/openstack-schema.json", import.meta.url), "utf8"),
) as Readonly<Record<string, TerraformBlock>>;

const terraformTypes = supportedPackages.find(({ name }) => name === "openstack")?.resources ?? {};

/**
 * `together`: as `count` makes them. `in order`: the machine of each waits for the machine before it where the state recorded that, as a first creation does
 * so that they do not share a host.
 */
export type FrontOrder = "together" | "in order";

/**
 * The OpenStack resources of a stack as a person would write them for Terraform, in its JSON syntax: the same inputs; a value that comes from another
 * resource is a reference to it; `depends_on` where the stack waited without one.
 *
 * Left out is what the stack's own switch adds: no front waits for the pool of another, and a new front serves at once.
 */
export function terraformConfiguration(
  resources: readonly RecordedResource[],
  order: FrontOrder,
): TerraformConfiguration {
  const known = new Map(
    resources.filter(({ type }) => /^openstack:.*\//.test(type)).map((one) => [one.urn, know(one)]),
  );
  const out: Record<string, Record<string, Body>> = {};
  for (const one of known.values()) {
    out[one.type] ??= {};
    const named = out[one.type] ?? {};
    if (named[one.name] !== undefined) throw new Error(`two resources are ${addressOf(one)}`);
    named[one.name] = bodyOf(one, known, order);
  }
  return { resource: out };
}

function know(recorded: RecordedResource): Known {
  const type = terraformTypes[recorded.type.split(":")[1] ?? ""] ?? "";
  const block = schema[type];
  if (block === undefined) throw new Error(`Terraform's name of ${recorded.type} is not known`);
  return { recorded, type, block, name: recorded.urn.split("::").at(-1) ?? "" };
}

function bodyOf(one: Known, known: ReadonlyMap<string, Known>, order: FrontOrder): Body {
  const { recorded, block } = one;
  const referenced = new Set<string>();
  const inputs = translate(plainOf(recorded.inputs ?? {}), block, recorded.type, (property, text) => {
    for (const urn of recorded.propertyDependencies?.[property] ?? []) {
      const source = known.get(urn);
      const attribute = source === undefined ? undefined : attributeWith(source, text);
      if (source === undefined || attribute === undefined) continue;
      referenced.add(urn);
      return `\${${addressOf(source)}.${attribute}}`;
    }
    return literal(text);
  });
  const waits = (recorded.dependencies ?? [])
    .filter((urn) => !referenced.has(urn))
    .map((urn) => known.get(urn))
    .filter(
      (source) =>
        source !== undefined && (!areTwoFronts(one, source) || (order === "in order" && areMachines(one, source))),
    )
    .map((source) => addressOf(source as Known));
  return {
    ...inputs,
    ...(one.type === "openstack_lb_member_v2" ? { weight: 1 } : {}),
    ...(waits.length === 0 ? {} : { depends_on: waits.sort() }),
  };
}

/** Inputs under Terraform's names, without those that the provider fills in by itself. */
function translate(
  value: unknown,
  block: TerraformBlock,
  where: string,
  write: (property: string, text: string) => string,
  property?: string,
): Record<string, unknown> {
  const { __defaults: defaults, ...given } = value as Record<string, unknown>;
  const filledIn = new Set(Array.isArray(defaults) ? defaults : []);
  const names = new Map(Object.entries(block).map(([name, one]) => [one.pulumi, { name, ...one }]));
  const out: Record<string, unknown> = {};
  for (const [key, entry] of Object.entries(given)) {
    if (filledIn.has(key)) continue;
    const named = names.get(key);
    if (named === undefined) throw new Error(`Terraform's name of ${where}.${key} is not known`);
    // The property of the resource that a nested value belongs to.
    const top = property ?? key;
    const text = (inner: unknown): unknown => mapTexts(inner, (one) => write(top, one));
    const nested = (inner: unknown) =>
      named.block === undefined ? text(inner) : translate(inner, named.block, `${where}.${key}`, write, top);
    // To the engine, a list of at most one is a plain value.
    const many = named.type === "TypeList" || named.type === "TypeSet";
    out[named.name] = many ? (Array.isArray(entry) ? entry : [entry]).map(nested) : nested(entry);
  }
  return out;
}

/** The attribute by which a resource gives this value. */
function attributeWith({ recorded, block }: Known, text: string): string | undefined {
  if (recorded.id === text) return "id";
  const outputs = plainOf(recorded.outputs ?? {}) as Record<string, unknown>;
  return Object.entries(block).find(([, { pulumi }]) => outputs[pulumi] === text)?.[0];
}

function addressOf({ type, name }: Known): string {
  return `${type}.${name}`;
}

function areTwoFronts(a: Known, b: Known): boolean {
  const [one, other] = [a, b].map(({ name }) => /^ps-\d+/.exec(name)?.[0]);
  return one !== undefined && other !== undefined && one !== other;
}

function areMachines(...all: readonly Known[]): boolean {
  return all.every(({ type }) => type === "openstack_compute_instance_v2");
}

/** Without the engine's marks of what is secret. */
function plainOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plainOf);
  if (typeof value !== "object" || value === null) return value;
  const record = value as Record<string, unknown>;
  if (record[specialKey] === secretMark) return plainOf(JSON.parse(String(record.plaintext)));
  return Object.fromEntries(Object.entries(record).map(([key, entry]) => [key, plainOf(entry)]));
}

function mapTexts(value: unknown, write: (text: string) => string): unknown {
  if (typeof value === "string") return write(value);
  if (Array.isArray(value)) return value.map((one) => mapTexts(one, write));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, mapTexts(entry, write)]));
}

/** Every text is a template to Terraform. */
function literal(text: string): string {
  return text.replace(/[$%](?=\{)/g, "$&$&");
}
