import type { RpoReport } from "../../actions/rpo/assess-rpo.ts";
import type { Terminal } from "../terminal.ts";

export const disruptionTitles = {
  "instance-lost": "an instance is lost",
  "database-crash": "a database crashes",
  "operator-mistake": "somebody makes a mistake",
  "region-lost": "the region is lost",
} as const;

/** Worst-case data loss by disruption and data set, as a sum of its terms. */
export function renderRpo(terminal: Terminal, report: RpoReport): string {
  const lines = [`Accepted data loss (RPO): ${report.rpoSeconds / 60} minutes`];
  const dataSets = [...new Set(report.entries.map((entry) => entry.dataSet))];
  for (const dataSet of dataSets) {
    lines.push("", terminal.style("bold", dataSet));
    for (const entry of report.entries.filter((candidate) => candidate.dataSet === dataSet)) {
      // Generated data is not bound by the RPO: neither held nor broken.
      const sign = !entry.mustHold ? "·" : entry.held ? terminal.style("green", "✓") : terminal.style("red", "✗");
      lines.push(`  ${sign} ${disruptionTitles[entry.disruption]}: ${entry.statement}`);
    }
  }
  return lines.join("\n");
}
