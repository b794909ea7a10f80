import type { SeasonCostReport, SeasonCostSums } from "../../actions/cost/season-cost.ts";
import type { Terminal } from "../terminal.ts";
import { renderAmount } from "./amount.ts";
import { drawBars } from "./bar-chart.ts";
import { renderContracts } from "./contracts.ts";
import { renderSeconds } from "./duration.ts";
import { renderSentences, renderTable } from "./table.ts";

/** A year with its rush: months beside the cost without a rush, a chart, and the contract of each instance. */
export function renderSeasonCost(terminal: Terminal, report: SeasonCostReport): string {
  const { prices } = report;
  return [
    `${terminal.style("bold", "A year with its rush")} from ${report.from} to ${report.to}, price book ${prices.priceBook}, tax ${prices.tax}`,
    ...report.windows.map(
      ({ events, rushFrom, rushTo, hours }) =>
        `  rush ${rushFrom} to ${rushTo}, ${hours} hours: ${events.join(" and ")}`,
    ),
    ...(report.windows.length === 0 ? ["  no rush: no event of the setting calendar.events lies in it"] : []),
    "",
    renderMonths(terminal, report),
    "",
    ...renderChart(terminal, report),
    "",
    ...summarise(report),
    renderSentences(
      terminal,
      renderRemarks(report).map((line) => [terminal.style("dim", line)]),
    ),
    "",
    renderContracts(terminal, report),
  ].join("\n");
}

function renderMonths(terminal: Terminal, { months, total, prices }: SeasonCostReport): string {
  const row = (title: string, sums: SeasonCostSums) => [
    title,
    String(sums.hoursInRush),
    renderAmount(sums.inNormal),
    renderAmount(sums.inRush),
    renderAmount(sums.inSwitches),
    renderAmount(sums.total),
    renderAmount(sums.alwaysNormal),
    renderAmount(sums.alwaysRush),
  ];
  return renderTable(
    terminal,
    ["", "hours of rush", "normal", "rush", "switches", `${prices.currency} in all`, "always normal", "always rush"],
    [...months.map((month) => row(month.month, month)), row("total", total)],
    [1, 2, 3, 4, 5, 6, 7],
  );
}

/** Months with a known price; those with rush in another colour, where colours are available. */
function renderChart(terminal: Terminal, { months }: SeasonCostReport): readonly string[] {
  const known = months.flatMap(({ month, total, hoursInRush }) =>
    total === null ? [] : [{ month, total, hoursInRush }],
  );
  const bars = known.map(({ month, total, hoursInRush }) => ({
    label: month,
    value: Number(total),
    text: `${renderAmount(total)}${hoursInRush > 0 ? "  rush" : ""}`,
  }));
  const width = Math.max(20, Math.min(60, terminal.columns - 30));
  return drawBars(bars, width).map((line, index) =>
    (known[index]?.hoursInRush ?? 0) > 0 ? terminal.style("yellow", `  ${line}`) : `  ${line}`,
  );
}

function summarise({ total, difference, prices }: SeasonCostReport): readonly string[] {
  if (total.total === null) return ["What the year costs is unknown."];
  const { toAlwaysNormal, toAlwaysRush } = difference;
  return [
    `The year costs ${renderAmount(total.total)} ${prices.currency}: ${renderAmount(toAlwaysNormal)} more than normal without a rush, ${renderAmount(toAlwaysRush)} less than rush all year.`,
  ];
}

function renderRemarks({ prices, switches, total, contracts }: SeasonCostReport): readonly string[] {
  const { month, currency } = prices;
  const lines = [
    `pro rata by the hour, ${prices.hoursPerMonth} hours a month, of ${renderAmount(month.normal)} ${currency} a month in normal, ${renderAmount(month.rush)} in rush`,
  ];
  if (total.switches > 0) {
    const { toRush, toNormal } = switches;
    lines.push(
      `a switch pays for both sizes at once, at most: into rush about ${renderSeconds(toRush.seconds)}, ${renderHours(toRush.hours)} begun, ${renderAmount(toRush.price)} ${currency}; back about ${renderSeconds(toNormal.seconds)}, ${renderHours(toNormal.hours)} begun, ${renderAmount(toNormal.price)} ${currency}`,
    );
  }
  const hourly = contracts.find(({ priceBook }) => priceBook !== prices.priceBook)?.priceBook;
  if (hourly !== undefined) {
    lines.push(
      `${prices.priceBook} knows instances by the month only, as on a monthly plan; by the hour, as they are created: --price-book ${hourly}`,
    );
  }
  if (prices.unknown.length > 0) lines.push(`unknown prices are in no sum: ${prices.unknown.join(", ")}`);
  return lines;
}

function renderHours(hours: number): string {
  return hours === 1 ? "1 hour" : `${hours} hours`;
}
