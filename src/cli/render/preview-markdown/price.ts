import type { NextSeason } from "../../../actions/calendar/next-season.ts";
import type { PreviewReport, PreviewSum } from "../../../actions/preview/preview-report.ts";
import { code, prose, table } from "../markdown.ts";
import type { Section } from "./sections.ts";

/** Monthly price now and after. Unknown is never shown as zero. */
export const priceSection: Section = ({ report }) => {
  if (report === undefined) return [];
  const { price, base } = report;
  const { now, after, difference, currency } = price;
  const lines = [
    "#### Price a month",
    "",
    ...table(
      ["now", "after", "difference"],
      ["right", "right", "right"],
      [
        [
          now === null ? "nothing is there" : renderSum(now, currency),
          renderSum(after, currency),
          now === null ? "–" : renderDifference(difference, currency, now.unpriced.length + after.unpriced.length),
        ],
      ],
    ),
    "",
    "Each profile, as the settings say it:",
    "",
    ...table(
      ["", "before", "after"],
      ["left", "right", "right"],
      price.profiles.map(({ profile, before, after: then }) => [
        code(profile),
        before === null ? "unknown" : renderSum(before, currency),
        renderSum(then, currency),
      ]),
    ),
    "",
    ...renderSeason(report),
    "",
    `Before tax, with the price book ${code(price.priceBook)}.`,
    ...renderUnpriced(price),
  ];
  if (now !== null && base.kind !== "given") {
    lines.push("", `The price now is that of today's size with the new settings: ${whyNoBase(base.reason)}.`);
  }
  return lines;
};

/** Emphasised, because a sum without a database looks too low. */
function renderUnpriced({ profiles }: PreviewReport["price"]): readonly string[] {
  const keys = new Set(profiles.flatMap(({ after }) => after.unpriced));
  if (keys.size === 0) return [];
  return ["", `**No known price, in no sum, and billed all the same:** ${[...keys].map(prose).join(", ")}.`];
}

/** The next rush in full: a change of its sizes or dates affects it. */
function renderSeason({ price: { nextSeason, currency }, base }: PreviewReport): readonly string[] {
  const { before, after } = nextSeason;
  if (before === null && after === null) return ["No rush within a year: there is no next season to price."];
  const cell = (season: NextSeason | null, text: (season: NextSeason) => string) =>
    season === null ? "no rush" : text(season);
  const row = (title: string, text: (season: NextSeason) => string) => [
    title,
    base.kind === "given" ? cell(before, text) : "unknown",
    cell(after, text),
  ];
  const amount = (sum: string | null, { unknown }: NextSeason) =>
    renderSum({ amount: sum, unpriced: unknown }, currency);
  return [
    "The next season, the whole of its rush:",
    "",
    ...table(
      ["", "before", "after"],
      ["left", "right", "right"],
      [
        row("event", ({ events }) => events.map(prose).join(" and ")),
        row("rush", ({ rushFrom, rushTo }) => `${rushFrom} to ${rushTo}`),
        row("costs", (season) => amount(season.inRush, season)),
        row("more than normal", (season) => amount(season.extra, season)),
      ],
    ),
  ];
}

/** Reason why there is nothing to compare with. */
export function whyNoBase(reason: string | undefined): string {
  return reason === undefined
    ? `the settings from before the change were not given (${code("--base")})`
    : `the settings from before the change are refused (${prose(reason)})`;
}

function renderSum({ amount, unpriced }: PreviewSum, currency: string): string {
  const unknown = unpriced.length === 1 ? "1 price unknown" : `${unpriced.length} prices unknown`;
  if (amount === null) return `unknown (${unknown})`;
  return unpriced.length === 0 ? `${amount} ${currency}` : `${amount} ${currency} and ${unknown}`;
}

function renderDifference(difference: string | null, currency: string, unknownPrices: number): string {
  if (difference === null) return "unknown";
  const sum = difference === "0" ? "none" : `${difference.startsWith("-") ? "" : "+"}${difference} ${currency}`;
  return unknownPrices === 0 ? sum : `${sum} in what is known`;
}
