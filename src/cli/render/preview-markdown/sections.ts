import type { CheckReport } from "../../../actions/check/check-settings.ts";
import type { PreviewReport } from "../../../actions/preview/preview-report.ts";

/** What the Markdown of a preview is made from; every text in it is free of secrets. */
export interface PreviewStory {
  readonly project: string;
  readonly stack: string;
  /** `local`, or the id of the system's cloud. */
  readonly cloud: string;
  readonly check: CheckReport;
  /** The preview's document; undefined when it could not be made. */
  readonly report: PreviewReport | undefined;
  /** Why there is none. */
  readonly failure: { readonly code: string; readonly message: string; readonly next: string | undefined } | undefined;
}

/**
 * One part of the text, as lines; empty when it has nothing to say. No list of it is longer than `most` lines: `shorten` says what is left out.
 */
export type Section = (story: PreviewStory, most: number) => readonly string[];

/** At most so many lines, and how many more there are. */
export function shorten(lines: readonly string[], most: number, bullet = "- "): readonly string[] {
  if (lines.length <= most) return lines;
  return [...lines.slice(0, most), `${bullet}_… and ${lines.length - most} more_`];
}
