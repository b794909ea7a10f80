import { isDeepStrictEqual } from "node:util";
import structProto from "google-protobuf/google/protobuf/struct_pb.js";

/** Property values of a resource in clear, without wrappers. */
export type Values = Readonly<Record<string, unknown>>;

/** How the engine writes a value that is not known yet (a preview); from the SDK's runtime/rpc. */
export const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const signatureKey = "4dabf18193072939515e22adb298388d";
const secretSignature = "1b47061264138c4ac30d75fd1eb44270";

/** Values as they came over the wire: secrets still wrapped. */
export function valuesOf(struct: structProto.Struct | undefined): Values {
  return struct === undefined ? {} : (struct.toJavaScript() as Values);
}

export function structOf(values: Values): structProto.Struct {
  return structProto.Struct.fromJavaScript(values as Parameters<typeof structProto.Struct.fromJavaScript>[0]);
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A secret still in its wrapper. */
export function isSecret(value: unknown): value is { readonly value: unknown } {
  return isRecord(value) && value[signatureKey] === secretSignature;
}

/** Values in clear, and the names of the properties that hold a secret somewhere. */
export interface Revealed {
  readonly values: Values;
  readonly secrets: ReadonlySet<string>;
}

export function reveal(wire: Values): Revealed {
  const secrets = new Set<string>();
  const values: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(wire)) {
    const clear = unwrap(value);
    if (clear.secret) secrets.add(name);
    values[name] = clear.value;
  }
  return { values, secrets };
}

function unwrap(value: unknown): { value: unknown; secret: boolean } {
  if (isSecret(value)) return { value: unwrap(value.value).value, secret: true };
  if (Array.isArray(value)) {
    const parts = value.map(unwrap);
    return { value: parts.map((part) => part.value), secret: parts.some((part) => part.secret) };
  }
  if (!isRecord(value)) return { value, secret: false };
  let secret = false;
  const clear: Record<string, unknown> = {};
  for (const [name, inner] of Object.entries(value)) {
    const part = unwrap(inner);
    clear[name] = part.value;
    secret ||= part.secret;
  }
  return { value: clear, secret };
}

/** Marks whole properties as secret, so that the engine encrypts them in its state. */
export function conceal(values: Values, secrets: ReadonlySet<string>): Values {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [
        name,
        secrets.has(name) && !isSecret(value) ? { [signatureKey]: secretSignature, value } : withoutUndefined(value),
      ]),
  );
}

function withoutUndefined(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutUndefined);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, inner]) => inner !== undefined)
      .map(([name, inner]) => [name, withoutUndefined(inner)]),
  );
}

/** Nothing, as Terraform sees it: absent, empty, false and zero are the same. */
export function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null || value === "" || value === false || value === 0) return true;
  if (Array.isArray(value)) return value.length === 0;
  return isRecord(value) && Object.keys(value).length === 0;
}

export function sameValue(left: unknown, right: unknown): boolean {
  return isDeepStrictEqual(left, right);
}
