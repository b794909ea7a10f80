import { join } from "node:path";
import { constructFromEvents, EVENT_ID, type Event, getScalarValue, parseEvents, YAMLException } from "js-yaml";
import type { Issue, Result } from "../core/result.ts";
import { readUserText } from "../os/user-file.ts";
import { problem, showValue } from "./problem.ts";
import { limitProblems } from "./problem-limit.ts";

/** A mapping as parsed from YAML, not validated yet. */
export type RawMapping = Readonly<Record<string, unknown>>;

/** Maximum nesting of groups and lists; settings need about eight. */
const deepest = 64;

/** Highest number of keys, values and groups in one file; the settings of a shop need about 300. */
const mostValues = 10_000;

/**
 * Reads one settings file whose top level is a mapping: a regular file of at most 1 MiB in UTF-8 with one YAML document.
 * A syntax error is an issue with its line.
 */
export function readYamlFile(folder: string, file: string): Result<RawMapping> {
  const read = readUserText(join(folder, file));
  if (read.ok) return parseYaml(file, read.content);
  const { code, reason, accepted } = read.fault;
  if (code !== "file-missing") return refuse([problem(file, code, { what: `the file ${reason}`, accepted })]);
  return refuse([
    problem(file, "file-missing", {
      what: "the file does not exist",
      seen: folder,
      accepted: "a folder with it; `lor-infra init` writes one",
    }),
  ]);
}

export function isMapping(value: unknown): value is RawMapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseYaml(file: string, text: string): Result<RawMapping> {
  let value: unknown;
  try {
    const events = parseEvents(text, { maxDepth: deepest });
    if (events.length > mostValues) {
      const accepted = `at most ${mostValues} keys, values and groups`;
      return refuse([problem(file, "yaml-too-long", { what: "holds more than any settings need", accepted })]);
    }
    const issues = [...findRepeatedKeys(file, text, events), ...findSecondDocument(file, text, events)];
    if (issues.length > 0) return refuse(limitProblems(issues));
    // The library finds the repeated keys that are only equal as values, such as an alias: it stops at the first, without the lines of both.
    [value] = constructFromEvents(events, { source: text });
  } catch (error) {
    if (error instanceof YAMLException) return refuse([syntaxIssue(file, error)]);
    throw error;
  }
  if (isExcessive(value)) {
    return refuse([
      problem(file, "yaml-aliases", {
        what: "its aliases (`*name`) expand too far, or refer to themselves",
        accepted: "values written where they belong",
      }),
    ]);
  }
  if (!isMapping(value)) {
    return refuse([
      problem(file, "yaml-shape", {
        what: "has no keys at its top level",
        seen: value ?? null,
        accepted: "key: value lines",
      }),
    ]);
  }
  return { ok: true, value };
}

/** Whether aliases make a value larger or deeper than a text may be. One inside its own anchor has no end. */
function isExcessive(value: unknown): boolean {
  let left = mostValues;
  const exceeds = (inner: unknown, depth: number): boolean => {
    left -= 1;
    if (left < 0 || depth > deepest) return true;
    return typeof inner === "object" && inner !== null && Object.values(inner).some((one) => exceeds(one, depth + 1));
  };
  return exceeds(value, 0);
}

/** A mapping, list or document that is still open. */
interface OpenNode {
  /** Line of each key of a mapping; undefined for a list and a document. */
  readonly lines: Map<string, number> | undefined;
  /** In a mapping: whether the next node is a key. */
  atKey: boolean;
}

function findRepeatedKeys(file: string, text: string, events: readonly Event[]): Issue[] {
  const issues: Issue[] = [];
  const open: OpenNode[] = [];
  const lineAt = countLines(text);
  for (const event of events) {
    if (event.type === EVENT_ID.POP) {
      open.pop();
      continue;
    }
    const parent = open.at(-1);
    if (parent?.lines !== undefined && parent.atKey && event.type === EVENT_ID.SCALAR) {
      const key = getScalarValue(text, event);
      const line = lineAt(event.valueStart);
      const first = parent.lines.get(key);
      if (first === undefined) parent.lines.set(key, line);
      else {
        const what = `has the key ${showValue(key)} twice, at line ${first} and line ${line}`;
        issues.push(problem(file, "key-twice", { what, accepted: "one of them" }));
      }
    }
    if (parent !== undefined) parent.atKey = !parent.atKey;
    if (event.type === EVENT_ID.MAPPING) open.push({ lines: new Map(), atKey: true });
    else if (event.type === EVENT_ID.SEQUENCE || event.type === EVENT_ID.DOCUMENT) {
      open.push({ lines: undefined, atKey: false });
    }
  }
  return issues;
}

function findSecondDocument(file: string, text: string, events: readonly Event[]): Issue[] {
  const second = events.findIndex(({ type }, index) => type === EVENT_ID.DOCUMENT && index > 0);
  if (second < 0) return [];
  const start = startOf(events[second + 1]) ?? text.trimEnd().length;
  return [
    problem(file, "yaml-several-documents", {
      what: `holds several YAML documents; the second begins at line ${countLines(text)(start)}`,
      accepted: "one document",
    }),
  ];
}

function startOf(event: Event | undefined): number | undefined {
  if (event === undefined) return undefined;
  const start = "valueStart" in event ? event.valueStart : "start" in event ? event.start : undefined;
  // An empty document has no position.
  return start === undefined || start < 0 ? undefined : start;
}

/** Lines of positions, counted from 1; the positions must not decrease. */
function countLines(text: string): (position: number) => number {
  let line = 1;
  let lineEnd = text.indexOf("\n");
  return (position) => {
    while (lineEnd >= 0 && lineEnd < position) {
      line += 1;
      lineEnd = text.indexOf("\n", lineEnd + 1);
    }
    return line;
  };
}

function syntaxIssue(file: string, { reason, mark }: YAMLException): Issue {
  if (reason.includes("maxDepth")) {
    const accepted = `at most ${deepest} levels`;
    return problem(file, "yaml-too-deep", { what: "nests groups or lists too deeply", accepted });
  }
  const place = mark === undefined ? "" : ` at line ${mark.line + 1}, column ${mark.column + 1}`;
  if (reason.includes("duplicated mapping key")) {
    return problem(file, "key-twice", { what: `has a key twice, the second time${place}`, accepted: "one of them" });
  }
  return problem(file, "yaml-syntax", {
    what: `cannot be read as YAML${place} (${reason})`,
    accepted: /\btab\b/.test(reason) ? "spaces for indentation" : "YAML",
  });
}

function refuse(issues: readonly Issue[]): Result<never> {
  return { ok: false, issues };
}
