import type { ReviewPage, ReviewTable } from "./page.ts";

const style = `
:root { color-scheme: light dark; }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; line-height: 1.3; }
h2 { font-size: 1.2rem; margin-top: 2rem; }
figure { margin: 1rem 0; background: #fff; color: #000; overflow-x: auto; }
figure svg { max-width: 100%; height: auto; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; }
caption { text-align: left; font-style: italic; padding-bottom: .3rem; }
th, td { padding: .2rem .8rem .2rem 0; text-align: left; vertical-align: top; border-bottom: 1px solid #8886; }
.right { text-align: right; font-variant-numeric: tabular-nums; }
`;

/** A self-contained file that loads and runs nothing. @param chart an SVG; undefined: there is none */
export function renderReviewHtml({ title, sections }: ReviewPage, chart: string | undefined): string {
  const body = sections.map(
    (section) => `<section>
<h2>${escapeHtml(section.title)}</h2>
${[
  ...section.lines.map((line) => `<p>${escapeHtml(line)}</p>`),
  ...(section.chart === true && chart !== undefined ? [`<figure>${chart}</figure>`] : []),
  ...(section.table === undefined ? [] : [renderTable(section.table)]),
].join("\n")}
</section>`,
  );
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
${body.join("\n")}
</main>
</body>
</html>
`;
}

function renderTable({ caption, head, alignments, rows }: ReviewTable): string {
  const side = (column: number) => (alignments[column] === "right" ? ' class="right"' : "");
  const titles = head.map((text, column) =>
    text === "" ? "<td></td>" : `<th scope="col"${side(column)}>${escapeHtml(text)}</th>`,
  );
  const lines = rows.map(
    (row) => `<tr>${row.map((text, column) => `<td${side(column)}>${escapeHtml(text)}</td>`).join("")}</tr>`,
  );
  return `<div class="scroll">
<table>
<caption>${escapeHtml(caption)}</caption>
<thead><tr>${titles.join("")}</tr></thead>
<tbody>
${lines.join("\n")}
</tbody>
</table>
</div>`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Escapes a text for an element or a quoted attribute. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => entities[sign] ?? sign);
}
