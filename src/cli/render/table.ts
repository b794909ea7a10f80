import { stripVTControlCharacters } from "node:util";
import Table, { type TableConstructorOptions } from "cli-table3";
import type { Terminal } from "../terminal.ts";

/** Columns separated by two spaces, without rules: readable in a terminal, in a pipe and in a mail. */
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

type Row = readonly string[];

/**
 * A table no wider than the terminal: cells wrap between words. If even the longest words do not fit side by side, each row becomes a list of its
 * cells. Cells of right-aligned columns never wrap.
 */
export function renderTable(
  terminal: Terminal,
  head: Row,
  rows: readonly Row[],
  rightAligned: readonly number[] = [],
): string {
  const alignments = head.map((_, column) => (rightAligned.includes(column) ? "right" : "left"));
  const widths = fitColumns(
    head.map((title, column) => {
      const cells = rows.map((row) => row[column] ?? "");
      return {
        natural: longest([title, ...cells]),
        cells: longest([...wordsOf(title), ...cells]),
        least: longest([...wordsOf(title), ...(alignments[column] === "right" ? cells : cells.flatMap(wordsOf))]),
      };
    }),
    terminal.columns - indent.length,
  );
  if (widths === undefined) return rows.map((row) => renderList(terminal, head, row)).join("\n");
  return layOut(rows, {
    head: head.map((title) => terminal.style("dim", title)),
    colAligns: alignments,
    colWidths: [...widths],
  });
}

/** Rows without a head: cells wrap at the width of the terminal. */
export function renderSentences(terminal: Terminal, rows: readonly Row[], within = terminal.columns): string {
  const columns = Array.from({ length: Math.max(...rows.map((row) => row.length)) }, (_, column) => {
    const cells = rows.map((row) => row[column] ?? "");
    const natural = longest(cells);
    return { natural, cells: natural, least: longest(cells.flatMap(wordsOf)) };
  });
  // A word longer than the terminal is left whole, so that a URL can still be copied.
  const widths = fitColumns(columns, within - indent.length) ?? columns.map(({ natural }) => natural);
  return layOut(rows, { colWidths: [...widths] });
}

const indent = "  ";
const gap = "  ".length;

/** First cell as a title, the others below it, each after the title of its column. */
function renderList(terminal: Terminal, head: Row, [title = "", ...cells]: Row): string {
  const fields = cells.flatMap((cell, index) =>
    cell === "" ? [] : [[terminal.style("dim", head[index + 1] ?? ""), cell]],
  );
  const body = fields.length === 0 ? "" : `\n${renderSentences(terminal, fields, terminal.columns - indent.length)}`;
  return `${indent}${title}${body.replaceAll("\n", `\n${indent}`)}`;
}

interface ColumnWidths {
  /** Width without wrapping. */
  readonly natural: number;
  /** Width at which only the title wraps. */
  readonly cells: number;
  /** Width of unbreakable text. */
  readonly least: number;
}

/** Wraps titles, then the widest cells; undefined when unbreakable text does not fit. */
function fitColumns(columns: readonly ColumnWidths[], room: number): readonly number[] | undefined {
  const free = room - gap * (columns.length - 1);
  const natural = columns.map((column) => column.natural);
  if (sum(natural) <= free) return natural;
  const widths = columns.map(({ cells }) => cells);
  while (sum(widths) > free) {
    const [widest] = columns
      .flatMap(({ least }, column) => ((widths[column] ?? 0) > least ? [column] : []))
      .toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0));
    if (widest === undefined) return undefined;
    widths[widest] = (widths[widest] ?? 0) - 1;
  }
  return widths;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, number) => all + number, 0);
}

function wordsOf(text: string): readonly string[] {
  return text.split(/\s+/);
}

function longest(texts: readonly string[]): number {
  return Math.max(1, ...texts.map((text) => stripVTControlCharacters(text).length));
}

function layOut(rows: readonly Row[], options: TableConstructorOptions): string {
  const table = new Table({ ...plain, wordWrap: true, ...options });
  for (const row of rows) table.push([...row]);
  return table
    .toString()
    .split("\n")
    .map((line) => `${indent}${line.trimEnd()}`)
    .join("\n");
}
