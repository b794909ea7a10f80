import type { ComparedLoss, ComparedLossSide } from "../../../actions/rpo/compare-data-loss.ts";
import { renderSeconds } from "../../../domain/recovery.ts";
import { code, folded, prose, table } from "../markdown.ts";
import { disruptionTitles } from "../rpo.ts";
import { whyNoBase } from "./price.ts";
import { type Section, shorten } from "./sections.ts";

/** Worst-case data loss per disruption: differences in full, the rest summarised. */
export const dataLossSection: Section = ({ report }, most) => {
  if (report === undefined) return [];
  const { base } = report;
  const { rpoSeconds, entries } = report.dataLoss;
  const differing = entries.filter((entry) => entry.differs);
  const same = entries.filter((entry) => !entry.differs);
  const lines = ["#### Worst-case data loss", "", `${renderRpo(rpoSeconds)}. ${sumUp(entries)}`];
  if (base.kind !== "given") {
    lines.push("", `What it was before is unknown: ${whyNoBase(base.reason)}.`);
  } else if (differing.length === 0) {
    lines.push("", "Nothing of it changes.");
  } else {
    const rows = differing.map((entry) => [
      code(entry.dataSet),
      disruptionTitles[entry.disruption],
      renderSide(entry.before),
      renderSide(entry.after),
    ]);
    const left = rows.length - Math.min(rows.length, most);
    lines.push(
      "",
      ...table(["data", "when", "before", "after"], ["left", "left", "left", "left"], rows.slice(0, most)),
      ...(left > 0 ? ["", `_… and ${left} more_`] : []),
    );
  }
  if (same.length > 0) {
    const title = base.kind === "given" ? `What stays the same: ${same.length}` : `All of it: ${same.length}`;
    lines.push("", ...folded(title, shorten(same.map(renderLine), most)));
  }
  return lines;
};

function renderRpo({ before, after }: { readonly before: number | null; readonly after: number }): string {
  return before === null || before === after
    ? `Accepted data loss (RPO): ${renderSeconds(after)}`
    : `Accepted data loss (RPO): **from ${renderSeconds(before)} to ${renderSeconds(after)}**`;
}

function sumUp(entries: readonly ComparedLoss[]): string {
  const after = entries.flatMap((entry) => entry.after ?? []);
  const broken = after.filter((side) => !side.held).length;
  return broken === 0
    ? `Each of the ${after.length} worst cases is within it, or is of what is made again from settings.`
    : `❌ **${broken} of ${after.length} are above it.**`;
}

function renderSide(side: ComparedLossSide | null): string {
  if (side === null) return "no such data";
  return `${side.held ? "" : "❌ above the RPO: "}${prose(side.statement)}`;
}

function renderLine({ dataSet, disruption, after, before }: ComparedLoss): string {
  return `- ${code(dataSet)}, ${disruptionTitles[disruption]}: ${renderSide(after ?? before)}`;
}
