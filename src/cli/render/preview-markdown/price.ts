import type { NextSeason } from "../../../actions/calendar/next-season.ts";
import type { PreviewReport, PreviewSum } from "../../../actions/preview/preview-report.ts";
import { code, prose, table } from "../markdown.ts";
import type { Section } from "./sections.ts";

/** A month now and after, in the offer and outside it. What is unknown is never a zero. */
export const priceSection: Section = ({ report }) => {
  if (report === undefined) return [];
  const { price, base } = report;
  const { now, after, difference, currency } = price;
  const row = (title: string, part: "offer" | "outsideOffer") => [
    title,
    now === null ? "nothing is there" : renderSum(now[part], currency),
    renderSum(after[part], currency),
    now === null
      ? "–"
      : renderDifference(difference[part], currency, now[part].unknownLines + after[part].unknownLines),
  ];
  const lines = [
    "#### Price a month",
    "",
    ...table(
      ["", "now", "after", "difference"],
      ["left", "right", "right", "right"],
      [row("in the offer", "offer"), row("outside the offer", "outsideOffer")],
    ),
    "",
    "Each profile, as the settings say it:",
    "",
    ...table(
      ["", "", "before", "after"],
      ["left", "left", "right", "right"],
      price.profiles.flatMap(({ profile, before, after: then }) => [
        [
          code(profile),
          "in the offer",
          before === null ? "unknown" : renderSum(before.offer, currency),
          renderSum(then.offer, currency),
        ],
        [
          "",
          "outside the offer",
          before === null ? "unknown" : renderSum(before.outsideOffer, currency),
          renderSum(then.outsideOffer, currency),
        ],
      ]),
    ),
    "",
    ...renderSeason(report),
    "",
    `Before tax, with the price book ${code(price.priceBook)}. A price that is not known is not in a sum.`,
  ];
  if (now !== null && base.kind !== "given") {
    lines.push("", `The price now is that of today's size with the new settings: ${whyNoBase(base.reason)}.`);
  }
  return lines;
};

/** The rush that comes next, the whole of it: a change of its sizes or of its dates costs then. */
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
    renderSum({ amount: sum, unknownLines: unknown.length }, currency);
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

/** Why there is nothing to compare with. */
export function whyNoBase(reason: string | undefined): string {
  return reason === undefined
    ? `the settings from before the change were not given (${code("--base")})`
    : `the settings from before the change are refused (${prose(reason)})`;
}

function renderSum({ amount, unknownLines }: PreviewSum, currency: string): string {
  const unknown = unknownLines === 1 ? "1 price unknown" : `${unknownLines} prices unknown`;
  if (amount === null) return `unknown (${unknown})`;
  return unknownLines === 0 ? `${amount} ${currency}` : `${amount} ${currency} and ${unknown}`;
}

function renderDifference(difference: string | null, currency: string, unknownLines: number): string {
  if (difference === null) return "unknown";
  const sum = difference === "0" ? "none" : `${difference.startsWith("-") ? "" : "+"}${difference} ${currency}`;
  return unknownLines === 0 ? sum : `${sum} in what is known`;
}
