import { stripVTControlCharacters } from "node:util";

/** Indentation, a mark, and a label that two or more spaces separate from its text. */
const lead = /^( *)(?:[!✓✗·] )?(?:\S+(?: \S+)* {2,})?/u;

/** A command to copy: pasted, the first half of a broken one would run. */
const command = /^ *next +lor-infra [^,:;]*$/;

/**
 * Breaks lines that are longer than `columns` between words. Continuation lines begin below the text of a mark or label, otherwise two
 * columns further in. A word that is longer than a line stays whole: a path or an address can be copied. Colour codes take no room.
 */
export function wrapText(text: string, columns: number): string {
  return text
    .split("\n")
    .map((line) => (widthOf(line) <= columns || command.test(line) ? line : wrapLine(line, columns)))
    .join("\n");
}

function wrapLine(line: string, columns: number): string {
  const [start = "", margin = ""] = lead.exec(stripVTControlCharacters(line)) ?? [];
  const labelled = start.length > margin.length && start.length <= columns / 2;
  const indent = " ".repeat(labelled ? start.length : margin.length + 2);
  const lines: string[] = [];
  let current = "";
  // Spaces stay with the word after them: only those at which a line breaks are dropped.
  for (const word of line.match(/\s*\S+/g) ?? []) {
    if (widthOf(current + word) <= columns || current.trim() === "") {
      current += word;
    } else {
      lines.push(current);
      current = indent + word.trimStart();
    }
  }
  return [...lines, current].join("\n");
}

function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}
