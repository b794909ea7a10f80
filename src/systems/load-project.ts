import { findUnknownKeys } from "../config/known-keys.ts";
import { mergeSettings } from "../config/merge-settings.ts";
import { problem } from "../config/problem.ts";
import { limitProblems } from "../config/problem-limit.ts";
import { findForeignProfileKeys } from "../config/profile-keys.ts";
import { type RawProfileFile, type RawProject, readRawProject } from "../config/raw-project.ts";
import { findSecrets } from "../config/secrets-in-settings.ts";
import { parseSections } from "../config/sections.ts";
import { didYouMean } from "../core/nearest-name.ts";
import type { Issue, Result } from "../core/result.ts";
import type { WaivedViolation } from "../domain/policy/waiver.ts";
import type { Profile } from "../domain/profile.ts";
import { systemClock } from "../os/host.ts";
import type { SharedSettings, SystemDefinition } from "./contract.ts";
import { findSystem, systemIds } from "./registry.ts";
import { findCollisions } from "./stack-collisions.ts";

/** A project with valid settings in both profiles. */
export interface Project {
  /** Folder of Pulumi.yaml. */
  readonly dir: string;
  /** `name` of Pulumi.yaml: first half of every cloud name. */
  readonly name: string;
  readonly stack: string;
  readonly system: SystemDefinition;
  /** The same in both profile files. */
  readonly encryptionSalt: string;
  /** File names of the pair, in `dir`. */
  readonly profileFiles: Readonly<Record<Profile, string>>;
  readonly settings: Readonly<Record<Profile, SharedSettings>>;
  /** Policy violations accepted by a waiver, and unused waivers: every command reports them. */
  readonly policies: readonly Issue[];
  /** Violations accepted by a waiver, with its owner. */
  readonly waived: readonly WaivedViolation[];
  /** Accepted, but worth knowing. */
  readonly warnings: readonly Issue[];
}

export interface LoadOptions {
  /** Default: now. Decides which waivers have expired and which prices are old. */
  readonly now?: Date;
  /**
   * `refuse` (default), or `tell` for commands that read or repair a stack: an expired waiver must not block them. Policies that cannot be waived
   * are refused in any case.
   */
  readonly policies?: "refuse" | "tell";
  /** Existing stacks of the project, as far as known. Default: none. */
  readonly recorded?: readonly string[];
}

/**
 * Reads and validates a project's settings for one stack, both profiles as a pair. Reports all problems at once; only unreadable files stop
 * earlier. Reads the three files and has no other effect.
 */
export function loadProject(
  dir: string,
  stack: string,
  { now = systemClock.now(), policies = "refuse", recorded = [] }: LoadOptions = {},
): Result<Project> {
  const raw = readProjectFiles(dir, stack);
  if (!raw.ok) return { ok: false, issues: [...checkStackName(stack), ...raw.issues] };
  const { project, issues, refused } = judgeProject(dir, stack, raw.value, now, recorded);
  if (project === undefined || (policies === "refuse" && refused.length > 0)) {
    return { ok: false, issues: policies === "refuse" ? [...issues, ...refused] : issues };
  }
  return { ok: true, value: { ...project, policies: [...refused, ...project.policies] } };
}

/** The raw settings files. */
export function readProjectFiles(dir: string, stack: string): Result<RawProject> {
  return readRawProject(dir, stack, (id) => {
    const system = findSystem(String(id));
    // The files of an unknown system are read as a pair, to report all their problems.
    return system === undefined || system.capabilities.rolling !== undefined;
  });
}

/** Results for settings, accepted or not. */
export interface ProjectJudgement {
  /** Undefined when the system could not be built, for the reasons in `issues`. A policy violation is no such reason. */
  readonly project: Project | undefined;
  readonly issues: readonly Issue[];
  /** Violations of policies that could be waived. */
  readonly refused: readonly Issue[];
  /** Violations accepted by a waiver. */
  readonly waived: readonly WaivedViolation[];
  /** Valid sections, accepted or not. */
  readonly settings: Readonly<Record<Profile, Partial<SharedSettings>>>;
}

/**
 * Validates settings, or proposed ones. Pure.
 * @param recorded existing stacks of the project, as far as known
 */
