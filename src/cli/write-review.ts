import { join } from "node:path";
import type { SeasonReview } from "../actions/season/review-season.ts";
import { writeAtomically } from "../os/atomic-file.ts";
import { drawCapacity } from "./render/review/chart.ts";
import { renderReviewHtml } from "./render/review/html.ts";
import { renderReviewMarkdown } from "./render/review/markdown.ts";
import { momentsIn, reviewPage } from "./render/review/page.ts";

/** Locations of a written review. */
export interface ReviewFiles {
  readonly markdown: string;
  readonly html: string;
  /** Picture of the Markdown; the HTML contains it. Null: nothing to draw. */
  readonly chart: string | null;
}

/** Writes a review as Markdown and as HTML, replacing an earlier one of the same season. */
export async function writeReview(review: SeasonReview, folder: string): Promise<ReviewFiles> {
  const name = `season-${momentsIn(review.timeZone)(review.from).slice(0, 10)}`;
  const place = (kind: string) => join(folder, `${name}.${kind}`);
  const page = reviewPage(review);
  const chart = await drawCapacity(review);
  if (chart !== undefined) writeAtomically(place("svg"), chart.svg);
  const beside = chart === undefined ? undefined : { file: `${name}.svg`, description: chart.description };
  writeAtomically(place("md"), renderReviewMarkdown(page, beside));
  writeAtomically(place("html"), renderReviewHtml(page, chart?.svg));
  return { markdown: place("md"), html: place("html"), chart: chart === undefined ? null : place("svg") };
}
