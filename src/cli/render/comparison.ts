import type { ComparedSetting, ComparedUnknown, ComparisonReport } from "../../actions/cost/compare-settings.ts";
import type { ComparedLossSide } from "../../actions/rpo/compare-data-loss.ts";
import { renderSeconds } from "../../domain/recovery.ts";
import type { Terminal } from "../terminal.ts";
import { renderAmount } from "./amount.ts";
import { renderPolicies } from "./policies.ts";
import { disruptionTitles } from "./rpo.ts";
import { renderSentences, renderTable } from "./table.ts";

/** Cost and promises of other settings beside the current ones. Nothing was changed. */
export function renderComparison(terminal: Terminal, report: ComparisonReport): string {
  const title = (text: string) => terminal.style("bold", text);
  return [
    title("If it were so"),
    ...report.changes.map((change) => renderSentences(terminal, [[describe(change)]])),
    ...report.needs.map((need) => renderSentences(terminal, [[describe(need), `needed: ${need.why}`]])),
    ...report.impossible.map(({ dataSet, bestSeconds, why }) =>
      terminal.style(
        "red",
        `  nothing holds it for ${dataSet}: at best ${bestSeconds === null ? "unlimited" : renderSeconds(bestSeconds)}; ${why}`,
      ),
    ),
    "",
    title(`Price, price book ${report.price.priceBook}, tax ${report.price.tax}`),
    ...renderPrices(terminal, report),
    "",
    title("Worst-case data loss"),
    ...renderLosses(terminal, report),
    "",
    title("Policies"),
    ...renderRefused(terminal, report),
    "",
    terminal.style("dim", "Nothing was changed: to have it so, write it into the settings."),
  ].join("\n");
}

function describe({ path, from, to }: ComparedSetting): string {
  if (from === to) return `${path} is ${to} already`;
  return `${path}: ${from ?? "not set"} -> ${to}`;
}

function renderPrices(terminal: Terminal, { price }: ComparisonReport): readonly string[] {
  const { months, season, currency, unknown } = price;
  const lacks = (side: ComparedUnknown["side"]) => (unknown.some((one) => one.side === side) ? " + unknown" : "");
  const row = (
    name: string,
    { before, after, difference, differenceLacks }: Omit<(typeof months)[number], "profile">,
  ) => [
    name,
    `${renderAmount(before)}${lacks("before")}`,
    `${renderAmount(after)}${lacks("after")}`,
    difference === null
      ? "unknown"
      : `${renderDifference(difference)}${differenceLacks.length > 0 ? " + unknown" : ""}`,
  ];
  return [
    renderTable(
      terminal,
      [currency, "now", "then", "difference"],
      [
        ...months.map((month) => row(`a month of ${month.profile}`, month)),
        row(`the year ${season.from} to ${season.to}, with its rush`, season),
      ],
      [1, 2, 3],
    ),
    ...unknown.map((one) =>
      renderSentences(terminal, [[terminal.style("dim", describeUnknown(one, price.priceBook))]]),
    ),
  ];
}

function renderDifference(difference: string): string {
  if (difference === "0") return "none";
  const amount = renderAmount(difference);
  return amount.startsWith("-") ? amount : `+${amount}`;
}

function describeUnknown({ key, side, knownIn }: ComparedUnknown, priceBook: string): string {
  const where = { both: "now and then", before: "now", after: "then" }[side];
  const elsewhere = knownIn.length === 0 ? "" : `; ${knownIn.join(", ")} has one`;
  return `${key} has no price in ${priceBook} and is in no sum, ${where}${elsewhere}`;
}

function renderLosses(terminal: Terminal, { dataLoss }: ComparisonReport): readonly string[] {
  const { before, after } = dataLoss.rpoSeconds;
  const differing = dataLoss.entries.filter(({ differs }) => differs);
  const accepted =
    before === null || before === after
      ? `  accepted (RPO): ${renderSeconds(after)}`
      : `  accepted (RPO): ${renderSeconds(before)} now, ${renderSeconds(after)} then`;
  if (differing.length === 0) return [accepted, "  nothing of it changes"];
  return [
    accepted,
    renderTable(
      terminal,
      ["data", "when", "now at most", "then at most", ""],
      differing.map((entry) => [
        entry.dataSet,
        disruptionTitles[entry.disruption],
        describeLoss(entry.before),
        describeLoss(entry.after),
        entry.after?.held === false ? "above the RPO" : "",
      ]),
    ),
    // For equal sums, the remarks of the statements differ.
    ...differing
      .filter(
        ({ before: one, after: other }) =>
          one?.worstCaseSeconds === other?.worstCaseSeconds && one?.held === other?.held,
      )
      .map(({ dataSet, after: other }) =>
        renderSentences(terminal, [[terminal.style("dim", `${dataSet}, then: ${other?.statement ?? ""}`)]]),
      ),
  ];
}

function describeLoss(side: ComparedLossSide | null): string {
  if (side === null) return "no such data";
  return side.worstCaseSeconds === null ? "everything" : renderSeconds(side.worstCaseSeconds);
}

function renderRefused(terminal: Terminal, { refused, needs, policies }: ComparisonReport): readonly string[] {
  const lines = (title: string, issues: ComparisonReport["refused"]["after"]) =>
    issues.length === 0
      ? [`  ${title}: none refuses`]
      : [`  ${title}, refused:`, ...issues.map(({ path, message, code }) => `    ${path}: ${message} [${code}]`)];
  return [
    ...(refused.before.length === 0 ? [] : lines("now", refused.before)),
    ...(needs.length === 0 ? [] : lines("with the change alone", refused.alone)),
    ...lines(needs.length === 0 ? "then" : "with what it needs", refused.after),
    ...(policies.length === 0 ? [] : [renderPolicies(terminal, policies)]),
  ];
}
