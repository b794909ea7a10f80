import { load, YAMLException } from "js-yaml";
import { Duration } from "../core/duration.ts";
import { didYouMean } from "../core/nearest-name.ts";
import type { Issue, Result } from "../core/result.ts";
import type { Profile } from "../domain/profile.ts";
import { problem, showValue } from "./problem.ts";
import type { RawProject } from "./raw-project.ts";
import { isMapping, type RawMapping } from "./yaml-file.ts";

/** One setting of a change. */
export interface SettingChange {
  /** Profile whose file holds it, or Pulumi.yaml. */
  readonly place: Profile | "shared";
  /** Such as `mysql.plan`; items of a list by index. */
  readonly path: string;
  /** In the form of a settings file. */
  readonly value: unknown;
}

/** Settings that a change is parsed against. */
interface ChangeContext {
  readonly raw: RawProject;
  /** The same, validated: the current value decides how a new one is parsed. */
  readonly settings: Readonly<Record<Profile, object>>;
  /** Names of the settings' sections. */
  readonly sections: readonly string[];
}

const form = "PATH=VALUE, such as rpo=PT15M, rush.loadBalancer.bandwidth=4000 or mysql.plan=business";

/** Parses `rpo=15m` or `rush.loadBalancer.bandwidth=4000`. The schema validates the value later. */
export function readChange(text: string, context: ChangeContext): Result<SettingChange> {
  const [, written = "", value = ""] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (!/^[^.\s]+(\.[^.\s]+)*$/.test(written) || value.trim() === "") {
    const what = "--with needs a setting and its value";
    return refuse(problem("--compare", "comparison-form", { what, seen: text, accepted: form }));
  }
  const [first = "", ...rest] = written.split(".");
  const place = (first === "normal" || first === "rush") && rest.length > 0 ? first : "shared";
  const path = place === "shared" ? written : rest.join(".");
  const option = `--compare ${written}`;
  const section = path.split(".")[0] ?? path;
  if (!context.sections.includes(section)) {
    const known = [...context.sections, "normal", "rush"];
    const what = `the setting does not exist${didYouMean(section, known)}`;
    return refuse(problem(option, "comparison-unknown", { what, seen: section, accepted: known.join(", ") }));
  }
  const owners = (["normal", "rush"] as const).filter((profile) => isSet(context.raw.profiles[profile].settings, path));
  if (place === "shared" && owners.length > 0) {
    const what = "both profiles set it, so this value would have no effect";
    const accepted = owners.map((profile) => `${profile}.${path}=VALUE`).join(", ");
    return refuse(problem(option, "comparison-of-profile", { what, seen: written, accepted }));
  }
  const read = readValue(value, valueAt(context.settings[place === "shared" ? "normal" : place], path));
  if (!read.ok) {
    const what = "the value cannot be read as YAML";
    return refuse(problem(option, "comparison-form", { what, seen: value, accepted: form }));
  }
  return { ok: true, value: { place, path, value: read.value } };
}

/** The project with these settings; the argument stays unchanged. */
export function changeSettings(raw: RawProject, changes: readonly SettingChange[]): RawProject {
  let project = raw;
  for (const { place, path, value } of changes) {
    const keys = path.split(".");
    if (place === "shared") {
      project = { ...project, shared: put(project.shared, keys, value) };
      continue;
    }
    const profile = project.profiles[place];
    const changed = { ...profile, settings: put(profile.settings, keys, value) };
    project = { ...project, profiles: { ...project.profiles, [place]: changed } };
  }
  return project;
}

/** Value of a setting in one line; undefined when it is not set. */
export function describeSetting(settings: object, path: string): string | undefined {
  const value = valueAt(settings, path);
  if (value === undefined) return undefined;
  const own = typeof value === "object" && value !== null && Object.hasOwn(value.constructor.prototype, "toString");
  return showValue(own && !isPlain(value) ? String(value) : value);
}

/** Setting of a change as typed, such as `rush.loadBalancer.bandwidth`. */
export function changeKey({ place, path }: Pick<SettingChange, "place" | "path">): string {
  return place === "shared" ? path : `${place}.${path}`;
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

function refuse(issue: Issue): Result<never> {
  return { ok: false, issues: [issue] };
}

/** `15m` is PT15M for a duration, and `8` a text for a text. */
function readValue(text: string, now: unknown): Result<unknown> {
  if (now instanceof Duration) return { ok: true, value: longForm(text.trim()) };
  let value: unknown;
  try {
    value = load(text, { maxAliases: 0 });
  } catch (error) {
    if (error instanceof YAMLException) return { ok: false, issues: [] };
    throw error;
  }
  return { ok: true, value: typeof now === "string" && typeof value !== "string" ? text.trim() : value };
}

const units: Readonly<Record<string, (amount: string) => string>> = {
  s: (amount) => `PT${amount}S`,
  m: (amount) => `PT${amount}M`,
  min: (amount) => `PT${amount}M`,
  h: (amount) => `PT${amount}H`,
  d: (amount) => `P${amount}D`,
};

function longForm(text: string): string {
  const [, amount, unit] = /^(\d+) ?(s|m|min|h|d)$/.exec(text) ?? [];
  const write = unit === undefined ? undefined : units[unit];
  return amount === undefined || write === undefined ? text : write(amount);
}

function isSet(settings: RawMapping, path: string): boolean {
  return valueAt(settings, path) !== undefined;
}

function valueAt(value: unknown, path: string): unknown {
  let current = value;
  for (const key of path.split(".")) {
    if (typeof current !== "object" || current === null || !Object.hasOwn(current, key)) return undefined;
    current = (current as Record<string, unknown>)[key];
  }
  return current;
}

function put(into: RawMapping, [key = "", ...rest]: readonly string[], value: unknown): RawMapping {
  return { ...into, [key]: rest.length === 0 ? value : putInside(into[key], rest, value) };
}

function putInside(inner: unknown, keys: readonly string[], value: unknown): unknown {
  const [key = "", ...rest] = keys;
  if (!Array.isArray(inner)) return put(isMapping(inner) ? inner : {}, keys, value);
  const items: unknown[] = [...inner];
  // Beyond its end a list would have holes; a name among its items is left to the schema.
  if (!/^\d+$/.test(key) || Number(key) > items.length) return { ...items, [key]: value };
  items[Number(key)] = rest.length === 0 ? value : putInside(items[Number(key)], rest, value);
  return items;
}
