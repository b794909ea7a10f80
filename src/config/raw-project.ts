import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Issue, Result } from "../core/result.ts";
import type { Profile } from "../domain/profile.ts";
import { mergeSettings } from "./merge-settings.ts";
import { problem } from "./problem.ts";
import { limitProblems } from "./problem-limit.ts";
import { readStackSections, type StackSections } from "./stack-sections.ts";
import { isMapping, type RawMapping, readYamlFile } from "./yaml-file.ts";

/** The three files of a project, without the wrapping that Pulumi requires. */
export interface RawProject {
  readonly name: string;
  /** `config:` of Pulumi.yaml merged with the stack's own section, key -> value. */
  readonly shared: RawMapping;
  /** `config:` of Pulumi.yaml without the section `stacks`: the settings of a stack without a section. */
  readonly base: RawMapping;
  readonly stacks: StackSections;
  readonly profiles: Readonly<Record<Profile, RawProfileFile>>;
}

export interface RawProfileFile {
  /** File name, such as `Pulumi.rush.yaml`. */
  readonly file: string;
  readonly encryptionSalt: string;
  /** Settings without the project's namespace. */
  readonly settings: RawMapping;
}

const sharedFile = "Pulumi.yaml";

/** File names of the pair: the stack's own when one of them exists, otherwise the shared ones. */
function profileFileNames(folder: string, stack: string): Readonly<Record<Profile, string>> {
  const own = { normal: `Pulumi.${stack}.normal.yaml`, rush: `Pulumi.${stack}.rush.yaml` };
  if (existsSync(join(folder, own.normal)) || existsSync(join(folder, own.rush))) return own;
  return { normal: "Pulumi.normal.yaml", rush: "Pulumi.rush.yaml" };
}

/**
 * Reads the shared file and the pair. Also returns the readable parts when others fail, to find more issues at once.
 * @param isPair whether a system, named by the setting `system`, has a rush profile; one without has no rush file
 */
export function readRawProject(
  folder: string,
  stack: string,
  isPair: (system: unknown) => boolean,
): Result<RawProject> {
  let issues: readonly Issue[] = [];
  const keep = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    issues = [...issues, ...result.issues];
    return undefined;
  };
  const files = profileFileNames(folder, stack);
  const readRush = () => {
    const content = keep(readYamlFile(folder, files.rush));
    return content === undefined ? undefined : keep(unwrapProfile(files.rush, content, name));
  };
  const project = keep(readYamlFile(folder, sharedFile));
  const normalContent = keep(readYamlFile(folder, files.normal));
  const name = project === undefined ? undefined : keep(readName(project));
  const written = project === undefined || name === undefined ? undefined : keep(unwrapShared(project, name));
  const { base, stacks, issues: sectionIssues } = readStackSections(written ?? {});
  issues = [...issues, ...sectionIssues];
  const shared = written === undefined ? undefined : mergeSettings(base, stacks[stack] ?? {});
  const normal = normalContent === undefined ? undefined : keep(unwrapProfile(files.normal, normalContent, name));
  const rush = isPair(shared?.system) ? readRush() : normal;
  if (normal !== undefined && rush !== undefined && normal.encryptionSalt !== rush.encryptionSalt) {
    issues = [
      ...issues,
      problem("encryptionsalt", "encryption-salts-differ", {
        what: `${normal.file} and ${rush.file} are two configurations of one stack and have different salts`,
        accepted: "the same encryptionsalt in both files",
      }),
    ];
  }
  if (name === undefined || shared === undefined || normal === undefined || rush === undefined || issues.length > 0) {
    return { ok: false, issues: limitProblems(issues) };
  }
  return { ok: true, value: { name, shared, base, stacks, profiles: { normal, rush } } };
}

