import type { CheckReport } from "../../../actions/check/check-settings.ts";
import type { PreviewReport } from "../../../actions/preview/preview-report.ts";

/** Input of a preview's Markdown, without secrets. */
export interface PreviewStory {
  readonly project: string;
  readonly stack: string;
  /** `local`, or the id of the system's cloud. */
  readonly cloud: string;
  readonly check: CheckReport;
  /** Document of the preview; undefined when it failed. */
  readonly report: PreviewReport | undefined;
  /** Error of a failed preview. */
  readonly failure: { readonly code: string; readonly message: string; readonly next: string | undefined } | undefined;
}

/** One section, as lines; empty when it does not apply. No list in it is longer than `most` lines: `shorten` counts the omitted ones. */
export type Section = (story: PreviewStory, most: number) => readonly string[];

/** The first lines, and the number of omitted ones. */
export function shorten(lines: readonly string[], most: number, bullet = "- "): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `${bullet}_… and ${lines.length - most} more_`];
}
