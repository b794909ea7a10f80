import type { PreflightCheck } from "../../rolling/preflight/preflight-check.ts";
import type { Terminal } from "../terminal.ts";
import { renderSentences } from "./table.ts";

const marks = {
  ok: { text: "ok", colour: "green" },
  warning: { text: "warning", colour: "yellow" },
  unknown: { text: "not known", colour: "yellow" },
  refused: { text: "REFUSED", colour: "red" },
} as const;

/** All preflight checks with their results; refusals and warnings name the next command. */
export function renderChecks(terminal: Terminal, checks: readonly PreflightCheck[]): string {
  if (checks.length === 0) return "";
  const rows = checks.map((check, index) => {
    const { text, colour } = marks[check.outcome];
    const name = check.name === checks[index - 1]?.name ? "" : check.name;
    return [name, terminal.style(colour, text), describe(check)];
  });
  return [terminal.style("bold", "Before anything changes"), renderSentences(terminal, rows), summarize(checks)].join(
    "\n",
  );
}

function describe(check: PreflightCheck): string {
  if (check.outcome === "ok") return check.reason;
  const { reason, code, next } = check;
  const found =
    check.outcome === "refused" && check.seen !== undefined && !reason.includes(check.seen)
      ? `; seen: ${check.seen}`
      : "";
  return `${reason}${found} [${code}]${next === undefined ? "" : `\nnext: ${next}`}`;
}

function summarize(checks: readonly PreflightCheck[]): string {
  const count = (...outcomes: readonly PreflightCheck["outcome"][]) =>
    checks.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const [refused, doubtful] = [count("refused"), count("warning", "unknown")];
  const warnings = doubtful === 1 ? "1 warning" : `${doubtful} warnings`;
  if (refused > 0) return `Refused: ${refused} of ${checks.length}; ${warnings}. Nothing is changed.`;
  return doubtful === 0 ? "Nothing speaks against it." : `Nothing refuses; ${warnings}.`;
}
