/** Longest text from a person or the cloud that is shown complete, so that one text cannot fill a comment. */
const longestText = 600;

/** A name in a code span, whatever it contains. */
export function code(text: string): string {
  const line = oneLine(text);
  if (line === "") return "–";
  const longestRun = Math.max(0, ...[...line.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = "`".repeat(longestRun + 1);
  const padding = line.startsWith("`") || line.endsWith("`") ? " " : "";
  return `${fence}${padding}${line}${padding}${fence}`;
}

/**
 * Escapes a sentence: nothing in it becomes Markdown or HTML, and no mention or link. A forge turns `@name`, `#12` and URLs into links after it has
 * parsed the Markdown, so a backslash does not help.
 */
export function prose(text: string): string {
  return oneLine(text)
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll(/[\\`*_{}[\]|~$]/g, String.raw`\$&`)
    .replaceAll(/[@#!%~$](?=\w)|:(?=\/\/)|\bwww(?=\.)/g, "$&&#8203;");
}

/** Escapes the cell of a table, where a bar would end it, even in a code span. */
function cell(text: string): string {
  return text.replaceAll(/(?<!\\)\|/g, String.raw`\|`);
}

export function table(
  head: readonly string[],
  alignments: readonly ("left" | "right")[],
  rows: readonly (readonly string[])[],
): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  const rule = alignments.map((alignment) => (alignment === "right" ? "---:" : "---"));
  return [line(head), `| ${rule.join(" | ")} |`, ...rows.map(line)];
}

/** Lines in a collapsed section. The title is our own text, in which Markdown is not parsed. */
export function folded(title: string, lines: readonly string[]): readonly string[] {
  return [`<details><summary>${title}</summary>`, "", ...lines, "", "</details>"];
}

function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal understands and a reader cannot see
  const visible = text.replaceAll(/[\u0000-\u001f\u007f\u200b-\u200f\u202a-\u202e\u2066-\u2069]+/g, " ");
  const line = visible.replaceAll(/\s+/g, " ").trim();
  return line.length <= longestText ? line : `${line.slice(0, longestText)}…`.replace(/[\ud800-\udbff]…$/, "…");
}
