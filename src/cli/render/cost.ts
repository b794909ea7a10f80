import type { CostReport, CostReportLine, CostReportSum } from "../../actions/cost/estimate-cost.ts";
import type { Terminal } from "../terminal.ts";
import { renderTable } from "./table.ts";

/** A month of one profile: what the offer counts, what it leaves out, each with its sum. */
export function renderCost(terminal: Terminal, report: CostReport): string {
  const { total, outsideOfferTotal, priceBook } = report;
  const sections = [
    `${terminal.style("bold", `A month of ${report.profile}`)} with price book ${priceBook.id} (${priceBook.date}, ${priceBook.region}), tax ${total.tax}`,
    lines(terminal, report.lines, total),
    `  ${terminal.style("bold", `total ${renderSum(total)}`)}`,
  ];
  if (report.outsideOffer.length > 0) {
    sections.push(
      "",
      "It also takes, outside the offer's total:",
      lines(terminal, report.outsideOffer, outsideOfferTotal),
      `  ${terminal.style("bold", `total ${renderSum(outsideOfferTotal)}`)}`,
    );
  }
  sections.push(terminal.style("dim", `  ${report.free.count} more resources cost nothing by themselves`));
  return sections.join("\n");
}

/** `259.50956 EUR`, and what the sum lacks. */
function renderSum({ amount, currency, unknownLines }: CostReportSum): string {
  const known = amount === null ? "unknown" : `${amount} ${currency}`;
  if (unknownLines === 0 || amount === null) return known;
  return `${known} and ${unknownLines} ${unknownLines === 1 ? "line" : "lines"} of unknown price`;
}

function lines(terminal: Terminal, all: readonly CostReportLine[], { currency }: CostReportSum): string {
  return renderTable(
    terminal,
    ["", "quantity", `${currency} each`, `${currency} a month`, ""],
    all.map((line) => [
      line.label,
      line.unit === "each" ? String(line.quantity) : `${line.quantity} ${line.unit}`,
      line.unitPrice ?? "unknown",
      line.amount ?? "unknown",
      line.note ?? "",
    ]),
    [1, 2, 3],
  );
}
