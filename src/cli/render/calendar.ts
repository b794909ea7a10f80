import type {
  CalendarEvent,
  CalendarGap,
  CalendarReport,
  CalendarWindow,
} from "../../actions/calendar/list-windows.ts";
import type { Terminal } from "../terminal.ts";
import { renderAmount } from "./amount.ts";
import { renderSentences, renderTable } from "./table.ts";

/** Events with their prices, then the price of staying in rush between them. */
export function renderCalendar(terminal: Terminal, report: CalendarReport): string {
  const { windows, gaps, prices } = report;
  const period = `from ${report.from} for ${report.years} ${report.years === 1 ? "year" : "years"}`;
  const sections = [`${terminal.style("bold", "Rush")} ${period}, days in ${report.timeZone}`];
  if (report.frozen !== null) {
    const { event, until } = report.frozen;
    sections.push(terminal.style("yellow", `Change freeze of ${event} until ${until.slice(0, 16).replace("T", " ")}`));
  }
  if (windows.length === 0) {
    sections.push("  nothing: no event of the setting calendar.events lies in it");
    return sections.join("\n");
  }
  sections.push(renderWindows(terminal, windows, prices.currency));
  if (gaps.length > 0) {
    sections.push(
      "",
      `${terminal.style("bold", "Between the events")}, one window when closer than ${report.mergeWithin} (calendar.mergeWithin)`,
      renderGaps(terminal, gaps, prices.currency),
    );
  }
  sections.push(
    "",
    renderSentences(
      terminal,
      renderRemarks(report).map((line) => [terminal.style("dim", line)]),
    ),
  );
  return sections.join("\n");
}

function renderWindows(terminal: Terminal, windows: readonly CalendarWindow[], currency: string): string {
  return renderTable(
    terminal,
    ["event", "date", "rush", "days", "no change", `${currency} in rush`, "above normal"],
    windows.map((window) => [
      [window.event, ...window.events.slice(1).map(renderMerged)].join(" and "),
      renderDate(window),
      `${window.rushFrom} to ${window.rushTo}`,
      String(window.days),
      window.events.flatMap(renderFreeze).join(", "),
      renderAmount(window.price.inRush),
      renderAmount(window.price.extra),
    ]),
    [3, 5, 6],
  );
}

function renderGaps(terminal: Terminal, gaps: readonly CalendarGap[], currency: string): string {
  return renderTable(
    terminal,
    ["between", "time", "days", `${currency} in normal`, "in rush", "more", ""],
    gaps.map((gap) => [
      `${gap.after} and ${gap.before}`,
      `${gap.from} to ${gap.to}`,
      String(gap.days),
      renderAmount(gap.price.inNormal),
      renderAmount(gap.price.inRush),
      renderAmount(gap.price.extra),
      gap.merged ? "merged: stays in rush" : "back to normal",
    ]),
    [2, 3, 4, 5],
  );
}

function renderRemarks({ prices, gaps }: CalendarReport): readonly string[] {
  const { priceBook, tax, currency, month, unknown } = prices;
  const lines = [
    `price book ${priceBook}, tax ${tax}, pro rata by day of ${renderAmount(month.normal)} ${currency} a month in normal, ${renderAmount(month.rush)} in rush`,
  ];
  if (unknown.length > 0) lines.push(`unknown prices are left out: ${unknown.join(", ")}`);
  if (gaps.length > 0) lines.push("staying in rush spares two switches, whose work has no price here");
  return lines;
}

function renderMerged({ event, date }: CalendarEvent): string {
  return `${event} ${date}`;
}

function renderDate({ date, lastDate }: CalendarEvent): string {
  return date === lastDate ? date : `${date} to ${lastDate}`;
}

function renderFreeze({ freeze }: CalendarEvent): readonly string[] {
  return freeze === null ? [] : [`${freeze.from} to ${freeze.to}`];
}
