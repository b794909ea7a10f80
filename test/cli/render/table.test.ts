import { readFileSync } from "node:fs";
import { join } from "node:path";
import { stripVTControlCharacters, styleText } from "node:util";
import { describe, expect, it } from "vitest";
import type { SeasonReview } from "../../../src/actions/season/review-season.ts";
import type { StatusResult } from "../../../src/actions/status/status.ts";
import { renderCalendar } from "../../../src/cli/render/calendar.ts";
import { renderComparison } from "../../../src/cli/render/comparison.ts";
import { renderCost } from "../../../src/cli/render/cost.ts";
import { reviewPage } from "../../../src/cli/render/review/page.ts";
import { renderSeasonCost } from "../../../src/cli/render/season-cost.ts";
import { renderStateList } from "../../../src/cli/render/state-list.ts";
import { renderStatus } from "../../../src/cli/render/status.ts";
import { renderSentences, renderTable } from "../../../src/cli/render/table.ts";
import type { Terminal } from "../../../src/cli/terminal.ts";

const golden = join(import.meta.dirname, "..", "..", "e2e", "golden");

function terminal(columns: number): Terminal {
  return {
    json: false,
    interactive: true,
    columns,
    line() {},
    print() {},
    warn() {},
    document() {},
    style: (style, text) => styleText(style, text, { validateStream: false }),
  };
}

/** Lines of a text that are wider than a terminal. */
function tooWide(text: string, columns: number): readonly string[] {
  return stripVTControlCharacters(text)
    .split("\n")
    .filter((line) => line.startsWith("  ") && line.length > columns);
}

/** What a command answered with `--json`. */
function documentOf<T>(file: string): T {
  const text = readFileSync(join(golden, file), "utf8").replaceAll("<instant>", "2026-12-04T09:12:00Z");
  return JSON.parse(text) as T;
}

function plain(text: string): readonly string[] {
  return stripVTControlCharacters(text).split("\n");
}

/** The screens of these documents; a sentence that begins at the margin is left to the terminal. */
const screens: readonly (readonly [string, (to: Terminal, file: string) => string])[] = [
  ["screens/cost-document.snap", (to, file) => renderCost(to, documentOf(file))],
  ["screens/cost-rush-document.snap", (to, file) => renderCost(to, documentOf(file))],
  ["calendar-document.snap", (to, file) => renderCalendar(to, documentOf(file))],
  ["cost-season-document.snap", (to, file) => renderSeasonCost(to, documentOf(file))],
  ["cost-compare-document.snap", (to, file) => renderComparison(to, documentOf(file)).split("Policies")[0] ?? ""],
  [
    "screens/status-document.snap",
    (to, file) => renderStatus(to, { ...documentOf<StatusResult>(file), plan: undefined }),
  ],
  [
    "screens/status-rush-document.snap",
    (to, file) => renderStatus(to, { ...documentOf<StatusResult>(file), plan: undefined }),
  ],
  ["screens/state-list-document.snap", (to, file) => renderStateList(to, documentOf(file))],
  ["screens/review-document.snap", (to, file) => reviewTables(to, documentOf(file))],
];

function reviewTables(to: Terminal, review: SeasonReview): string {
  return reviewPage(review)
    .sections.flatMap(({ table }) => (table === undefined ? [] : [renderTable(to, table.head, table.rows)]))
    .join("\n");
}

describe("the tables of a screen", () => {
  it.each(screens)("%s: no wider than 80 columns", (file, render) => {
    expect(tooWide(render(terminal(80), file), 80)).toEqual([]);
  });
});

describe("a table", () => {
  const head = ["event", "days", "in all"];
  const rows = [["saint valentin", "23", "1234.56"]];

  it("is as wide as its cells where there is room", () => {
    expect(plain(renderTable(terminal(80), head, rows, [1, 2]))).toEqual([
      "  event           days   in all",
      "  saint valentin    23  1234.56",
    ]);
  });

  it("wraps titles first, then cells between their words", () => {
    expect(plain(renderTable(terminal(31), ["event", "days", "EUR in all"], rows, [1, 2]))).toEqual([
      "  event           days   EUR in",
      "                            all",
      "  saint valentin    23  1234.56",
    ]);
    expect(plain(renderTable(terminal(25), head, rows, [1, 2]))).toEqual([
      "  event     days   in all",
      "  saint       23  1234.56",
      "  valentin",
    ]);
  });

  it("becomes a list where its longest words do not fit side by side", () => {
    expect(plain(renderTable(terminal(20), head, rows, [1, 2]))).toEqual([
      "  saint valentin",
      "    days    23",
      "    in all  1234.56",
    ]);
  });

  it("keeps a word that is longer than the terminal whole", () => {
    const address = "https://assets.example/archive.zip";
    expect(renderSentences(terminal(20), [["from", address]])).toContain(address);
  });
});
