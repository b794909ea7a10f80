import { stripVTControlCharacters } from "node:util";
import Table, { type TableConstructorOptions } from "cli-table3";
import type { Terminal } from "../terminal.ts";

/** Columns aligned by two spaces, no rules: reads the same in a terminal, in a pipe and in a mail. */
const plain: TableConstructorOptions = {
  chars: {
    top: "",
    "top-mid": "",
    "top-left": "",
    "top-right": "",
    bottom: "",
    "bottom-mid": "",
    "bottom-left": "",
    "bottom-right": "",
    left: "",
    "left-mid": "",
    mid: "",
    "mid-mid": "",
    right: "",
    "right-mid": "",
    middle: "  ",
  },
  style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
};

export function renderTable(
  terminal: Terminal,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  rightAligned: readonly number[] = [],
): string {
  return layOut(rows, {
    ...plain,
    head: head.map((title) => terminal.style("dim", title)),
    colAligns: head.map((_, column) => (rightAligned.includes(column) ? "right" : "left")),
  });
}

/** Rows without a head, whose last column is a sentence: it is broken where the terminal ends. */
export function renderSentences(terminal: Terminal, rows: readonly (readonly string[])[]): string {
  const before = (rows[0]?.length ?? 1) - 1;
  const widths = Array.from({ length: before }, (_, column) =>
    Math.max(...rows.map((row) => stripVTControlCharacters(row[column] ?? "").length)),
  );
  const used = widths.reduce((sum, width) => sum + width + 2, 2);
  return layOut(rows, { ...plain, colWidths: [...widths, Math.max(40, terminal.columns - used)], wordWrap: true });
}

function layOut(rows: readonly (readonly string[])[], options: TableConstructorOptions): string {
  const table = new Table(options);
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => `  ${line.trimEnd()}`)
    .join("\n");
}
