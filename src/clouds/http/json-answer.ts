/** Parts of a JSON response, read without trusting its shape. */
export type JsonObject = Readonly<Record<string, unknown>>;

export function object(value: unknown): JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

/** The objects of a list; anything else yields an empty list. */
export function objects(value: unknown): readonly JsonObject[] {
  return Array.isArray(value) ? value.map(object) : [];
}

export function text(value: unknown): string {
  return typeof value === "string" ? value : typeof value === "number" ? String(value) : "";
}

export function optionalText(value: unknown): string | undefined {
  const read = text(value);
  return read === "" ? undefined : read;
}

export function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
