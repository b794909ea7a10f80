import { join } from "node:path";
import {
  Composer,
  type Document,
  isScalar,
  Lexer,
  LineCounter,
  type ParsedNode,
  Parser,
  visit,
  type YAMLError,
  type YAMLMap,
} from "yaml";
import type { Issue, Result } from "../core/result.ts";
import { readUserText } from "../os/user-file.ts";
import { problem, showValue } from "./problem.ts";
import { limitProblems } from "./problem-limit.ts";

/** A mapping as parsed from YAML, not validated yet. */
export type RawMapping = Readonly<Record<string, unknown>>;

/** Maximum nesting of groups and lists; settings need about eight. */
const deepest = 64;

/** Maximum number of YAML tokens in one file; the settings of a shop need about 1,500. */
const mostWords = 20_000;

/**
 * Reads one settings file whose top level is a mapping: a regular file of at most 1 MiB in UTF-8 with one YAML document.
 * Every syntax error is an issue with its line.
 */
export function readYamlFile(folder: string, file: string): Result<RawMapping> {
  const read = readUserText(join(folder, file));
  if (read.ok) return parseYaml(file, read.content);
  const { code, reason, accepted } = read.fault;
  if (code !== "file-missing") return refuse([problem(file, code, { what: `the file ${reason}`, accepted })]);
  return refuse([
    problem(file, "file-missing", {
      what: "there is no such file",
      seen: folder,
      accepted: "a folder with it; `lor-infra init` writes one",
    }),
  ]);
}

export function isMapping(value: unknown): value is RawMapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function parseYaml(file: string, text: string): Result<RawMapping> {
  const lines = new LineCounter();
  const documents = composeDocuments(text, lines);
  if (documents === "too deep") {
    const accepted = `at most ${deepest} levels`;
    return refuse([problem(file, "yaml-too-deep", { what: "nests groups or lists too deeply", accepted })]);
  }
  if (documents === "too long") {
    const accepted = `at most ${mostWords} words and signs of YAML`;
    return refuse([problem(file, "yaml-too-long", { what: "holds more than any settings need", accepted })]);
  }
  const [document, second] = documents;
  const errors = documents.flatMap(({ errors, warnings }) => [...errors, ...warnings]);
  const issues = [
    ...errors.map((error) => syntaxIssue(file, error, lines)),
    ...(document === undefined ? [] : findRepeatedKeys(file, document, lines)),
  ];
  if (second !== undefined) {
    issues.push(
      problem(file, "yaml-several-documents", {
        what: `holds several YAML documents; the second begins at line ${lines.linePos(second.range[0]).line}`,
        accepted: "one document",
      }),
    );
  }
  if (issues.length > 0) return refuse(limitProblems(issues));
  const value = readValue(document);
  if (value === excessive) {
    return refuse([
      problem(file, "yaml-aliases", {
        what: "its aliases (`*name`) repeat too much, or repeat themselves",
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

/** Refuses a text that would exhaust the stack or take minutes to process. */
function composeDocuments(text: string, lines: LineCounter): readonly Document.Parsed[] | "too deep" | "too long" {
  const parser = new Parser(lines.addNewLine);
  lines.addNewLine(0);
  // The library compares each key with all previous ones, which takes minutes for a large file. `findRepeatedKeys` replaces that check.
  const composer = new Composer<ParsedNode>({ prettyErrors: false, uniqueKeys: false });
  const documents: Document.Parsed[] = [];
  let words = 0;
  for (const lexeme of new Lexer().lex(text)) {
    if (/^[^\s#]/.test(lexeme)) words++;
    if (words > mostWords) return "too long";
    for (const token of parser.next(lexeme)) documents.push(...composer.next(token));
    // A nested group is one entry of this stack, or two.
    if (parser.stack.length > deepest * 2) return "too deep";
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end());
  return documents;
}

const excessive = Symbol("excessive aliases");

function readValue(document: Document.Parsed | undefined): unknown {
  try {
    const value: unknown = document?.toJS({ maxAliasCount: 100 });
    return containsItself(value) ? excessive : value;
  } catch (error) {
    if (error instanceof ReferenceError) return excessive;
    throw error;
  }
}

/** The library turns `&a [*a]` into a list that contains itself. */
function containsItself(value: unknown, above: readonly object[] = []): boolean {
  if (typeof value !== "object" || value === null) return false;
  return above.includes(value) || Object.values(value).some((inner) => containsItself(inner, [...above, value]));
}

function findRepeatedKeys(file: string, document: Document.Parsed, lines: LineCounter): Issue[] {
  const issues: Issue[] = [];
  const search = (map: YAMLMap): void => {
    const firstLines = new Map<string, number>();
    for (const { key } of map.items) {
      if (!isScalar(key) || !key.range) continue;
      const { line } = lines.linePos(key.range[0]);
      const first = firstLines.get(String(key.value));
      if (first === undefined) {
        firstLines.set(String(key.value), line);
        continue;
      }
      issues.push(
        problem(file, "key-twice", {
          what: `has the key ${showValue(key.value)} twice, at line ${first} and line ${line}`,
          accepted: "one of them",
        }),
      );
    }
  };
  visit(document, { Map: (_, map) => search(map) });
  return issues;
}

/** The parser's message repeats the line's text, which may contain a secret: only its first line is kept. */
function syntaxIssue(file: string, error: YAMLError, lines: LineCounter): Issue {
  const { line, col } = lines.linePos(error.pos[0]);
  const [reason] = error.message.split("\n");
  return problem(file, "yaml-syntax", {
    what: `cannot be read as YAML at line ${line}, column ${col} (${reason?.trim()})`,
    accepted: error.code === "TAB_AS_INDENT" ? "spaces for indentation" : "YAML",
  });
}

function refuse(issues: readonly Issue[]): Result<never> {
  return { ok: false, issues };
}
