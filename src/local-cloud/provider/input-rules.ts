import type { InputFailure } from "./check-inputs.ts";
import { isRecord, unknownValue, type Values } from "./wire-values.ts";

/** Validation rules for the inputs of a type, beyond names and types. Paths are like `persistence.type`, for each element of a list too. */
export interface InputRules {
  /** The values that are accepted. */
  readonly oneOf?: Readonly<Record<string, readonly (string | number)[]>>;
  /** Lowest and highest number. */
  readonly between?: Readonly<Record<string, readonly [lowest: number, highest: number]>>;
  /** How many values a list may have. */
  readonly longest?: Readonly<Record<string, number>>;
  /** How many values a list must have. */
  readonly shortest?: Readonly<Record<string, number>>;
  /** Lowest number beside 0. */
  readonly zeroOrFrom?: Readonly<Record<string, number>>;
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
    for (const value of valuesAt(inputs, path)) {
      if (!accepted.includes(value as string)) {
        fail(path, `input '${path}' is ${JSON.stringify(value)}; accepted: ${accepted.join(", ")}`);
      }
    }
  }
  for (const [path, [lowest, highest]] of Object.entries(rules.between ?? {})) {
    for (const value of valuesAt(inputs, path)) {
      if (typeof value === "number" && (value < lowest || value > highest)) {
        fail(path, `input '${path}' is ${value}; accepted: ${lowest} to ${highest}`);
      }
    }
  }
  for (const [path, lowest] of Object.entries(rules.zeroOrFrom ?? {})) {
    for (const value of valuesAt(inputs, path)) {
      if (typeof value === "number" && value !== 0 && value < lowest) {
        fail(path, `input '${path}' is ${value}; accepted: 0, or ${lowest} and more`);
      }
    }
  }
  for (const [path, most] of Object.entries(rules.longest ?? {})) {
    const { length } = listAt(inputs, path) ?? [];
    if (length > most) fail(path, `input '${path}' has ${length} values; at most ${most}`);
  }
  for (const [path, least] of Object.entries(rules.shortest ?? {})) {
    const list = listAt(inputs, path);
    if (list !== undefined && list.length < least) {
      fail(path, `input '${path}' has ${list.length} values; at least ${least}`);
    }
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

/** Values at a path, in each element of a list; none for what is left out or not known yet. */
function valuesAt(inputs: Values, path: string): readonly unknown[] {
  const found = path
    .split(".")
    .reduce<readonly unknown[]>(
      (values, name) =>
        values.flatMap((value) => (Array.isArray(value) ? value : [value])).map((value) => memberOf(value, name)),
      [inputs],
    );
  return found.filter((value) => value !== undefined && value !== null && value !== unknownValue);
}

function listAt(inputs: Values, path: string): readonly unknown[] | undefined {
  return valuesAt(inputs, path).find(Array.isArray);
}

function memberOf(value: unknown, name: string): unknown {
  return isRecord(value) ? value[name] : undefined;
}
