import type { InputFailure } from "./check-inputs.ts";
import { isRecord, unknownValue, type Values } from "./wire-values.ts";

/** Validation rules for the inputs of a type, beyond names and types. Paths are like `persistence.type`. */
export interface InputRules {
  /** The values that are accepted. */
  readonly oneOf?: Readonly<Record<string, readonly (string | number)[]>>;
  /** Lowest and highest number. */
  readonly between?: Readonly<Record<string, readonly [lowest: number, highest: number]>>;
  /** How many values a list may have. */
  readonly longest?: Readonly<Record<string, number>>;
  /** Inputs that an import leaves out, whatever the cloud shows. */
  readonly neverImported?: readonly string[];
  /** Of each group at most one is given. */
  readonly apart?: readonly (readonly string[])[];
  /** Of each group one is given. */
  readonly exactlyOne?: readonly (readonly string[])[];
}

/** Every input that breaks a rule. Values that are not known yet pass. */
export function brokenRules(token: string, inputs: Values, rules: InputRules): readonly InputFailure[] {
  const failures: InputFailure[] = [];
  const fail = (property: string, reason: string) => failures.push({ property, reason: `${token}: ${reason}` });
  for (const [path, accepted] of Object.entries(rules.oneOf ?? {})) {
    const value = valueAt(inputs, path);
    if (value !== undefined && !accepted.includes(value as string)) {
      fail(path, `input '${path}' is ${JSON.stringify(value)}; accepted: ${accepted.join(", ")}`);
    }
  }
  for (const [path, [lowest, highest]] of Object.entries(rules.between ?? {})) {
    const value = valueAt(inputs, path);
    if (typeof value === "number" && (value < lowest || value > highest)) {
      fail(path, `input '${path}' is ${value}; accepted: ${lowest} to ${highest}`);
    }
  }
  for (const [path, most] of Object.entries(rules.longest ?? {})) {
    const value = valueAt(inputs, path);
    if (Array.isArray(value) && value.length > most)
      fail(path, `input '${path}' has ${value.length} values; at most ${most}`);
  }
  const given = (name: string) => inputs[name] !== undefined && inputs[name] !== null;
  for (const group of rules.apart ?? []) {
    const [first = "", ...others] = group.filter(given);
    if (others.length > 0) fail(first, `'${first}' conflicts with ${others.map((name) => `'${name}'`).join(", ")}`);
  }
  for (const group of rules.exactlyOne ?? []) {
    if (group.filter(given).length !== 1) {
      fail(group[0] ?? "", `exactly one of ${group.map((name) => `'${name}'`).join(", ")} is needed`);
    }
  }
  return failures;
}

/** Inputs of an imported resource: of mutually exclusive ones, the first. */
export function importable(inputs: Values, rules: InputRules): Values {
  const second = (rules.apart ?? []).flatMap((group) => group.filter((name) => inputs[name] !== undefined).slice(1));
  const left = [...second, ...(rules.neverImported ?? [])];
  return Object.fromEntries(Object.entries(inputs).filter(([name]) => !left.includes(name)));
}

/** Undefined also for what is not known yet. */
function valueAt(inputs: Values, path: string): unknown {
  const value = path.split(".").reduce<unknown>((inner, name) => (isRecord(inner) ? inner[name] : undefined), inputs);
  return value === null || value === unknownValue ? undefined : value;
}
