import type { Condition } from "../../rolling/preflight/preflight-check.ts";
import type { Terminal } from "../terminal.ts";
import { renderSentences } from "./table.ts";

const marks = {
  ok: { text: "ok", colour: "green" },
  warning: { text: "warning", colour: "yellow" },
  unknown: { text: "not known", colour: "yellow" },
  refused: { text: "REFUSED", colour: "red" },
} as const;

/** Everything that is asked before a switch, with its answers: refusals and warnings say what to do next. */
export function renderConditions(terminal: Terminal, conditions: readonly Condition[]): string {
  if (conditions.length === 0) return "";
  const rows = conditions.map((condition, index) => {
    const { text, colour } = marks[condition.outcome];
    const asked = condition.asked === conditions[index - 1]?.asked ? "" : condition.asked;
    return [asked, terminal.style(colour, text), describe(condition)];
  });
  return [
    terminal.style("bold", "Before anything changes"),
    renderSentences(terminal, rows),
    summarize(conditions),
  ].join("\n");
}

function describe(condition: Condition): string {
  if (condition.outcome === "ok") return condition.reason;
  const { reason, code, next } = condition;
  const found =
    condition.outcome === "refused" && condition.seen !== undefined && !reason.includes(condition.seen)
      ? `; seen: ${condition.seen}`
      : "";
  return `${reason}${found} [${code}]${next === undefined ? "" : `\nnext: ${next}`}`;
}

function summarize(conditions: readonly Condition[]): string {
  const count = (...outcomes: readonly Condition["outcome"][]) =>
    conditions.filter(({ outcome }) => outcomes.includes(outcome)).length;
  const [refused, doubtful] = [count("refused"), count("warning", "unknown")];
  const warnings = doubtful === 1 ? "1 warning" : `${doubtful} warnings`;
  if (refused > 0) return `Refused: ${refused} of ${conditions.length}; ${warnings}. Nothing is changed.`;
  return doubtful === 0 ? "Nothing speaks against it." : `Nothing refuses; ${warnings}.`;
}
