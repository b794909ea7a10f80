import type { CheckReport } from "../../../actions/check/check-settings.ts";
import { code, prose } from "../markdown.ts";
import { type Section, shorten } from "./sections.ts";

/** Output of `check`: problems, then warnings. */
export const checkSection: Section = ({ check: { ok, issues, warnings, policies } }, most) => {
  const lines = [
    "#### Check of the settings",
    "",
    ok
      ? "✅ Accepted: both profiles can be built, switched into and out of, and hold the RPO."
      : `❌ **Refused: ${issues.length} to put right.**`,
  ];
  if (issues.length > 0) lines.push("", ...shorten(issues.map(describe), most));
  if (warnings.length > 0) {
    lines.push(
      "",
      `**Accepted, and should be known: ${warnings.length}**`,
      "",
      ...shorten(warnings.map(describe), most),
    );
  }
  if (policies.length > 0) {
    lines.push("", "**Policies named above, and what to do**", "", ...policies.map(explain));
  }
  return lines;
};

function explain({ code: name, reason, remedy }: CheckReport["policies"][number]): string {
  // A remedy contains settings and commands between backticks.
  const remedied = remedy.split("`").map((part, index) => (index % 2 === 1 ? code(part) : prose(part)));
  return `- ${code(name)}: ${prose(reason)}. What to do: ${remedied.join(" ").replaceAll(" ,", ",").trim()}`;
}

function describe({ path, message, code: reason }: CheckReport["issues"][number]): string {
  return `- ${code(path)}: ${prose(message)} (${code(reason)})`;
}
