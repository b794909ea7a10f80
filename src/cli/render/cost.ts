import type { CostReport, CostReportLine, CostReportSum } from "../../actions/cost/estimate-cost.ts";
import type { Terminal } from "../terminal.ts";
import { renderSentences, renderTable } from "./table.ts";

/** Monthly price of one profile: charges inside and outside the price book's total, each with its sum. */
export function renderCost(terminal: Terminal, report: CostReport): string {
  const { total, outsideOfferTotal, priceBook } = report;
  const sections = [
    `${terminal.style("bold", `A month of ${report.profile}`)} with price book ${priceBook.id} (${priceBook.date}, ${priceBook.region}), tax ${total.tax}`,
    lines(terminal, report.lines, total),
    renderTotal(terminal, total),
  ];
  if (report.outsideOffer.length > 0) {
    sections.push(
      "",
      "It also takes, outside the offer's total:",
      lines(terminal, report.outsideOffer, outsideOfferTotal),
      renderTotal(terminal, outsideOfferTotal),
    );
  }
  sections.push(terminal.style("dim", `  ${report.free.count} more resources cost nothing by themselves`));
  return sections.join("\n");
}

/** `total 259.50956 EUR`, and the charges without a price. */
function renderTotal(terminal: Terminal, { amount, currency, unpriced }: CostReportSum): string {
  const known = amount === null ? "unknown" : `${amount} ${currency}`;
  const total = `  ${terminal.style("bold", `total ${known}${unpriced.length > 0 && amount !== null ? ", and what has no known price" : ""}`)}`;
  return unpriced.length === 0 ? total : `${total}\n${renderUnpriced(terminal, unpriced)}`;
}

/** Emphasised, because a sum without a database looks too low. */
export function renderUnpriced(terminal: Terminal, unpriced: readonly string[]): string {
  const text = `no known price, in no sum, and billed all the same: ${unpriced.join(", ")}`;
  return renderSentences(terminal, [[terminal.style("yellow", "!"), terminal.style("yellow", text)]]);
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
