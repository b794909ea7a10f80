import type { Property } from "../catalogue/shape.ts";
import { defaultsMark } from "./autoname.ts";
import { isEmpty, sameValue, type Values } from "./wire-values.ts";

/**
 * Default values of a program that runs again, as the bridge behind the real SDKs takes them (`applyDefaults` of pulumi-terraform-bridge, pkg/tfbridge/schema.go):
 * what was recorded as a default stays, also when somebody else changed it and a refresh recorded that. Of recorded inputs that note no defaults any
 * value is taken.
 */
export function keptDefaults(
  wanted: Values,
  recorded: Values,
  properties: Readonly<Record<string, Property>>,
): Record<string, unknown> {
  const noted = notedDefaults(recorded);
  return Object.fromEntries(
    Object.entries(properties)
      .filter(([name, property]) => property.default !== undefined && isLeftOut(wanted[name]))
      .filter(([name]) => !isLeftOut(recorded[name]) && (noted === undefined || noted.includes(name)))
      .map(([name]) => [name, recorded[name]]),
  );
}

/** Names of the inputs that hold a default: those that the program leaves out. */
export function defaultNames(
  program: Values,
  filled: Values,
  properties: Readonly<Record<string, Property>>,
): readonly string[] {
  return Object.entries(properties)
    .filter(
      ([name, property]) => property.default !== undefined && isLeftOut(program[name]) && !isLeftOut(filled[name]),
    )
    .map(([name]) => name)
    .sort();
}

/** What a refresh notes: defaults that somebody else changed are none any more, and an empty list is left out. */
export function refreshedDefaults(recorded: Values, seen: Values): Values {
  const noted = (notedDefaults(recorded) ?? []).filter((name) => sameValue(recorded[name], seen[name]));
  return noted.length === 0 ? {} : { [defaultsMark]: noted };
}

function notedDefaults(recorded: Values): readonly string[] | undefined {
  const noted = recorded[defaultsMark];
  if (Array.isArray(noted)) return noted.map(String);
  // Nothing is recorded before the creation.
  return isEmpty(recorded) ? [] : undefined;
}

function isLeftOut(value: unknown): boolean {
  return value === undefined || value === null;
}
