import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export const root = join(import.meta.dirname, "..", "..");

/** One page of the documentation. */
export interface Page {
  /** Path from the repository's root. */
  readonly path: string;
  readonly text: string;
}

/** The pages in the repository's root and everything below docs/. */
export function readPages(): readonly Page[] {
  const below = readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".md"))
    .map((file) => join("docs", file));
  return ["README.md", "CONTRIBUTING.md", "SECURITY.md", ...below.toSorted()].map((path) => ({
    path,
    text: readFileSync(join(root, path), "utf8"),
  }));
}

/** Targets of links, such as `docs/errors.md#gate-failed`. */
export function linksIn(text: string): readonly string[] {
  return [...withoutCode(text).matchAll(/\[[^\]]*\]\(([^)\s]+)\)/g)].map((match) => match[1] ?? "");
}

/** Text of code: spans between backticks, and lines of blocks (fenced or indented). */
export function codeIn(text: string): readonly string[] {
  const spans: string[] = [];
  let fenced = false;
  for (const line of text.split("\n")) {
    if (/^\s*```/.test(line)) fenced = !fenced;
    else if (fenced || line.startsWith("    ")) spans.push(line.trim());
    else spans.push(...[...line.matchAll(/`([^`]+)`/g)].map((match) => match[1] ?? ""));
  }
  return spans;
}

/** Anchors of a page, as GitHub makes them from its headings. */
export function anchorsIn(text: string): ReadonlySet<string> {
  return new Set(
    [...text.matchAll(/^#{1,6} (.+)$/gm)].map((match) =>
      (match[1] ?? "")
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N}\s_-]/gu, "")
        .trim()
        .replaceAll(/\s/g, "-"),
    ),
  );
}

function withoutCode(text: string): string {
  return text.replaceAll(/^```[\s\S]*?^```/gm, "").replaceAll(/^ {4}.*$/gm, "");
}
