import { errorCodes } from "../../src/core/error-codes.ts";
import type { ErrorPlace, RaisedCode } from "./error-codes.ts";

/** Where the page lies, from the repository's root. */
export const errorsPage = "docs/errors.md";

type Exit = (typeof errorCodes)[keyof typeof errorCodes]["exit"];

const exits: readonly (readonly [exit: Exit, title: string])[] = [
  [1, "Exit 1: failed"],
  [2, "Exit 2: bad usage or settings"],
  [3, "Exit 3: refused by a policy or by the RPO"],
  [4, "Exit 4: locked"],
  ["cause", "Exit of the cause: a failed step, problems of settings"],
  ["none", "No exit: warnings, the command continues"],
];

/** The page of every error code. Pure: the same codes give the same text. */
export function renderErrorsPage(codes: readonly RaisedCode[]): string {
  return `${[intro, ...exits.flatMap(([exit, title]) => renderIndex(title, withExit(codes, exit))), "## Each code", ...codes.map(renderCode)].join("\n\n")}\n`;
}

const intro = `# Error codes

<!-- Generated from src/core/error-codes.ts and the code by: npm run docs -->

Every error says what cannot be done, and carries a code that does not change. On the screen it stands in brackets:

    error: the stack prod is not up on the local cloud [not-created]
      next      lor-infra up

With \`--json\` the same is one document: \`{"version":1,"ok":false,"error":{"code":…,"message":…,"next":…}}\`. \`lor-infra check --json\` lists problems of settings as \`issues\`, each with \`path\`, \`code\` and \`message\`.

In the texts below \`{name}\` and \`…\` stand for what is only known when it happens. A problem of a setting also shows the value seen. Plain Pulumi shows the codes of settings and guards in
brackets after the text; the engine then ends with its own exit code.

Exit 0 is done. Exit 5 is no error: \`lor-infra preview\` with \`--detect\` or \`--exit-code\` found differences.`;

function withExit(codes: readonly RaisedCode[], exit: Exit): readonly RaisedCode[] {
  return codes.filter(({ code }) => errorCodes[code].exit === exit);
}

function renderIndex(title: string, codes: readonly RaisedCode[]): readonly string[] {
  if (codes.length === 0) return [];
  return [`## ${title}`, codes.map(({ code }) => `[${code}](#${code})`).join(" · ")];
}

function renderCode({ code, places }: RaisedCode): string {
  const { means, exit } = errorCodes[code];
  const worded = places.some((place) => place.message !== undefined);
  // A place that only passes the code on adds nothing to the one that words it.
  const shown = places.filter((place) => place.message !== undefined || !worded || place.accepted !== undefined);
  const meaning = `${means.charAt(0).toUpperCase()}${means.slice(1)}.`;
  return [`### ${code}`, meaning, ...shown.map((place) => renderPlace(place, exit))].join("\n\n");
}

function renderPlace(place: ErrorPlace, exit: Exit): string {
  const lines: readonly (readonly [title: string, text: string | undefined])[] = [
    ["says", place.message],
    ["accepted", place.accepted],
    ["next", place.next],
    ["exit", place.warning ? "none, a warning" : exit === "cause" ? "that of the cause" : String(exit)],
  ];
  const told = lines.flatMap(([title, text]) => (text === undefined ? [] : [`- ${title}: ${oneLine(text)}`]));
  return [...told, `- in [${place.file}](../${place.file})`].join("\n");
}

/** On one line, and nothing of it taken for Markdown. */
function oneLine(text: string): string {
  return text
    .replaceAll(/\s*\n\s*/g, " ")
    .replaceAll("<", "&lt;")
    .replaceAll("*", "\\*")
    .trim();
}
