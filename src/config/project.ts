import type { Issue, Result } from "../core/result.ts";
import type { WaivedViolation } from "../domain/policy/waiver.ts";
import type { Profile } from "../domain/profile.ts";
import { findRefusals } from "../systems/lor/rules/index.ts";
import { explainUnknownKey } from "../systems/lor/rules/unknown-keys.ts";
import { lorSchema, profileSettings } from "../systems/lor/schema.ts";
import type { LorSettings } from "../systems/lor/settings.ts";
import { findUnknownKeys } from "./known-keys.ts";
import { problem } from "./problem.ts";
import { limitProblems } from "./problem-limit.ts";
import { findForeignProfileKeys, mergeSettings } from "./profile-keys.ts";
import { type RawProfileFile, type RawProject, readRawProject } from "./raw-project.ts";
import { findSecrets } from "./secrets-in-settings.ts";
import { parseSections } from "./sections.ts";

/** A project whose settings were read and passed every check, both profiles of it. */
export interface Project {
  /** Folder of Pulumi.yaml. */
  readonly dir: string;
  /** `name` of Pulumi.yaml: first half of every cloud name. */
  readonly name: string;
  readonly stack: string;
  /** The same in both profile files. */
  readonly encryptionSalt: string;
  /** File names of the pair, in `dir`. */
  readonly profileFiles: Readonly<Record<Profile, string>>;
  readonly settings: Readonly<Record<Profile, LorSettings>>;
  /** What policies refuse and is accepted for a while, and waivers that nothing needs: every command says it. */
  readonly policies: readonly Issue[];
  /** What a waiver accepts today, with who answers for it. */
  readonly waived: readonly WaivedViolation[];
  /** What is accepted and should still be known. */
  readonly warnings: readonly Issue[];
}

export interface LoadOptions {
  /** Default: now. Waivers end and prices age. */
  readonly now?: Date;
  /**
   * `refuse` (default), or `tell`: for what looks at a stack or repairs it. A waiver that ended last night must not keep
   * anybody from that. What is never waived is refused all the same.
   */
  readonly policies?: "refuse" | "tell";
}

/**
 * Reads and checks a project's settings for one stack, both profiles as a pair. Reports every problem at once; only files
 * that cannot be read stop earlier. No effect besides reading the three files.
 */
export function loadProject(
  dir: string,
  stack: string,
  { now = new Date(), policies = "refuse" }: LoadOptions = {},
): Result<Project> {
  const raw = readRawProject(dir, stack);
  if (!raw.ok) return { ok: false, issues: [...checkStackName(stack), ...raw.issues] };
  const { project, issues, refused } = judgeProject(dir, stack, raw.value, now);
  if (project === undefined || (policies === "refuse" && refused.length > 0)) {
    return { ok: false, issues: policies === "refuse" ? [...issues, ...refused] : issues };
  }
  return { ok: true, value: { ...project, policies: [...refused, ...project.policies] } };
}

/** What there is to say of settings, accepted or not. */
export interface ProjectJudgement {
  /** Undefined: something of it could not be built, for the reasons in `issues`. What policies refuse is no such reason. */
  readonly project: Project | undefined;
  readonly issues: readonly Issue[];
  /** What policies refuse that could be waived. */
  readonly refused: readonly Issue[];
  /** What a waiver accepts today. */
  readonly waived: readonly WaivedViolation[];
  /** The sections that are well formed, accepted or not. */
  readonly settings: Readonly<Record<Profile, Partial<LorSettings>>>;
}

/** Checks settings that were read, or that somebody thinks of. Pure. */
export function judgeProject(dir: string, stack: string, raw: RawProject, now: Date): ProjectJudgement {
  const { normal, rush } = raw.profiles;
  const read = { normal: readProfile("normal", raw, normal), rush: readProfile("rush", raw, rush) };
  const pair = { normal: read.normal.settings, rush: read.rush.settings };
  const complete = completePair(pair);
  const refusals = findRefusals(pair, complete, now.toISOString().slice(0, 10));
  const issues = limitProblems([...checkStackName(stack), ...joinIssues(read), ...refusals.issues]);
  const { policies: refused, waived } = refusals;
  const told = { issues, refused, waived, settings: pair };
  if (issues.length > 0 || complete === undefined) return { project: undefined, ...told };
  const project: Project = {
    dir,
    name: raw.name,
    stack,
    encryptionSalt: normal.encryptionSalt,
    profileFiles: { normal: normal.file, rush: rush.file },
    settings: complete,
    policies: refusals.waivers,
    waived,
    warnings: refusals.warnings,
  };
  return { project, ...told };
}

interface ReadProfile {
  readonly file: string;
  readonly settings: Partial<LorSettings>;
  readonly issues: readonly Issue[];
}

function readProfile(profile: Profile, project: RawProject, file: RawProfileFile): ReadProfile {
  const merged = mergeSettings(project.shared, file.settings);
  const secrets = findSecrets(merged);
  const foreign = findForeignProfileKeys(file, profileSettings);
  const unknown = findUnknownKeys(lorSchema, merged).map(explainUnknownKey);
  const { settings, issues } = parseSections(lorSchema, merged);
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
  return { file: file.file, settings, issues: firstOfEachPath([secrets, foreign, unknown, issues, wrongProfile]) };
}

/** What one check said of a setting, later ones do not say again. */
function firstOfEachPath(checks: readonly (readonly Issue[])[]): readonly Issue[] {
  const told = new Set<string>();
  return checks.flatMap((issues) => {
    const fresh = issues.filter((issue) => !told.has(issue.path));
    for (const issue of fresh) told.add(issue.path);
    return fresh;
  });
}

/** Issues of both profiles, each once; what only one of them has says in which file. */
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
      what: "the stack's name is part of every name in the cloud and cannot be used",
      seen: stack,
      accepted: "1 to 20 small letters, digits and hyphens, a letter first",
    }),
  ];
}

function completePair({ normal, rush }: Readonly<Record<Profile, Partial<LorSettings>>>) {
  return isComplete(normal) && isComplete(rush) ? { normal, rush } : undefined;
}

function isComplete(settings: Partial<LorSettings>): settings is LorSettings {
  return Object.keys(lorSchema.shape).every((key) => Object.hasOwn(settings, key));
}
