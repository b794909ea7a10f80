import type { Property, ResourceType, Shape } from "../catalogue/shape.ts";
import { diffInputs } from "./diff-inputs.ts";
import { isEmpty, isRecord, type Values } from "./wire-values.ts";

/**
 * Inputs of a resource as the cloud shows it. Without recorded inputs (an import) all that is not empty; with them (a refresh) the
 * recorded ones, each replaced by what the cloud shows where the two differ.
 */
export function observedInputs(state: Values, recorded: Values, type: ResourceType): Values {
  const importing = Object.keys(recorded).length === 0;
  const inputs: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(type.inputs)) {
    const seen = state[name];
    if (importing) {
      if (property.required || !isDefaultOrEmpty(seen, property)) inputs[name] = restrict(seen, property.type);
    } else if (recorded[name] !== undefined) {
      const shown = seen === undefined || !differs(recorded[name], seen, name, property);
      inputs[name] = shown ? recorded[name] : restrict(seen, property.type);
    }
  }
  return inputs;
}

function differs(recorded: unknown, seen: unknown, name: string, property: Property): boolean {
  const previous = { inputs: {}, outputs: { [name]: seen } };
  return diffInputs(previous, { [name]: recorded }, { inputs: { [name]: property }, outputs: {} }).length > 0;
}

/** The bridge behind the real SDKs leaves out of an import what the provider would fill in anyway. */
function isDefaultOrEmpty(value: unknown, property: Property): boolean {
  return property.default === undefined ? isEmpty(value) : value === undefined || value === property.default;
}

/** Keeps of nested objects only what is an input and not empty. */
function restrict(value: unknown, shape: Shape): unknown {
  if (typeof shape === "string") return value;
  if ("list" in shape) return Array.isArray(value) ? value.map((element) => restrict(element, shape.list)) : value;
  if ("map" in shape || !isRecord(value)) return value;
  return Object.fromEntries(
    Object.entries(shape.object)
      .filter(([name, property]) => property.required || !(property.shown || isDefaultOrEmpty(value[name], property)))
      .map(([name, property]) => [name, restrict(value[name], property.type)]),
  );
}
