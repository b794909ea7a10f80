import { type Json, jsonObject } from "../http/route.ts";
import { CloudError } from "../kernel/cloud-error.ts";

/** A value of a body; null and what is left out are the same. */
export function given(body: Json, name: string): unknown {
  return body[name] ?? undefined;
}

/** @throws CloudError 400 when it is given and is no text */
export function textIn(body: Json, name: string): string | undefined {
  const value = given(body, name);
  if (value === undefined || typeof value === "string") return value;
  throw invalid(name, value, "string");
}

/** @throws CloudError 400 when it is missing */
export function needTextIn(body: Json, name: string): string {
  const value = textIn(body, name);
  if (value === undefined) throw new CloudError(400, "Client::BadRequest", `Missing mandatory parameter: ${name}`);
  return value;
}

export function numberIn(body: Json, name: string): number | undefined {
  const value = given(body, name);
  if (value === undefined || typeof value === "number") return value;
  throw invalid(name, value, "long");
}

export function needNumberIn(body: Json, name: string): number {
  const value = numberIn(body, name);
  if (value === undefined) throw new CloudError(400, "Client::BadRequest", `Missing mandatory parameter: ${name}`);
  return value;
}

export function flagIn(body: Json, name: string): boolean | undefined {
  const value = given(body, name);
  if (value === undefined || typeof value === "boolean") return value;
  throw invalid(name, value, "boolean");
}

export function textsIn(body: Json, name: string): readonly string[] | undefined {
  const value = listIn(body, name);
  if (value === undefined || value.every((entry) => typeof entry === "string")) return value as string[] | undefined;
  throw invalid(name, value, "string[]");
}

export function listIn(body: Json, name: string): readonly unknown[] | undefined {
  const value = given(body, name);
  if (value === undefined || Array.isArray(value)) return value;
  throw invalid(name, value, "array");
}

/** An empty object where it is left out. */
export function objectIn(body: Json, name: string): Json {
  return jsonObject(body[name]);
}

/** Texts by name, such as tags; undefined where it is left out. */
export function mapIn(body: Json, name: string): Readonly<Record<string, string>> | undefined {
  if (given(body, name) === undefined) return undefined;
  return Object.fromEntries(Object.entries(objectIn(body, name)).map(([key, value]) => [key, String(value)]));
}

/** One of the words of an enumeration. @throws CloudError 400 for another one, in the API's words as reported for a zone's record */
export function wordIn<Word extends string>(
  body: Json,
  name: string,
  words: readonly Word[],
  enumeration: string,
): Word | undefined {
  const value = textIn(body, name);
  if (value === undefined) return undefined;
  const word = words.find((candidate) => candidate === value);
  if (word !== undefined) return word;
  throw new CloudError(
    400,
    "Client::BadRequest",
    `[${name}] Given data (${value}) does not belong to the ${enumeration} enumeration`,
  );
}

function invalid(name: string, value: unknown, type: string): CloudError {
  return new CloudError(
    400,
    "Client::BadRequest",
    `[${name}] Given data (${JSON.stringify(value)}) is not valid for type ${type}`,
  );
}