export function judgeProject(
  dir: string,
  stack: string,
  raw: RawProject,
  now: Date,
  recorded: readonly string[] = [],
): ProjectJudgement {
  const system = findSystem(String(raw.shared.system));
  if (system === undefined) return refuseSystem(stack, raw);
  const { normal, rush } = raw.profiles;
  const isPair = system.capabilities.rolling !== undefined;
  const readNormal = readProfile("normal", raw, normal, system);
  const read = { normal: readNormal, rush: isPair ? readProfile("rush", raw, rush, system) : readNormal };
  const pair = { normal: read.normal.settings, rush: read.rush.settings };
  const complete =
    isComplete(pair.normal, system) && isComplete(pair.rush, system) ? (pair as CompletePair) : undefined;
  const refusals = system.judge(pair, complete, now.toISOString().slice(0, 10));
  const badName = checkStackName(stack);
  const collisions = badName.length > 0 ? [] : findCollisions(stack, raw, pair.normal, system, recorded);
  const issues = limitProblems([...badName, ...joinIssues(read), ...refusals.issues, ...collisions]);
  const { policies: refused, waived } = refusals;
  const told = { issues, refused, waived, settings: pair };
  if (issues.length > 0 || complete === undefined) return { project: undefined, ...told };
  const project: Project = {
    dir,
    name: raw.name,
    stack,
    system,
    encryptionSalt: normal.encryptionSalt,
    profileFiles: { normal: normal.file, rush: rush.file },
    settings: complete,
    policies: refusals.waivers,
    waived,
    warnings: refusals.warnings,
  };
  return { project, ...told };
}

type CompletePair = Readonly<Record<Profile, SharedSettings>>;

function refuseSystem(stack: string, raw: RawProject): ProjectJudgement {
  const { system: seen } = raw.shared;
  const accepted = systemIds.join(", ");
  const issue =
    seen === undefined
      ? problem("system", "setting-missing", { what: "is missing", accepted })
      : problem("system", "system-unknown", {
          what: `does not exist${didYouMean(String(seen), systemIds)}`,
          seen,
          accepted,
        });
  const issues = [...checkStackName(stack), ...findSecrets(raw.shared), issue];
  return { project: undefined, issues, refused: [], waived: [], settings: { normal: {}, rush: {} } };
}

interface ReadProfile {
  readonly file: string;
  readonly settings: Partial<SharedSettings>;
  readonly issues: readonly Issue[];
}

function readProfile(
  profile: Profile,
  project: RawProject,
  file: RawProfileFile,
  { schema, profileSettings, explainUnknownKey = (issue) => issue }: SystemDefinition,
): ReadProfile {
  const merged = mergeSettings(project.shared, file.settings);
  const secrets = findSecrets(merged);
  const foreign = findForeignProfileKeys(file, profileSettings);
  const unknown = findUnknownKeys(schema, merged).map(explainUnknownKey);
  const sections = parseSections(schema, merged);
  const settings = sections.settings as Partial<SharedSettings>;
  const wrongProfile =
    settings.profile !== undefined && settings.profile !== profile
      ? [
          problem("profile", "profile-mismatch", {
            what: `${file.file} names another profile`,
            seen: settings.profile,
            accepted: profile,
          }),
        ]
      : [];
  return {
    file: file.file,
    settings,
    issues: firstOfEachPath([secrets, foreign, unknown, sections.issues, wrongProfile]),
  };
}

/** Each setting is reported by the first rule that rejects it; later rules skip it. */
function firstOfEachPath(checks: readonly (readonly Issue[])[]): readonly Issue[] {
  const told = new Set<string>();
  return checks.flatMap((issues) => {
    const fresh = issues.filter((issue) => !told.has(issue.path));
    for (const issue of fresh) told.add(issue.path);
    return fresh;
  });
}

/** Issues of both profiles without duplicates; an issue of only one of them names its file. */
function joinIssues({ normal, rush }: Readonly<Record<Profile, ReadProfile>>): readonly Issue[] {
  const key = (issue: Issue) => `${issue.path}\n${issue.code}\n${issue.message}`;
  const inNormal = new Set(normal.issues.map(key));
  const inRush = new Set(rush.issues.map(key));
  const only = (issue: Issue, file: string): Issue => ({ ...issue, message: `${issue.message} (${file})` });
  return [
    ...normal.issues.map((issue) => (inRush.has(key(issue)) ? issue : only(issue, normal.file))),
    ...rush.issues.filter((issue) => !inNormal.has(key(issue))).map((issue) => only(issue, rush.file)),
  ];
}

function checkStackName(stack: string): readonly Issue[] {
  if (stack === "normal" || stack === "rush") {
    return [
      problem("stack", "stack-is-a-profile", {
        what: "normal and rush are two configurations of one stack; two stacks would be two copies of the shop",
        seen: stack,
        accepted: `a stack named after its environment, such as prod; run \`lor-infra ${stack} --stack prod\``,
      }),
    ];
  }
  if (/^[a-z][a-z0-9-]{0,19}$/.test(stack)) return [];
  return [
    problem("stack", "stack-name-invalid", {
      what: "the stack's name is part of every cloud name, and this one is not valid there",
      seen: stack,
      accepted: "1 to 20 small letters, digits and hyphens, a letter first",
    }),
  ];
}

function isComplete(settings: object, { schema }: SystemDefinition): boolean {
  return Object.keys(schema.shape).every((key) => Object.hasOwn(settings, key));
}