function readName(project: RawMapping): Result<string> {
  const { name } = project;
  if (typeof name === "string" && /^[a-z][a-z0-9-]{0,29}$/.test(name)) return { ok: true, value: name };
  const what = "the project's name is the prefix of every cloud name, and this one is not valid there";
  return {
    ok: false,
    issues: [
      problem("name", "project-name-invalid", {
        what,
        seen: name ?? "nothing",
        accepted: "1 to 30 small letters, digits and hyphens, a letter first",
      }),
    ],
  };
}

/** `key: {value: …}` and `key: scalar` become `key -> value`; Pulumi accepts the key with or without the project's name. */
function unwrapShared(project: RawMapping, name: string): Result<RawMapping> {
  const { config } = project;
  if (!isMapping(config)) {
    return {
      ok: false,
      issues: [
        problem("config", "yaml-shape", {
          what: `${sharedFile} has no settings`,
          seen: config ?? "nothing",
          accepted: "config: with the settings that both profiles share",
        }),
      ],
    };
  }
  const issues: Issue[] = [];
  const entries: [string, unknown][] = [];
  for (const [key, wrapped] of Object.entries(config)) {
    const path = withoutNamespace(key, name);
    if (path !== key && Object.hasOwn(config, path)) {
      const what = `${sharedFile} has the setting twice, with and without the project's name`;
      issues.push(problem(path, "key-twice", { what, seen: `${path}, ${key}`, accepted: "one of them" }));
    }
    if (isMapping(wrapped) && Object.keys(wrapped).join() !== "value") {
      issues.push(
        problem(path, "config-not-wrapped", {
          what: `a setting of ${sharedFile} is written under the key "value"`,
          seen: Object.keys(wrapped).join(", ") || "nothing",
          accepted: `${path}: {value: …}`,
        }),
      );
    } else {
      entries.push([path, isMapping(wrapped) ? wrapped.value : wrapped]);
    }
  }
  return issues.length > 0 ? { ok: false, issues } : { ok: true, value: Object.fromEntries(entries) };
}

function unwrapProfile(file: string, content: RawMapping, name: string | undefined): Result<RawProfileFile> {
  const issues: Issue[] = [];
  const { encryptionsalt: salt, config, ...unknown } = content;
  for (const key of Object.keys(unknown)) {
    issues.push(
      problem(key, "unknown-key", {
        what: `${file} has an unknown key ${JSON.stringify(key)}`,
        accepted: "encryptionsalt, config",
      }),
    );
  }
  if (typeof salt !== "string" || !/^v1:[A-Za-z0-9+/]+=*:v1:[A-Za-z0-9+/]+=*:[A-Za-z0-9+/]+=*$/.test(salt)) {
    issues.push(
      problem("encryptionsalt", "encryption-salt-missing", {
        what: `${file} has no salt, and Pulumi would write one into it`,
        accepted: "encryptionsalt: v1:…, the same in both profile files; `lor-infra init` makes one",
      }),
    );
  }
  if (!isMapping(config)) {
    issues.push(
      problem("config", "yaml-shape", {
        what: `${file} has no settings`,
        seen: config ?? "nothing",
        accepted: "config: with the profile's settings",
      }),
    );
  }
  if (issues.length > 0 || typeof salt !== "string" || !isMapping(config)) return { ok: false, issues };
  const settings = Object.entries(config).map(([key, value]) => [withoutNamespace(key, name), value] as const);
  return { ok: true, value: { file, encryptionSalt: salt, settings: Object.fromEntries(settings) } };
}

/** Another namespace than the project's stays in the key, which becomes an unknown one. */
function withoutNamespace(key: string, name: string | undefined): string {
  return name !== undefined && key.startsWith(`${name}:`) ? key.slice(name.length + 1) : key;
}

/** Name of a project, even if its settings are invalid; undefined when it cannot be read. */
export function readProjectName(folder: string): string | undefined {
  const project = readYamlFile(folder, sharedFile);
  const name = project.ok ? readName(project.value) : project;
  return name.ok ? name.value : undefined;
}
