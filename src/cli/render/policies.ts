import type { CheckReport } from "../../actions/check/check-settings.ts";
import type { Issue } from "../../core/result.ts";
import type { Terminal } from "../terminal.ts";

/** Accepted violations are reported at each run. */
export function tellAccepted(terminal: Terminal, issues: readonly Issue[]): void {
  for (const { path, code, message } of issues) terminal.warn(`! ${path}: ${message} [${code}]`);
}

/** Reason and remedy of the policies above. */
export function renderPolicies(terminal: Terminal, notes: CheckReport["policies"]): string {
  return notes
    .map(({ code, reason, remedy, waivable }) =>
      [
        `  ${terminal.style("bold", code)}: ${reason}`,
        `    to do: ${remedy}${waivable ? "; or a waiver (docs/policies.md)" : ""}`,
      ].join("\n"),
    )
    .join("\n");
}
