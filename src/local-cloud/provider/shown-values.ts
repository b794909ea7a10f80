import type { Property, ResourceType, Shape } from "../catalogue/shape.ts";
import type { Library } from "./diff-inputs.ts";
import { isEmpty, isRecord, sameValue, unknownValue, type Values } from "./wire-values.ts";

/**
 * State in a preview: the new inputs, known outputs, and the unknown marker for all other outputs.
 * @param changed Inputs that differ from the state
 */
export function withUnknowns(
  inputs: Values,
  known: Values,
  type: ResourceType,
  changed: ReadonlySet<string>,
  library: Library = "sdk",
): Values {
  const shown: Record<string, unknown> = {};
  for (const name of Object.keys(type.outputs)) shown[name] = known[name] ?? unknownValue;
  for (const [name, property] of Object.entries(type.inputs)) {
    const given = inputs[name];
    if (given === undefined) {
      if (property.computed) shown[name] = known[name] ?? unknownValue;
    } else if (library === "framework")
      shown[name] = filledIn(given, property.type, ({ computed }) => computed === true);
    else shown[name] = changed.has(name) ? withNewElements(given, known[name], property.type) : given;
  }
  for (const name of changed) if (type.outputs[name] !== undefined) shown[name] = unknownValue;
  return shown;
}

/** A changed value: what the provider sets inside of an element is known of those that are there already. */
function withNewElements(value: unknown, known: unknown, shape: Shape): unknown {
  if (!Array.isArray(value) || typeof shape === "string" || !("list" in shape)) return value;
  const before: readonly unknown[] = Array.isArray(known) ? known : [];
  const own = ({ shown }: Property) => shown === true;
  return value.map(
    (element: unknown) => before.find((one) => isSame(one, element, shape.list)) ?? filledIn(element, shape.list, own),
  );
}

/** Whether two elements are the same but for what the provider sets. */
function isSame(one: unknown, other: unknown, shape: Shape): boolean {
  if (typeof shape === "string" || !("object" in shape) || !isRecord(one) || !isRecord(other)) return false;
  return Object.entries(shape.object)
    .filter(([, { shown }]) => shown !== true)
    .every(([name]) => sameValue(one[name], other[name]) || (isEmpty(one[name]) && isEmpty(other[name])));
}

/** A value with the unknown marker wherever the provider fills in what was left out inside of it. */
function filledIn(value: unknown, shape: Shape, fillsIn: (property: Property) => boolean): unknown {
  if (typeof shape === "string" || "map" in shape) return value;
  if ("list" in shape) {
    return Array.isArray(value) ? value.map((element) => filledIn(element, shape.list, fillsIn)) : value;
  }
  if (!isRecord(value)) return value;
  const members = Object.entries(shape.object).map(([name, property]) => {
    const given = value[name] ?? (fillsIn(property) ? unknownValue : undefined);
    return [name, filledIn(given, property.type, fillsIn)] as const;
  });
  return { ...value, ...Object.fromEntries(members.filter(([, one]) => one !== undefined)) };
}

/** What the framework plans anew beside a change: everything that it computes and that the program does not give. */
export function plannedAnew(inputs: Values, type: ResourceType): readonly string[] {
  const state = withUnknowns(inputs, {}, type, new Set(), "framework");
  return Object.keys(state).filter((name) => JSON.stringify(state[name])?.includes(unknownValue));
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
