import type * as z from "zod";
import type { Issue } from "../core/result.ts";
import type { FieldRefusal } from "./fields.ts";
import { problem } from "./problem.ts";
import { isMapping, type RawMapping } from "./yaml-file.ts";

/** Parses each top-level setting separately, so that rules can judge the valid sections. */
export function parseSections<S extends z.ZodRawShape>(
  schema: z.ZodObject<S>,
  raw: RawMapping,
): { readonly settings: Partial<z.output<z.ZodObject<S>>>; readonly issues: readonly Issue[] } {
  const issues: Issue[] = [];
  const settings: [string, unknown][] = [];
  for (const [key, field] of Object.entries(schema.shape) as [string, z.ZodType][]) {
    // One document is parsed per run: compiling a parser for it takes longer than it saves.
    const parsed = field.safeParse(raw[key], { jitless: true });
    if (parsed.success) settings.push([key, parsed.data]);
    else issues.push(...parsed.error.issues.map((issue) => toIssue(key, issue, raw[key])));
  }
  return { settings: Object.fromEntries(settings) as Partial<z.output<z.ZodObject<S>>>, issues };
}

function toIssue(section: string, issue: z.core.$ZodIssue, value: unknown): Issue {
  const path = [section, ...issue.path.map(String)].join(".");
  const seen = valueAt(value, issue.path);
  if (issue.code === "custom") {
    // The fields of settings put nothing else there.
    const { code, accepted, exit } = issue.params as unknown as FieldRefusal;
    return problem(path, code, { what: issue.message, seen, accepted }, exit);
  }
  if (seen === undefined) {
    return problem(path, "setting-missing", { what: "is missing", accepted: acceptedOf(issue) });
  }
  if (issue.code === "invalid_union" && "options" in issue) {
    return problem(path, "kind-unknown", {
      what: "does not exist",
      seen,
      accepted: acceptedOf(issue),
    });
  }
  // Without quotes YAML reads 15 and 15.0 as one number.
  const isNumberForText = typeof seen === "number" && issue.code === "invalid_type" && issue.expected === "string";
  const what = isNumberForText ? "is a number and must be a text in quotes" : "has the wrong type";
  return problem(path, "setting-type", { what, seen, accepted: acceptedOf(issue) });
}

/** Fields with an accepted form have it as message; a group only reports that it is one, a union its members. */
function acceptedOf(issue: z.core.$ZodIssue): string {
  if (issue.code === "invalid_union" && "options" in issue && issue.options !== undefined) {
    return issue.options.map(String).join(", ");
  }
  return issue.code === "invalid_type" && issue.expected === "object" ? "a group of settings" : issue.message;
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  let current = value;
  for (const key of path) {
    if (Array.isArray(current)) current = current[Number(key)];
    else if (isMapping(current)) current = current[String(key)];
    else return undefined;
  }
  return current;
}
