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

/** Which of Terraform's two libraries a type of the real provider is made with: they compare in different ways. */
export type Library = "sdk" | "framework";

/**
 * Compares what is wanted with the state, as the real providers do: a property that is left out and that the provider computes is no
 * change; a value that is not known yet is a change. To the older library absent and empty are the same, to the framework they are not.
 */
export function diffInputs(
  previous: Previous,
  wanted: Values,
  type: ResourceType,
  ignored: readonly string[] = [],
  library: Library = "sdk",
): PropertyChange[] {
  const changes: PropertyChange[] = [];
  const idle: PropertyChange[] = [];
  const compare = library === "sdk" ? compareLoosely : compareStrictly;
  for (const [name, property] of Object.entries(type.inputs)) {
    if (ignored.includes(name)) continue;
    // Recorded inputs are as given, outputs already in the form that the provider keeps.
    const old = name in previous.outputs ? previous.outputs[name] : keptForm(previous.inputs[name], property);
    if (typeof old === "string" && property.tolerates?.includes(old)) continue;
    if (property.quoted === true && old === `"${String(wanted[name])}"`) continue;
    const now = wanted[name] ?? property.default;
    // Nothing and false (or 0) are equal to the real providers; they differ beside something that does.
    if (library === "sdk" && isAbsent(old) && (now === false || now === 0)) {
      idle.push({ path: name, kind: "add", replaces: property.replaces === true });
    } else {
      const found = compare(name, old, keptForm(wanted[name], property), property, false);
      changes.push(...found);
      const renewed = wanted[name] === unknownValue ? !isEmpty(old) : found.length > 0;
      if (renewed && property.renews !== undefined)
        changes.push({ path: property.renews, kind: "update", replaces: false });
    }
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

type Compare = (path: string, old: unknown, wanted: unknown, property: Property, above: boolean) => PropertyChange[];

function compareLoosely(
  path: string,
  old: unknown,
  wanted: unknown,
  property: Property,
  above: boolean,
): PropertyChange[] {
  if (isEmpty(old) && isEmpty(wanted)) return [];
  // An empty text is one that is left out, but beside a variable of the environment.
  if (property.computed && !property.fromEnvironment && wanted === "") return [];
  return compare(path, old, wanted, property, above, compareLoosely);
}

function compareStrictly(
  path: string,
  old: unknown,
  wanted: unknown,
  property: Property,
  above: boolean,
): PropertyChange[] {
  if (isAbsent(wanted) && !isAbsent(old)) {
    const replaces = above || property.replaces === true;
    if (property.locks && isRecord(old) && old.status === "enabled") return [{ path, kind: "delete", replaces: true }];
    // It plans elements of its own anew when the list is left out.
    if (property.computed && holdsElements(old, property.type)) return [{ path, kind: "update", replaces }];
  }
  return compare(path, old, wanted, property, above, compareStrictly);
}

/** Whether a list of objects that is not empty is somewhere in a value. */
function holdsElements(value: unknown, shape: Shape): boolean {
  if (typeof shape === "string" || "map" in shape) return false;
  if ("list" in shape) return Array.isArray(value) && value.length > 0 && isObject(shape.list);
  return isRecord(value) && Object.entries(shape.object).some(([name, { type }]) => holdsElements(value[name], type));
}

function isObject(shape: Shape): boolean {
  return typeof shape !== "string" && "object" in shape;
}

function compare(
  path: string,
  old: unknown,
  wanted: unknown,
  property: Property,
  above: boolean,
  inside: Compare,
): PropertyChange[] {
  const replaces = above || property.replaces === true;
  if (wanted === unknownValue) return [{ path, kind: old === undefined ? "add" : "update", replaces }];
  if (sameValue(old, wanted) || (isAbsent(old) && isAbsent(wanted))) return [];
  if (isAbsent(wanted)) {
    if (property.computed || sameValue(old, property.default)) return [];
    return [{ path, kind: "delete", replaces: replaces || (!isEmpty(old) && nestedReplaces(property)) }];
  }
  if (isAbsent(old)) {
    if (sameValue(wanted, property.default)) return [];
    return [{ path, kind: "add", replaces: replaces || (!isEmpty(wanted) && nestedReplaces(property)) }];
  }
  return compareShape(path, old, wanted, property, replaces, inside);
}

function compareShape(
  path: string,
  old: unknown,
  wanted: unknown,
  property: Property,
  replaces: boolean,
  compare: Compare,
): PropertyChange[] {
  const shape = property.type;
  const whole: PropertyChange[] = [{ path, kind: "update", replaces }];
  if (typeof shape === "string") return whole;
  if ("list" in shape) {
    if (!Array.isArray(old) || !Array.isArray(wanted)) return whole;
    return property.set
      ? compareSet(path, old, wanted, shape.list, replaces, compare)
      : compareList(path, old, wanted, shape.list, replaces, compare);
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
  element: Shape,
  replaces: boolean,
  compare: Compare,
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
        replaces: replaces || nestedReplaces(inner),
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
  compare: Compare,
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
  if (typeof type === "string" || "map" in type) return false;
  if ("list" in type) return nestedReplaces({ type: type.list });
  return Object.values(type.object).some((inner) => inner.replaces === true || nestedReplaces(inner));
}
