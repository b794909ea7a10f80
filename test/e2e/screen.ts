import { join } from "node:path";
import { expect } from "vitest";
import type { Run, TestProject } from "./project.ts";
import { repository } from "./project.ts";

const folder = join(import.meta.dirname, "golden", "screens");

/** What is not compared, and what stands for it. */
export type Mask = readonly [RegExp, string];

/** What differs from run to run: how long something took, who ran it and when, what the cloud or the machine chose. */
const chosen: readonly Mask[] = [
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "<uuid>"],
  [/\b[0-9a-f]{12}(?:[0-9a-f]{4}|[0-9a-f]{52})?\b/g, "<fingerprint>"],
  [/\b(mysql|postgresql)-[0-9a-f]{8}-o[0-9a-f]{8}\b/g, "$1-<chosen>"],
  [/\b\d{4}-\d\d-\d\dT[\d:.-]+Z/g, "<instant>"],
  [/\b(\d{4}-\d\d-\d\d) \d\d:\d\d\b/g, "$1 <clock>"],
  [/\b(?:\d+ h(?: \d+ min)?|\d+ min|less than a minute) ago\b/g, "<time> ago"],
  // What a rush costs until its end is less with every second.
  [/(until the end of the rush on \S+ )[\d.]+ EUR \([\d.]+/g, "$1<amount> EUR (<amount>"],
  [/(It cost |; in all |^ {2}(?=[\d.]+ EUR less than planned)|as it was .* )[\d.]+/gm, "$1<amount>"],
  [/("cost": \{[^}]*"total": ")[^"]*(",\s*"extra": ")[^"]*/g, "$1<amount>$2<amount>"],
  [/\b(?:\d+ h )?(?:\d+ min )?\d+(?:\.\d+)? s\b/g, "<time>"],
  // A whole minute, where that is a time that something took.
  [/((?:[Dd]one|changes|resources) in |steps and )(?:\d+ h )?\d+ min\b/g, "$1<time>"],
  [/(?<= {2})(?:\d+ h )?\d+ min(?= {2}|$)/gm, "<time>"],
  // Which engine this machine has, and where.
  [/\/\S+\/bin\/(pulumi(?:-language-nodejs)?)\b/g, "<engine>/$1"],
  [/\/\S+\/lor-infra\/engine\b/g, "<cache>"],
  [/Pulumi \d+\.\d+\.\d+ \(\w+\)/g, "Pulumi <version> (<origin>)"],
  [/(Pulumi) \d+\.\d+\.\d+( is ready.*) \(\w+\)/g, "$1 <version>$2 (<origin>)"],
  [/("(?:go|origin|version)": )"[^"]*"(?=,?\n)/g, '$1"<chosen>"'],
  // A price book gets too old one day.
  [/^. price book .*\n/gm, ""],
  [/\s+\{\s+"subject": "price book",[^}]*\},/g, ""],
  [/\b(process) \d+/g, "$1 <pid>"],
  [/("by": ")[^"]*/g, "$1<user> on <machine>"],
  [/\S+ on \S+( +)\d+( +kept)\b/g, "<user> on <machine>$1<number>$2"],
  [/("changed": )\d+/g, '$1"<number>"'],
  [/("?PATH"?(?:=|: )["'])[^"']*/g, "$1<path>"],
  [/\b((?:openstack|ovh|random):)\d+(?=[,'"])/g, "$1<port>"],
  [/\b(port) \d{5}\b/g, "$1 <port>"],
  [/\b\d+ (days old)/g, "<number> $1"],
  [/\b127(?:\.\d+){3}/g, "<loopback>"],
  // Automatic addresses of the load balancer's network, and public ones.
  [/\b10\.10\.0\.1\d\d\b/g, "<address>"],
  [/\b(?!10\.)(?:\d{1,3}\.){3}\d{1,3}\b(?!\/)/g, "<address>"],
  [/(<loopback>|localhost):\d+/g, "$1:<port>"],
  [
    /("(?:seconds|pid|trafficPortOffset|openstack|ovh|random|memoryBytes)": )(?:\d[\d.]*|"[^"]*")(?=,?\n)/g,
    '$1"<chosen>"',
  ],
  [/\b\d+ (requests)\b/g, "<number> $1"],
  [/\b\d+ open connections, [\d.]+ new ones/g, "<number> open connections, <number> new ones"],
];

/**
 * Holds what a command said against test/e2e/golden/screens/NAME.txt, or NAME-document.snap after `--json`. To accept a changed screen: `npm run golden`, then
 * read the difference in git.
 *
 * @param varies what differs from run to run in this screen only
 */
export async function expectScreen(
  project: TestProject,
  name: string,
  { stdout, stderr }: Run,
  varies: readonly Mask[] = [],
): Promise<void> {
  const json = stdout.startsWith("{");
  const text = json ? abbreviated(stdout) : `${stdout}${stderr === "" ? "" : `── standard error ──\n${stderr}`}`;
  const said = plain(project, json ? text : unwrapped(text), varies);
  await expect(json ? said : lines(said)).toMatchFileSnapshot(
    join(folder, `${name}${json ? "-document.snap" : ".txt"}`),
  );
}

/** Longest document that is compared whole, in lines. */
const longest = 300;

/** Of a longer document each list of objects is cut to three: more of one form add length and prove nothing. */
function abbreviated(document: string): string {
  if (document.split("\n").length <= longest) return document;
  const shorten = (_: string, value: unknown) =>
    Array.isArray(value) && value.length > 4 && typeof value[0] === "object"
      ? [...value.slice(0, 3), `… and ${value.length - 3} more`]
      : value;
  return `${JSON.stringify(JSON.parse(document), shorten, 2)}\n`;
}

function plain(project: TestProject, text: string, varies: readonly Mask[]): string {
  const named = text.replaceAll(project.folder, "<project>").replaceAll(repository, "<repository>");
  return [...varies, ...chosen].reduce((now, [pattern, word]) => now.replace(pattern, word), named);
}

/** A sentence of a switch's checks continues in the next line where its column ends, and what differs in it is not always as long. */
function unwrapped(text: string): string {
  return text.replace(/(?<=^ {2}.*)\n {25,}(?=\S)(?!next:)/gm, " ");
}

/** Columns are as wide as their widest number, and what is changed side by side ends in any order. */
function lines(text: string): string {
  const sorted: string[] = [];
  let block: string[] = [];
  for (const line of text.split("\n")) {
    const narrow = line
      .replace(/(?<=\S) {2,}/g, "  ")
      .replace(/^ {12,}/, " ".repeat(12))
      .trimEnd();
    if (/^ {2}[+~-] /.test(narrow)) {
      block.push(narrow);
      continue;
    }
    sorted.push(...block.toSorted(), narrow);
    block = [];
  }
  return [...sorted, ...block.toSorted()].join("\n");
}
