import type { ErrorCode, ErrorPlace } from "./error-codes.ts";

/** Where the page lies, from the repository's root. */
export const errorsPage = "docs/errors.md";

const exits: readonly (readonly [exit: number | "varies" | "warning", title: string])[] = [
  [1, "Exit 1: failed"],
  [2, "Exit 2: bad usage or settings"],
  [3, "Exit 3: refused by a policy or by the RPO"],
  [4, "Exit 4: locked"],
  ["varies", "Exit of what is inside: a failed step, problems of settings"],
  ["warning", "No exit: warnings, the command goes on"],
];

/** The page of every error code. Pure: the same codes give the same text. */
export function renderErrorsPage(codes: readonly ErrorCode[]): string {
  return `${[intro, ...exits.flatMap(([exit, title]) => renderIndex(title, withExit(codes, exit))), "## Each code", ...codes.map(renderCode)].join("\n\n")}\n`;
}

/** How a code ends the command: the same wherever it is thrown. */
function exitOf({ places }: ErrorCode): number | "varies" | "warning" {
  const own = exitsOf({ places })[0];
  return own ?? (places.every((place) => place.warning) ? "warning" : "varies");
}

/** Every exit that a code has; more than one is a defect. */
export function exitsOf({ places }: Pick<ErrorCode, "places">): readonly (number | "varies")[] {
  return [...new Set(places.flatMap(({ exit }) => (exit === undefined ? [] : [exit])))];
}

const intro = `# Error codes

<!-- Generated from the code by: node test/docs/generate-errors.ts -->

Every error says what cannot be done, and carries a code that does not change. On the screen it stands in brackets:

    error: the stack prod is not up on the local cloud [not-created]
      next      lor-infra up

With \`--json\` the same is one document: \`{"version":1,"ok":false,"error":{"code":…,"message":…,"next":…}}\`. \`lor-infra check --json\` lists problems of settings as \`issues\`, each with \`path\`, \`code\` and \`message\`.

In the texts below \`{name}\` and \`…\` stand for what is only known when it happens. A problem of a setting also shows the value seen. Plain Pulumi shows the codes of settings and guards in
brackets after the text; the engine then ends with its own exit code.

Exit 0 is done. Exit 5 is no error: \`lor-infra preview\` with \`--detect\` or \`--exit-code\` found differences.`;

function withExit(codes: readonly ErrorCode[], exit: number | "varies" | "warning"): readonly ErrorCode[] {
  return codes.filter((code) => exitOf(code) === exit);
}

function renderIndex(title: string, codes: readonly ErrorCode[]): readonly string[] {
  if (codes.length === 0) return [];
  return [`## ${title}`, codes.map(({ code }) => `[${code}](#${code})`).join(" · ")];
}

function renderCode(code: ErrorCode): string {
  const stop = code.places.some((place) => place.message !== undefined);
  // A code that is only passed on there is explained where it is made.
  const places = code.places.filter((place) => place.message !== undefined || !stop || place.accepted !== undefined);
  return [`### ${code.code}`, ...places.map((place) => renderPlace(place, exitOf(code)))].join("\n\n");
}

function renderPlace(place: ErrorPlace, exit: number | "varies" | "warning"): string {
  const lines: readonly (readonly [title: string, text: string | undefined])[] = [
    ["says", place.message],
    ["accepted", place.accepted],
    ["next", place.next],
    ["exit", place.warning ? "none, a warning" : exit === "varies" ? "that of what is inside" : String(exit)],
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
