import { parse } from "parse5";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { reviewOfSeason, type SeasonReview } from "../../../src/actions/season/review-season.ts";
import { drawCapacity } from "../../../src/cli/render/review/chart.ts";
import { renderReviewHtml } from "../../../src/cli/render/review/html.ts";
import { renderReviewMarkdown } from "../../../src/cli/render/review/markdown.ts";
import { reviewPage } from "../../../src/cli/render/review/page.ts";
import { FakeStack } from "../../actions/fake-stack.ts";
import { christmas } from "../../review/journals.ts";

let stack: FakeStack;
beforeEach(() => {
  stack = new FakeStack();
});
afterEach(() => stack.dispose());

async function review(entries = christmas, days = {}): Promise<SeasonReview> {
  const context = stack.context({ cloud: "ovh" });
  for (const entry of entries) await context.state.journal.append(entry);
  return await reviewOfSeason(context, days);
}

function render(seen: SeasonReview, chart: Awaited<ReturnType<typeof drawCapacity>>) {
  const page = reviewPage(seen);
  return {
    html: renderReviewHtml(page, chart?.svg),
    markdown: renderReviewMarkdown(page, chart && { file: "season.svg", description: chart.description }),
  };
}

/** Errors by the rules of HTML, such as a wrong nesting or a sign that should be escaped. */
function mistakes(html: string): readonly string[] {
  const found: string[] = [];
  parse(html, { onParseError: ({ code, startLine }) => found.push(`${code} in line ${startLine}`) });
  return found;
}

describe("the review of a season", () => {
  it("says the same in Markdown and in HTML, with a chart", async () => {
    const seen = await review();
    const { html, markdown } = render(seen, await drawCapacity(seen));
    await expect(markdown).toMatchFileSnapshot("golden/review-markdown.txt");
    await expect(html).toMatchFileSnapshot("golden/review-html.txt");
  });

  it("is HTML without a mistake that loads nothing, with a name and a description of its picture", async () => {
    const seen = await review();
    const { html } = render(seen, await drawCapacity(seen));
    expect(mistakes(html)).toEqual([]);
    expect(html).not.toMatch(/<script|<link|<img|\ssrc=|url\(|@import/);
    expect(
      [...html.matchAll(/https?:\/\/[^"'<\s]+/g)].map(([url]) => url).filter((url) => !url.includes("www.w3.org")),
    ).toEqual([]);
    expect(html).toMatch(
      /<svg role="img" aria-labelledby="capacity-title" aria-describedby="capacity-description" [^>]*><title id="capacity-title">Capacity over time<\/title><desc/,
    );
    expect(html.match(/<caption>/g)).toHaveLength(4);
  });

  it("prices what was there: the extra machine and the larger ones for their time", async () => {
    const { cost, inRush } = await review();
    // 22 days 22 h 54 min 44 s in rush of 474.354 a month of 730 h, less 249.003; the two switches on top.
    expect(inRush?.seconds).toBe(1_983_284);
    const share = ((474.354 - 249.003) * 1_983_284) / (730 * 3600);
    expect(Number(cost.extra)).toBeGreaterThan(share);
    expect(Number(cost.extra)).toBeLessThan(share + 5);
    expect(cost.plannedExtra).toBe("170.4");
  });

  it("of a time without a rush, or with nothing at all, says so", async () => {
    await expect(review([])).rejects.toMatchObject({ code: "no-season-yet" });
    const empty = await review([], { from: "2026-01-01", to: "2026-01-02" });
    const { markdown, html } = render(empty, await drawCapacity(empty));
    expect(markdown).toContain("Rush was not reached in this time.");
    expect(markdown).toContain("The journal of this time does not tell who served.");
    expect(markdown).not.toContain("![");
    expect(mistakes(html)).toEqual([]);
  });

  it("lets no name of a journal become Markdown or HTML", async () => {
    const evil = `</td><script>alert(1)</script> | [x](http://evil.example) \`&\` "'`;
    const seen = await review(christmas.map((one) => (one.event.startsWith("task") ? { ...one, what: evil } : one)));
    const { html, markdown } = render(seen, await drawCapacity(seen));
    expect(html).not.toContain("<script");
    expect(html).toContain("&lt;script&gt;alert(1)&lt;/script&gt;");
    expect(markdown).not.toContain("<script");
    expect(markdown).not.toContain("[x](");
    expect(mistakes(html)).toEqual([]);
  });
});
