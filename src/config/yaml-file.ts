import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseDocument } from "yaml";
import type { Issue, Result } from "../core/result.ts";
import { problem } from "./problem.ts";

/** A mapping as YAML gives it, not checked yet. */
export type RawMapping = Readonly<Record<string, unknown>>;

/** Reads one settings file whose top level is a mapping. Every syntax error is an issue with its line. */
export function readYamlFile(folder: string, file: string): Result<RawMapping> {
  const content = readText(join(folder, file));
  if (content === undefined) {
    return {
      ok: false,
      issues: [
        problem(file, "file-missing", {
          what: "there is no such file",
          seen: folder,
          accepted: "a folder with it; `lor-infra init` writes one",
        }),
      ],
    };
  }
  const document = parseDocument(content, { prettyErrors: true });
  if (document.errors.length > 0) {
    return { ok: false, issues: document.errors.map((error) => syntaxIssue(file, error)) };
  }
  const value: unknown = document.toJS({ maxAliasCount: 100 });
  if (!isMapping(value)) {
    return {
      ok: false,
      issues: [
        problem(file, "yaml-shape", {
          what: "has no keys at its top level",
          seen: value,
          accepted: "key: value lines",
        }),
      ],
    };
  }
  return { ok: true, value };
}

export function isMapping(value: unknown): value is RawMapping {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function readText(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "ENOENT" || error.code === "ENOTDIR"))
      return undefined;
    throw error;
  }
}

/** The parser's message repeats the line's text, which may hold a secret: only its first line is kept. */
function syntaxIssue(
  file: string,
  error: { message: string; linePos?: readonly { line: number; col: number }[] | undefined },
): Issue {
  const place = error.linePos?.[0];
  const where = place === undefined ? "" : ` at line ${place.line}, column ${place.col}`;
  const [reason] = error.message.replace(/ at line \d+, column \d+:?/, "").split("\n");
  return problem(file, "yaml-syntax", { what: `cannot be read as YAML${where} (${reason?.trim()})`, accepted: "YAML" });
}
