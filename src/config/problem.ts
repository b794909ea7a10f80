import type { ErrorCode } from "../core/error-codes.ts";
import type { Issue } from "../core/result.ts";
import { looksSecret } from "./secret-looking.ts";

export interface Problem {
  /** Description of the problem, in lower case. */
  readonly what: string;
  /** Value as read; hidden when it looks like a secret. Absent when there is none. */
  readonly seen?: unknown;
  readonly accepted: string;
}

/** An issue whose message contains the value seen and the values accepted. */
export function problem(path: string, code: ErrorCode, { what, seen, accepted }: Problem, exit: 2 | 3 = 2): Issue {
  const shown = seen === undefined ? "" : `: seen ${showValue(seen)}`;
  return { path, code, message: `${what}${shown}; accepted: ${accepted}`, exit };
}

/** A value in one short line. */
export function showValue(value: unknown): string {
  if (typeof value === "string" && looksSecret(value)) return "(hidden, it looks like a secret)";
  // JSON has no infinity and no NaN: it writes null.
  const text = typeof value === "object" ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 77)}...` : text === "" ? '""' : text;
}
