import { prose, table } from "../markdown.ts";
import type { ReviewPage } from "./page.ts";

/** @param chart file name of the chart, beside this one; undefined: there is none */
export function renderReviewMarkdown(
  { title, sections }: ReviewPage,
  chart: { readonly file: string; readonly description: string } | undefined,
): string {
  const blocks = sections.map((section) =>
    [
      `## ${prose(section.title)}`,
      ...section.lines.flatMap((line) => ["", prose(line)]),
      ...(section.chart === true && chart !== undefined
        ? ["", `![${prose(chart.description)}](${encodeURIComponent(chart.file)})`]
        : []),
      ...(section.table === undefined
        ? []
        : [
            "",
            ...table(
              section.table.head,
              section.table.alignments,
              section.table.rows.map((row) => row.map(prose)),
            ),
          ]),
    ].join("\n"),
  );
  return `${[`# ${prose(title)}`, ...blocks].join("\n\n")}\n`;
}
