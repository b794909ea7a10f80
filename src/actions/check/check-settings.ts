import type { ErrorCode } from "../../core/error-codes.ts";
import { ExitCode } from "../../core/errors.ts";
import type { Issue } from "../../core/result.ts";
import { policies } from "../../domain/policy/policies.ts";
import type { WaivedViolation } from "../../domain/policy/waiver.ts";
import type { Profile } from "../../domain/profile.ts";
import { systemClock } from "../../os/host.ts";
import { recordedStacks } from "../../state/recorded-stacks.ts";
import { judgeProject, type Project, readProjectFiles } from "../../systems/load-project.ts";
import { profilesOf } from "../../systems/project-plan.ts";

export interface CheckReport {
  readonly version: 1;
  readonly ok: boolean;
  /** All problems found in the settings. */
  readonly issues: readonly CheckIssue[];
  /** Accepted, but worth knowing; waivers first. */
  readonly warnings: readonly CheckIssue[];
  /** Violations of policies that a waiver accepts today; also included in the warnings. */
  readonly waived: readonly CheckWaiver[];
  /** Reason and remedy of every policy named above. */
  readonly policies: readonly PolicyNote[];
}

interface CheckIssue {
  /** Path of the setting, such as `mysql.plan`. */
  readonly path: string;
  readonly code: ErrorCode;
  readonly message: string;
}

interface CheckWaiver {
  /** Code of the policy. */
  readonly code: string;
  /** Path of the setting. */
  readonly path: string;
  /** Subject of the violation, such as a data set. */
  readonly subject: string;
  readonly owner: string;
  readonly reason: string;
  /** Last day of validity, `YYYY-MM-DD` in UTC. */
  readonly until: string;
}

interface PolicyNote {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly remedy: string;
  readonly waivable: boolean;
}

export interface CheckResult {
  readonly report: CheckReport;
  /** 0, 2 (bad settings) or 3 (only refused by policy or RPO). */
  readonly exit: ExitCode;
  /** Profiles of the system; empty when the settings are refused. */
  readonly profiles: readonly Profile[];
}

export interface CheckSettingsArgs {
  readonly dir: string;
  readonly stack: string;
  /** Default: now. Decides which waivers have expired and which prices are old. */
  readonly now?: Date;
}

/** Reads the settings in a folder and reports all problems at once. */
export function checkSettings({ dir, stack, now = systemClock.now() }: CheckSettingsArgs): CheckResult {
  const raw = readProjectFiles(dir, stack);
  const { project, issues, refused, waived } = raw.ok
    ? judgeProject(dir, stack, raw.value, now, recordedStacks(dir, process.env))
    : { project: undefined, issues: raw.issues, refused: [], waived: [] };
  if (project !== undefined && refused.length === 0) {
    return { report: acceptedReport(project), exit: ExitCode.done, profiles: profilesOf(project) };
  }
  const all = [...issues, ...refused];
  return {
    report: {
      version: 1,
      ok: false,
      issues: all.map(withoutExit),
      warnings: [],
      waived: waived.map(renderWaiver),
      policies: describePolicies(all),
    },
    exit: exitOf(all),
    profiles: [],
  };
}

/** Report on valid settings. */
export function acceptedReport(project: Pick<Project, "policies" | "waived" | "warnings">): CheckReport {
  const warnings = [...project.policies, ...project.warnings];
  return {
    version: 1,
    ok: true,
    issues: [],
    warnings: warnings.map(withoutExit),
    waived: project.waived.map(renderWaiver),
    policies: describePolicies(warnings),
  };
}

/** Invalid settings take precedence over a refusal by policy: until they are repaired, the policies cannot be judged completely. */
export function exitOf(issues: readonly Issue[]): ExitCode {
  if (issues.length === 0) return ExitCode.done;
  return issues.some((issue) => issue.exit === ExitCode.usage) ? ExitCode.usage : ExitCode.refused;
}

/** Reason and remedy of every policy among the issues, without duplicates. */
export function describePolicies(issues: readonly Issue[]): readonly PolicyNote[] {
  const named = new Set(issues.map(({ code }) => code));
  return policies
    .filter(({ code }) => named.has(code))
    .map(({ code, reason, remedy, neverWaived }) => ({ code, reason, remedy, waivable: neverWaived === undefined }));
}

function renderWaiver({ policy, path, subject, owner, reason, until }: WaivedViolation): CheckWaiver {
  return { code: policy, path, subject, owner, reason, until };
}

export function withoutExit({ path, code, message }: Issue): CheckIssue {
  return { path, code, message };
}
