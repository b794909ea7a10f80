import { code, prose } from "../markdown.ts";
import { changeGroups, changesSection, stepsSection } from "./changes.ts";
import { checkSection } from "./check.ts";
import { dataLossSection } from "./data-loss.ts";
import { priceSection } from "./price.ts";
import type { PreviewStory, Section } from "./sections.ts";

/** GitHub takes 65,536 characters in a comment; GitLab takes more. One text for both. */
export const longestComment = 65_536;

/** All sections, in the order of the page. */
const sections: readonly Section[] = [
  failureSection,
  changesSection,
  stepsSection,
  priceSection,
  dataLossSection,
  checkSection,
];

/** Lengths of the lists, tried until the page fits. */
const lengths = [Number.POSITIVE_INFINITY, 200, 100, 50, 25, 10, 5, 2, 1];

/**
 * The preview as Markdown, for a comment on a pull request. Deterministic. `marker` is an invisible first line. A text that is too long gets
 * shorter lists, and says so.
 */
export function renderPreviewMarkdown(story: PreviewStory, marker: string): string {
  for (const most of lengths) {
    const text = render(story, marker, most);
    if (text.length <= longestComment) return text;
  }
  // All texts and lists in it are bounded, so this is reached only if the sections grow many times larger.
  throw new Error("the shortest Markdown of the preview is longer than a comment may be");
}

function render(story: PreviewStory, marker: string, most: number): string {
  const head = [marker, `### lor-infra preview: ${code(`${story.project}/${story.stack}`)}`, "", summarise(story)];
  if (story.report !== undefined) {
    head.push(
      "",
      story.cloud === "local"
        ? "Compared with what the local cloud holds; the real cloud was not asked."
        : "Compared with the state of the stack on the real cloud.",
    );
  }
  if (most !== Number.POSITIVE_INFINITY) {
    head.push(
      "",
      `> ✂️ This text was cut: a comment holds ${longestComment} characters. Each list ends after ${most} lines and says how many are left out. ` +
        `The whole: ${code("lor-infra preview --json")}`,
    );
  }
  const parts = sections.map((section) => section(story, most)).filter((lines) => lines.length > 0);
  return `${[head, ...parts].map((lines) => lines.join("\n")).join("\n\n")}\n`;
}

/** Summary in one line. */
function summarise({ report, check, failure }: PreviewStory): string {
  if (!check.ok) return "❌ **The settings are refused; there is no preview.**";
  if (report === undefined || failure !== undefined) return "❌ **The preview failed.**";
  if (report.changes.length === 0) return "✅ **Nothing changes.**";
  const counts = changeGroups.flatMap(({ word, has }) => {
    const count = report.changes.filter(has).length;
    return count === 0 ? [] : [`${count} ${word}`];
  });
  return `**${counts.join(" · ")}**`;
}

function failureSection({ failure, check }: PreviewStory): readonly string[] {
  if (failure === undefined || !check.ok) return [];
  return [
    `❌ ${prose(failure.message)} (${code(failure.code)})`,
    ...(failure.next === undefined ? [] : ["", `Next: ${prose(failure.next)}`]),
  ];
}
