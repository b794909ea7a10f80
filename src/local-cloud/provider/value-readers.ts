import { isRecord, type Values } from "./wire-values.ts";

/** Checked inputs are typed by the catalogue; these read one of them, undefined when it is left out. */
export function textOf(values: Values, name: string): string | undefined {
  const value = values[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** A required text. */
export function needText(values: Values, name: string): string {
  const value = values[name];
  if (typeof value !== "string") throw new Error(`'${name}' is missing`);
  return value;
}

export function numberOf(values: Values, name: string): number | undefined {
  const value = values[name];
  return typeof value === "number" ? value : undefined;
}

export function needNumber(values: Values, name: string): number {
  const value = values[name];
  if (typeof value !== "number") throw new Error(`'${name}' is missing`);
  return value;
}

/** A required number as gophercloud sends it: 0 is the same as none. */
export function needNonZero(values: Values, name: string): number {
  const value = needNumber(values, name);
  if (value === 0) throw new Error(`Missing input for argument [${name}]`);
  return value;
}

export function flagOf(values: Values, name: string): boolean | undefined {
  const value = values[name];
  return typeof value === "boolean" ? value : undefined;
}

export function textsOf(values: Values, name: string): readonly string[] | undefined {
  const value = values[name];
  return Array.isArray(value) ? value.map(String) : undefined;
}

export function mapOf(values: Values, name: string): Readonly<Record<string, string>> | undefined {
  const value = values[name];
  return isRecord(value)
    ? Object.fromEntries(Object.entries(value).map(([key, text]) => [key, String(text)]))
    : undefined;
}

export function objectOf(values: Values, name: string): Values | undefined {
  const value = values[name];
  return isRecord(value) ? value : undefined;
}

export function objectsOf(values: Values, name: string): readonly Values[] | undefined {
  const value = values[name];
  return Array.isArray(value) ? value.filter(isRecord) : undefined;
}

/** The text that an update sends: an input that was taken away becomes empty. */
export function sentText(values: Values, name: string): string {
  return textOf(values, name) ?? "";
}
