import { checkSettings } from "../../actions/check/check-settings.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { Profile } from "../../domain/profile.ts";
import type { SettingsOptions } from "../options.ts";
import { renderPolicies } from "../render/policies.ts";
import type { Terminal } from "../terminal.ts";

export async function check(terminal: Terminal, { settings, stack }: SettingsOptions): Promise<ExitCode> {
  const { report, exit, profiles } = checkSettings({ dir: settings, stack });
  terminal.document(report);
  for (const issue of report.issues) {
    terminal.line(`${terminal.style("red", "✗")} ${issue.path}: ${issue.message} [${issue.code}]`);
  }
  for (const warning of report.warnings) {
    terminal.line(`${terminal.style("yellow", "!")} ${warning.path}: ${warning.message} [${warning.code}]`);
  }
  if (report.policies.length > 0) terminal.line(renderPolicies(terminal, report.policies));
  terminal.line(
    report.ok
      ? `${terminal.style("green", "✓")} ${accepted(profiles)} Next: lor-infra preview`
      : `${report.issues.length === 1 ? "1 problem" : `${report.issues.length} problems`}; nothing was changed.`,
  );
  return exit;
}

function accepted(profiles: readonly Profile[]): string {
  return profiles.length > 1
    ? "Both profiles can be built, switched into and out of, and no policy refuses them."
    : "It can be built, and no policy refuses it.";
}
