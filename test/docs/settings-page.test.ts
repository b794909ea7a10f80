import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import * as z from "zod";
import { errorCodes } from "../../src/core/error-codes.ts";
import { lorSchema, profileSettings } from "../../src/systems/lor/schema.ts";
import { root } from "./markdown.ts";

const text = readFileSync(join(root, "docs", "settings.md"), "utf8");
const rows = text
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split(/(?<!\\)\|/).map((cell) => cell.trim()))
  .filter((cells) => cells.length === 7)
  .map(([, setting = "", type = "", accepted = "", byDefault = "", refused = ""]) => ({
    setting: setting.replaceAll("`", ""),
    type,
    accepted,
    byDefault,
    refused,
  }));

test("every setting of the schema has one row, and no row is of another", () => {
  expect(rows.map(({ setting }) => setting).toSorted()).toEqual(settingsOf(lorSchema, "").toSorted());
});

test("every row says its type and what refuses it", () => {
  const incomplete = rows.filter((row) => row.type === "" || row.accepted === "" || row.refused === "");
  expect(incomplete.map(({ setting }) => setting)).toEqual([]);
});

test("every default of the schema is in its row, and no other is", () => {
  const told = Object.fromEntries(rows.map(({ setting, byDefault }) => [setting, byDefault.replaceAll("`", "")]));
  const real = Object.fromEntries(Object.keys(told).map((setting) => [setting, shown(defaultOf(setting.split(".")))]));
  expect(told).toEqual(real);
});

test("every field of every kind of event is told, with its default", () => {
  const events = lorSchema.shape.calendar.unwrap().shape.events.unwrap();
  const section = /### Calendar([\s\S]*?)\n## /.exec(text)?.[1] ?? "";
  const told = (field: string, byDefault: string) =>
    section.split("\n").some((line) => {
      const cells = line.split("|").map((cell) => cell.trim().replaceAll("`", ""));
      return cells.includes(field) && cells.at(-3) === byDefault;
    });
  const untold = events.element.options.flatMap(({ shape }) =>
    Object.entries(shape as Record<string, z.ZodType>).flatMap(([field, schema]) => {
      if (field === "freeze") return told("freeze.before", "–") && told("freeze.after", "–") ? [] : [field];
      // Of a one-off event without an end the end is its beginning.
      const byDefault =
        field === "to" ? "from" : shown(schema instanceof z.ZodPrefault ? schema.def.defaultValue : undefined);
      return told(field, byDefault) ? [] : [`${field}: ${byDefault}`];
    }),
  );
  expect(untold).toEqual([]);
});

test("what a profile file may hold is what the page says", () => {
  const section = /## Profile files([\s\S]*?)\n## /.exec(text)?.[1] ?? "";
  const listed = [...section.matchAll(/^\| `([\w.]+)`/gm)].map((match) => match[1] ?? "");
  expect(listed.toSorted()).toEqual([...profileSettings].toSorted());
});

test("every code on the page exists", () => {
  const known = new Set(Object.keys(errorCodes));
  const named = rows.flatMap(({ refused }) =>
    [...refused.matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map((one) => one[1] ?? ""),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((code) => !known.has(code))).toEqual([]);
});

test("every variable of ours that a command reads from its environment is told", () => {
  const read = readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .flatMap((file) => [...readFileSync(join(root, "src", file), "utf8").matchAll(/\benv\.(LOR_[A-Z_]+)/g)])
    .map((match) => match[1] ?? "");
  expect(read).toContain("LOR_INFRA_HOME");
  expect([...new Set(read)].filter((name) => !text.includes(`\`${name}`))).toEqual([]);
});

/** A default as the page tells it. */
function shown(byDefault: unknown): string {
  return Array.isArray(byDefault) && byDefault.length === 0 ? "none" : String(byDefault ?? "–");
}

/** Paths of everything that is not a group. */
function settingsOf(schema: z.core.$ZodType, path: string): readonly string[] {
  const group = groupIn(schema);
  if (group === undefined) return [path];
  return Object.entries(group.shape).flatMap(([key, field]) => settingsOf(field, path === "" ? key : `${path}.${key}`));
}

function groupIn(schema: z.core.$ZodType): z.ZodObject | undefined {
  if (schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional) return groupIn(schema.unwrap());
  return schema instanceof z.ZodObject ? schema : undefined;
}

/** The default of a setting, its own or its group's. */
function defaultOf(path: readonly string[]): unknown {
  let schema: z.core.$ZodType | undefined = lorSchema;
  let given: unknown;
  for (const key of path) {
    given = typeof given === "object" && given !== null ? (given as Record<string, unknown>)[key] : undefined;
    schema = groupIn(schema ?? lorSchema)?.shape[key];
    if (schema instanceof z.ZodPrefault) given ??= schema.def.defaultValue;
  }
  return given;
}
