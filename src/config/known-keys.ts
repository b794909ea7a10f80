import * as z from "zod";
import { didYouMean } from "../core/nearest-name.ts";
import type { Issue } from "../core/result.ts";
import { problem } from "./problem.ts";
import { isMapping } from "./yaml-file.ts";

/** Settings that had another name in their section, and the path of the new one from the top: the old key is refused with the new one named. */
export const renamedKeys = z.registry<{ readonly old: string; readonly path: string }>();

/** One issue for every unknown key at any depth, with the most similar known name. */
export function findUnknownKeys(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly string[] = [],
): readonly Issue[] {
  const element = elementIn(schema);
  if (element !== undefined && Array.isArray(value)) {
    return value.flatMap((inner, index) => findUnknownKeys(element, inner, [...path, String(index)]));
  }
  const object = objectIn(schema, value);
  if (object === undefined || !isMapping(value)) return [];
  const known = Object.keys(object.shape);
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = object.shape[key];
    if (field !== undefined && Object.hasOwn(object.shape, key)) return findUnknownKeys(field, inner, [...path, key]);
    const renamed = Object.values(object.shape)
      .map((one) => renamedKeys.get(one))
      .find((one) => one?.old === key);
    return [renamed === undefined ? unknownKey([...path, key], key, known) : renamedKey([...path, key], renamed.path)];
  });
}

function renamedKey(path: readonly string[], now: string): Issue {
  return problem(path.join("."), "unknown-key", {
    what: `${path.join(".")} is now called ${now}; its value stays the same`,
    accepted: now,
  });
}

function unknownKey(path: readonly string[], key: string, known: readonly string[]): Issue {
  return problem(path.join("."), "unknown-key", {
    what: `unknown key ${JSON.stringify(key)}${didYouMean(key, known)}`,
    accepted: known.join(", "),
  });
}

/** The object inside defaults and other wrappers; of a union the member that the value selects. */
function objectIn(schema: z.core.$ZodType, value: unknown): z.ZodObject | undefined {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return inner;
  if (!(inner instanceof z.ZodDiscriminatedUnion) || !isMapping(value)) return undefined;
  const { discriminator, options } = inner.def;
  return options
    .filter((option) => option instanceof z.ZodObject)
    .find((option) => {
      const kind = option.shape[discriminator];
      return kind instanceof z.ZodLiteral && kind.value === value[discriminator];
    });
}

/** Schema of the items of a list. */
function elementIn(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  const inner = unwrap(schema);
  return inner instanceof z.ZodArray ? inner.element : undefined;
}

function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return unwrap(schema.unwrap());
  }
  return schema;
}
