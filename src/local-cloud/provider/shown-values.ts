import type { ResourceType } from "../catalogue/shape.ts";
import { unknownValue, type Values } from "./wire-values.ts";

/** State in a preview: the new inputs, known outputs, and the unknown marker for all other outputs. */
export function withUnknowns(inputs: Values, known: Values, type: ResourceType): Values {
  const shown: Record<string, unknown> = {};
  for (const name of Object.keys(type.outputs)) shown[name] = known[name] ?? unknownValue;
  for (const [name, property] of Object.entries(type.inputs)) {
    if (inputs[name] !== undefined) shown[name] = inputs[name];
    else if (property.computed) shown[name] = known[name] ?? unknownValue;
  }
  return shown;
}

/** Outputs that only the provider sets; they stay when a read does not return them (a password returned once). */
export function outputsOf(known: Values, type: ResourceType): Values {
  return Object.fromEntries(
    Object.keys(type.outputs)
      .filter((name) => known[name] !== undefined)
      .map((name) => [name, known[name]]),
  );
}

/** The lists without order that stay in an update as the state has them: those of the provider that the program does not give. */
export function keptSets(known: Values, wanted: Values, type: ResourceType): Values {
  const own = [
    ...Object.entries(type.inputs).filter(([name, { computed }]) => computed && wanted[name] === undefined),
    ...Object.entries(type.outputs),
  ];
  return Object.fromEntries(
    own.filter(([name, { set }]) => set && known[name] !== undefined).map(([name]) => [name, known[name]]),
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
