import { reviewOfSeason } from "../../actions/season/review-season.ts";
import { ExitCode } from "../../core/errors.ts";
import type { CloudOptions } from "../options.ts";
import { reviewPage } from "../render/review/page.ts";
import { renderTable } from "../render/table.ts";
import type { Terminal } from "../terminal.ts";
import { withStack } from "../with-stack.ts";
import { writeReview } from "../write-review.ts";

export interface ReviewOptions extends CloudOptions {
  /** First and last day, `YYYY-MM-DD`. */
  readonly from?: string;
  readonly to?: string;
}

/** Review of the last season, or of the given days: on the screen, and as files. */
export async function review(terminal: Terminal, options: ReviewOptions): Promise<ExitCode> {
  const { from, to } = options;
  const days = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) };
  const { seen, files } = await withStack(terminal, options, undefined, async ({ context }) => {
    const found = await reviewOfSeason(context, days);
    return { seen: found, files: await writeReview(found, context.folder.reviews) };
  });
  const { title, sections } = reviewPage(seen);
  terminal.line(terminal.style("bold", title));
  for (const section of sections) {
    terminal.line(`\n${terminal.style("bold", section.title)}`);
    for (const line of section.lines) terminal.line(`  ${line}`);
    const { table } = section;
    if (table === undefined) continue;
    const right = table.alignments.flatMap((side, column) => (side === "right" ? [column] : []));
    terminal.line(renderTable(terminal, table.head, table.rows, right));
  }
  terminal.line(`\nWritten: ${files.html}\n         ${files.markdown}`);
  terminal.document({ ...seen, files });
  return ExitCode.done;
}
