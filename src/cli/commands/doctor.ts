import { examine, type SetupCheck } from "../../actions/doctor/examine-setup.ts";
import { ExitCode } from "../../core/errors.ts";
import { systemClock } from "../../os/host.ts";
import type { CloudOptions } from "../options.ts";
import type { Terminal } from "../terminal.ts";

export async function doctor(terminal: Terminal, options: CloudOptions): Promise<ExitCode> {
  const { settings, stack, cloud } = options;
  const findings = await examine({ dir: settings, stack, cloud, env: process.env, now: systemClock.now() });
  terminal.document({ version: 1, ok: findings.every((finding) => finding.verdict !== "bad"), findings });
  for (const { verdict, subject, what, next } of findings) {
    terminal.line(
      `${sign(terminal, verdict)} ${subject.padEnd(14)} ${what}${next === undefined ? "" : `. Next: ${next}`}`,
    );
  }
  return findings.some((finding) => finding.verdict === "bad") ? ExitCode.failed : ExitCode.done;
}

function sign(terminal: Terminal, verdict: SetupCheck["verdict"]): string {
  switch (verdict) {
    case "good":
      return terminal.style("green", "✓");
    case "warning":
      return terminal.style("yellow", "!");
    case "bad":
      return terminal.style("red", "✗");
  }
}
