import type { Property, ResourceType, Shape } from "../catalogue/shape.ts";
import { isEmpty, isRecord, isSecret, unknownValue, type Values } from "./wire-values.ts";

/** One input that cannot be accepted, with its path, such as `networks[0].prot`. */
export interface InputFailure {
  readonly property: string;
  readonly reason: string;
}

/** Every unknown, missing or mistyped input, nested ones too. Values that are not known yet pass. */
export function checkInputs(token: string, inputs: Values, type: ResourceType): InputFailure[] {
  const failures: InputFailure[] = [];
  checkMembers(token, "", inputs, type.inputs, failures);
  return failures;
}

function checkMembers(
  token: string,
  prefix: string,
  values: Values,
  properties: Readonly<Record<string, Property>>,
  failures: InputFailure[],
): void {
  for (const [name, value] of Object.entries(values)) {
    const property = properties[name];
    const path = prefix + name;
    if (name === "__defaults" || value === undefined || value === null) continue;
    if (property === undefined) {
      const accepted = Object.keys(properties).sort().join(", ");
      failures.push({ property: path, reason: `${token} has no input '${path}'; it accepts: ${accepted}` });
    } else checkShape(token, path, value, property.type, failures);
  }
  for (const [name, property] of Object.entries(properties)) {
    if (property.required && (values[name] === undefined || values[name] === null)) {
      failures.push({
        property: prefix + name,
        reason: `${token} needs the input '${prefix}${name}', which is missing`,
      });
    }
  }
}

function checkShape(token: string, path: string, value: unknown, shape: Shape, failures: InputFailure[]): void {
  if (value === unknownValue || shape === "any") return;
  const wrong = (wanted: string) =>
    failures.push({
      property: path,
      reason: `${token}: input '${path}' is a ${kindOf(value)}, a ${wanted} is accepted`,
    });
  if (typeof shape === "string") {
    if (kindOf(value) !== shape) wrong(shape);
  } else if ("list" in shape) {
    if (!Array.isArray(value)) wrong("list");
    else
      for (const [index, element] of value.entries())
        checkShape(token, `${path}[${index}]`, element, shape.list, failures);
  } else if (!isRecord(value)) wrong("map");
  else if ("map" in shape) {
    for (const [key, element] of Object.entries(value))
      checkShape(token, `${path}.${key}`, element, shape.map, failures);
  } else checkMembers(token, `${path}.`, value, shape.object, failures);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return isRecord(value) ? "map" : typeof value;
}

/**
 * Fills in what the real provider fills in before it plans: defaults of nested objects too. A default that is false, zero or empty is left out, as by the
 * bridge behind the real SDKs: it means the same.
 */
export function withDefaults(values: Values, properties: Readonly<Record<string, Property>>): Record<string, unknown> {
  const filled: Record<string, unknown> = { ...values };
  for (const [name, property] of Object.entries(properties)) {
    const value = filled[name];
    if (value === undefined || value === null) {
      if (isEmpty(property.default)) delete filled[name];
      else filled[name] = property.default;
    } else filled[name] = nestedDefaults(value, property.type);
  }
  return filled;
}

function nestedDefaults(value: unknown, shape: Shape): unknown {
  if (typeof shape === "string") return value;
  if ("list" in shape)
    return Array.isArray(value) ? value.map((element) => nestedDefaults(element, shape.list)) : value;
  if ("object" in shape) return isRecord(value) && !isSecret(value) ? withDefaults(value, shape.object) : value;
  return value;
}
