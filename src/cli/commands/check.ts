import { checkSettings } from "../../actions/check-settings.ts";
import type { ExitCode } from "../../core/errors.ts";
import type { SettingsOptions } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export async function check(terminal: Terminal, { settings, stack }: SettingsOptions): Promise<ExitCode> {
  const { report, exit } = checkSettings({ dir: settings, stack });
  terminal.document(report);
  for (const issue of report.issues) {
    terminal.line(`${terminal.style("red", "✗")} ${issue.path}: ${issue.message} [${issue.code}]`);
  }
  for (const warning of report.warnings) {
    terminal.line(`${terminal.style("yellow", "!")} ${warning.path}: ${warning.message} [${warning.code}]`);
  }
  terminal.line(
    report.ok
      ? `${terminal.style("green", "✓")} Both profiles can be built, switched into and out of, and hold the RPO. Next: lor-infra preview`
      : `${report.issues.length} to put right; nothing was changed.`,
  );
  return exit;
}
