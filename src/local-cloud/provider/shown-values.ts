import type { ResourceType } from "../catalogue/shape.ts";
import { unknownValue, type Values } from "./wire-values.ts";

/** What a preview shows: wanted inputs, known outputs, and the mark of the unknown for the rest. */
export function withUnknowns(inputs: Values, known: Values, type: ResourceType): Values {
  const shown: Record<string, unknown> = {};
  for (const name of Object.keys(type.outputs)) shown[name] = known[name] ?? unknownValue;
  for (const [name, property] of Object.entries(type.inputs)) {
    if (inputs[name] !== undefined) shown[name] = inputs[name];
    else if (property.computed) shown[name] = known[name] ?? unknownValue;
  }
  return shown;
}

/** What only the provider sets, and stays when a read does not show it (a password given once). */
export function outputsOf(known: Values, type: ResourceType): Values {
  return Object.fromEntries(
    Object.keys(type.outputs)
      .filter((name) => known[name] !== undefined)
      .map((name) => [name, known[name]]),
  );
}

const secretsByType = new WeakMap<ResourceType, ReadonlySet<string>>();
/** Properties that are secret whatever their value. */
export function secretNames(type: ResourceType): ReadonlySet<string> {
  let names = secretsByType.get(type);
  if (names === undefined) {
    const all = [...Object.entries(type.inputs), ...Object.entries(type.outputs)];
    names = new Set(all.filter(([, property]) => property.secret).map(([name]) => name));
    secretsByType.set(type, names);
  }
  return names;
}
