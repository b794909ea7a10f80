import { assessRpo } from "../../actions/rpo/assess-rpo.ts";
import { ExitCode } from "../../core/errors.ts";
import { loadSettings } from "../load-settings.ts";
import type { SettingsOptions } from "../options.ts";
import { renderRpo } from "../render/rpo.ts";
import type { Terminal } from "../terminal.ts";

export async function rpo(terminal: Terminal, options: SettingsOptions): Promise<ExitCode> {
  const report = assessRpo({ project: loadSettings(options, "tell") });
  terminal.document(report);
  terminal.line(renderRpo(terminal, report));
  return report.entries.every((entry) => entry.held) ? ExitCode.done : ExitCode.refused;
}
