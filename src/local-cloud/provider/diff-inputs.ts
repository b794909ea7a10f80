import { createHash } from "node:crypto";
import type { Property, ResourceType, Shape } from "../catalogue/shape.ts";
import { isEmpty, isRecord, sameValue, unknownValue, type Values } from "./wire-values.ts";

/** One property that differs, by its path, such as `networks[0].port`. */
export interface PropertyChange {
  readonly path: string;
  readonly kind: "add" | "delete" | "update";
  readonly replaces: boolean;
}

/** Recorded state of the resource before the change. */
export interface Previous {
  readonly inputs: Values;
  readonly outputs: Values;
}

/**
 * Compares what is wanted with the state, as the real providers do: a property that is left out and that the provider computes is no
 * change; absent and empty are the same; a value that is not known yet is a change.
 */
export function diffInputs(
  previous: Previous,
  wanted: Values,
  type: ResourceType,
  ignored: readonly string[] = [],
): PropertyChange[] {
  const changes: PropertyChange[] = [];
  const idle: PropertyChange[] = [];
  for (const [name, property] of Object.entries(type.inputs)) {
    if (ignored.includes(name)) continue;
    // Recorded inputs are as given, outputs already in the form that the provider keeps.
    const old = name in previous.outputs ? previous.outputs[name] : keptForm(previous.inputs[name], property);
    if (typeof old === "string" && property.tolerates?.includes(old)) continue;
    const now = wanted[name] ?? property.default;
    // Nothing and false (or 0) are equal to the real providers; they differ beside something that does.
    if (isAbsent(old) && (now === false || now === 0)) {
      idle.push({ path: name, kind: "add", replaces: property.replaces === true });
    } else changes.push(...compare(name, old, keptForm(wanted[name], property), property, false));
  }
  const seen = changes.filter((change) => !ignored.some((path) => isWithin(change.path, path)));
  return seen.length === 0 ? [] : [...seen, ...idle];
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null;
}

/** A value in the form that the real provider compares and keeps in its outputs. */
function keptForm(value: unknown, property: Property): unknown {
  if (typeof value !== "string" || value === unknownValue) return value;
  if (property.kept === "sha1") return createHash("sha1").update(value).digest("hex");
  if (property.kept === "lower-case") return value.toLowerCase();
  return property.kept === "trimmed" ? value.trim() : value;
}

/** Inputs as the provider records them in its outputs, defaults included. */
export function keptState(inputs: Values, type: ResourceType): Values {
  const defaults = Object.entries(type.inputs)
    .filter(([, property]) => property.default !== undefined)
    .map(([name, property]) => [name, property.default] as const);
  const given = Object.entries(inputs).flatMap(([name, value]) => {
    const property = type.inputs[name];
    return property === undefined ? [] : [[name, keptForm(value, property)] as const];
  });
  return Object.fromEntries([...defaults, ...given]);
}

function isWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

function compare(path: string, old: unknown, wanted: unknown, property: Property, above: boolean): PropertyChange[] {
  const replaces = above || property.replaces === true;
  if (wanted === unknownValue) return [{ path, kind: old === undefined ? "add" : "update", replaces }];
  if (sameValue(old, wanted) || (isEmpty(old) && isEmpty(wanted))) return [];
  if (wanted === undefined || wanted === null) {
    if (property.computed || sameValue(old, property.default)) return [];
    return [{ path, kind: "delete", replaces: replaces || nestedReplaces(property) }];
  }
  if (old === undefined || old === null) {
    if (sameValue(wanted, property.default)) return [];
    return [{ path, kind: "add", replaces: replaces || nestedReplaces(property) }];
  }
  return compareShape(path, old, wanted, property, property.type, replaces);
}

function compareShape(
  path: string,
  old: unknown,
  wanted: unknown,
  property: Property,
  shape: Shape,
  replaces: boolean,
): PropertyChange[] {
  const whole: PropertyChange[] = [{ path, kind: "update", replaces }];
  if (typeof shape === "string") return whole;
  if ("list" in shape) {
    if (!Array.isArray(old) || !Array.isArray(wanted)) return whole;
    return property.set
      ? compareSet(path, old, wanted, shape.list, replaces)
      : compareList(path, old, wanted, property, shape.list, replaces);
  }
  if (!isRecord(old) || !isRecord(wanted)) return whole;
  if ("map" in shape) {
    const inner: Property = { type: shape.map };
    const keys = [...new Set([...Object.keys(old), ...Object.keys(wanted)])];
    return keys.flatMap((key) => compare(`${path}.${key}`, old[key], wanted[key], inner, replaces));
  }
  return Object.entries(shape.object).flatMap(([name, inner]) =>
    compare(`${path}.${name}`, old[name], wanted[name], inner, replaces),
  );
}

function compareList(
  path: string,
  old: readonly unknown[],
  wanted: readonly unknown[],
  property: Property,
  element: Shape,
  replaces: boolean,
): PropertyChange[] {
  const changes: PropertyChange[] = [];
  const inner: Property = { type: element };
  for (let index = 0; index < Math.max(old.length, wanted.length); index += 1) {
    const here = `${path}[${index}]`;
    if (index < old.length && index < wanted.length) {
      changes.push(...compare(here, old[index], wanted[index], inner, replaces));
    } else {
      changes.push({
        path: here,
        kind: index < old.length ? "delete" : "add",
        replaces: property.resizable !== true && (replaces || nestedReplaces(inner)),
      });
    }
  }
  return changes;
}

/** Elements without order: what has no equal on the other side came or went. */
function compareSet(
  path: string,
  old: readonly unknown[],
  wanted: readonly unknown[],
  element: Shape,
  replaces: boolean,
): PropertyChange[] {
  const inner: Property = { type: element };
  const equal = (left: unknown, right: unknown) => compare(path, left, right, inner, false).length === 0;
  const left = [...old];
  const changes: PropertyChange[] = [];
  const replacing = replaces || nestedReplaces(inner);
  wanted.forEach((value, index) => {
    const match = value === unknownValue ? -1 : left.findIndex((candidate) => equal(candidate, value));
    if (match >= 0) left.splice(match, 1);
    else changes.push({ path: `${path}[${index}]`, kind: "add", replaces: replacing });
  });
  for (const gone of left) changes.push({ path: `${path}[${old.indexOf(gone)}]`, kind: "delete", replaces: replacing });
  return changes;
}

/** Whether an element that comes or goes carries a property that replaces. */
function nestedReplaces(property: Property): boolean {
  const { type } = property;
  if (property.resizable || typeof type === "string" || "map" in type) return false;
  if ("list" in type) return nestedReplaces({ type: type.list });
  return Object.values(type.object).some((inner) => inner.replaces === true || nestedReplaces(inner));
}
