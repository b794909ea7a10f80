import * as z from "zod";
import { nearestName } from "../core/nearest-name.ts";
import type { Issue } from "../core/result.ts";
import { problem } from "./problem.ts";
import { isMapping } from "./yaml-file.ts";

/** One issue for every key that the schema does not know, at any depth, with the name that was probably meant. */
export function findUnknownKeys(
  schema: z.core.$ZodType,
  value: unknown,
  path: readonly string[] = [],
): readonly Issue[] {
  const list = insideDefault(schema);
  if (list instanceof z.ZodArray && Array.isArray(value)) {
    return value.flatMap((entry, index) => findUnknownKeys(list.element, entry, [...path, String(index)]));
  }
  const object = objectIn(schema);
  if (object === undefined || !isMapping(value)) return [];
  const known = Object.keys(object.shape);
  return Object.entries(value).flatMap(([key, inner]) => {
    const field = object.shape[key];
    if (field !== undefined && Object.hasOwn(object.shape, key)) return findUnknownKeys(field, inner, [...path, key]);
    return [unknownKey([...path, key], key, known)];
  });
}

function unknownKey(path: readonly string[], key: string, known: readonly string[]): Issue {
  const meant = nearestName(key, known);
  const guess = meant === undefined ? "" : `, did you mean ${meant}?`;
  return problem(path.join("."), "unknown-key", {
    what: `unknown key ${JSON.stringify(key)}${guess}`,
    accepted: known.join(", "),
  });
}

function objectIn(schema: z.core.$ZodType): z.ZodObject | undefined {
  const inner = insideDefault(schema);
  return inner instanceof z.ZodObject ? inner : undefined;
}

/** What is inside defaults and the like. */
function insideDefault(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodDefault || schema instanceof z.ZodOptional) {
    return insideDefault(schema.unwrap());
  }
  return schema;
}
