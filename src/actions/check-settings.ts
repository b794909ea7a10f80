import { loadProject } from "../config/project.ts";
import { ExitCode } from "../core/errors.ts";
import type { Issue } from "../core/result.ts";

export interface CheckReport {
  readonly version: 1;
  readonly ok: boolean;
  /** Everything that must be put right. */
  readonly issues: readonly CheckIssue[];
  /** What is accepted and should still be known. */
  readonly warnings: readonly CheckIssue[];
}

interface CheckIssue {
  /** Path of the setting, such as `prestashop.fronts`. */
  readonly path: string;
  readonly code: string;
  readonly message: string;
}

export interface CheckResult {
  readonly report: CheckReport;
  /** 0, 2 (bad settings) or 3 (only refused by policy or RPO). */
  readonly exit: ExitCode;
}

/** Reads the settings in a folder and tells every problem of them at once. */
export function checkSettings({ dir, stack }: { readonly dir: string; readonly stack: string }): CheckResult {
  const project = loadProject(dir, stack);
  const issues = project.ok ? [] : project.issues;
  const warnings = project.ok ? project.value.warnings : [];
  return {
    report: { version: 1, ok: project.ok, issues: issues.map(withoutExit), warnings: warnings.map(withoutExit) },
    exit: exitOf(issues),
  };
}

/** Bad settings weigh more than a refusal: until they are put right nobody knows what else is refused. */
export function exitOf(issues: readonly Issue[]): ExitCode {
  if (issues.length === 0) return ExitCode.done;
  return issues.some((issue) => issue.exit === ExitCode.usage) ? ExitCode.usage : ExitCode.refused;
}

function withoutExit({ path, code, message }: Issue): CheckIssue {
  return { path, code, message };
}
