import type { PreviewSum } from "../../../actions/preview-report.ts";
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
    `Before tax, with the price book ${code(price.priceBook)}. A price that is not known is not in a sum.`,
  ];
  if (now !== null && base.kind !== "given") {
    lines.push("", `The price now is that of today's size with the new settings: ${whyNoBase(base.reason)}.`);
  }
  return lines;
};

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
