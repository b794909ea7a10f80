import { loadProject, type Project } from "../config/project.ts";
import { ExitCode } from "../core/errors.ts";
import type { Issue } from "../core/result.ts";
import { policies } from "../domain/policy/policies.ts";

export interface CheckReport {
  readonly version: 1;
  readonly ok: boolean;
  /** Everything that must be put right. */
  readonly issues: readonly CheckIssue[];
  /** What is accepted and should still be known; waivers first. */
  readonly warnings: readonly CheckIssue[];
  /** Why each policy that is named above exists, and what to do. */
  readonly policies: readonly PolicyNote[];
}

interface CheckIssue {
  /** Path of the setting, such as `prestashop.fronts`. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

interface PolicyNote {
  readonly code: string;
  readonly reason: string;
  readonly remedy: string;
  readonly waivable: boolean;
}

export interface CheckResult {
  readonly report: CheckReport;
  /** 0, 2 (bad settings) or 3 (only refused by policy or RPO). */
  readonly exit: ExitCode;
}

export interface CheckSettingsArgs {
  readonly dir: string;
  readonly stack: string;
  /** Default: now. Waivers end and prices age. */
  readonly now?: Date;
}

/** Reads the settings in a folder and tells every problem of them at once. */
export function checkSettings({ dir, stack, now = new Date() }: CheckSettingsArgs): CheckResult {
  const project = loadProject(dir, stack, { now });
  if (project.ok) return { report: acceptedReport(project.value), exit: ExitCode.done };
  const { issues } = project;
  return {
    report: {
      version: 1,
      ok: false,
      issues: issues.map(withoutExit),
      warnings: [],
      policies: describePolicies(issues),
    },
    exit: exitOf(issues),
  };
}

/** What there is to know of settings that are accepted. */
export function acceptedReport(project: Pick<Project, "policies" | "warnings">): CheckReport {
  const warnings = [...project.policies, ...project.warnings];
  return {
    version: 1,
    ok: true,
    issues: [],
    warnings: warnings.map(withoutExit),
    policies: describePolicies(warnings),
  };
}

/** Bad settings weigh more than a refusal: until they are put right nobody knows what else is refused. */
export function exitOf(issues: readonly Issue[]): ExitCode {
  if (issues.length === 0) return ExitCode.done;
  return issues.some((issue) => issue.exit === ExitCode.usage) ? ExitCode.usage : ExitCode.refused;
}

/** Reason and remedy of every policy that an issue is of, each once. */
export function describePolicies(issues: readonly Issue[]): readonly PolicyNote[] {
  const named = new Set(issues.map(({ code }) => code));
  return policies
    .filter(({ code }) => named.has(code))
    .map(({ code, reason, remedy, neverWaived }) => ({ code, reason, remedy, waivable: neverWaived === undefined }));
}

function withoutExit({ path, code, message }: Issue): CheckIssue {
  return { path, code, message };
}
