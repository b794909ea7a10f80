import type { ErrorCode } from "./error-codes.ts";
/** Exit codes of the command line; each error has one. */
export const ExitCode = {
  done: 0,
  failed: 1,
  usage: 2,
  refused: 3,
  locked: 4,
  differences: 5,
} as const;
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** Cause: the user's input, the cloud's answer, or a defect of this program. */
export type Culprit = "user" | "cloud" | "tool";

export interface LorErrorDetails {
  /** Stable kebab-case code, listed in docs/errors.md. */
  readonly code: ErrorCode;
  /** Problem, with the system and setting. Lower case, no final period. */
  readonly message: string;
  readonly exit: ExitCode;
  readonly culprit: Culprit;
  /** Path of the setting, such as `mysql.plan`. */
  readonly path?: string;
  /** The value seen, as text; never a secret. */
  readonly seen?: string;
  /** Accepted values. */
  readonly accepted?: string;
  /** The next command to type. */
  readonly next?: string;
  /** Additional fields of the error's JSON document; never a secret. */
  readonly also?: Readonly<Record<string, unknown>>;
  readonly cause?: unknown;
}

/** The only error that reaches the user; anything else is a defect and is shown as `internal`. */
export class LorError extends Error {
  readonly code: ErrorCode;
  readonly exit: ExitCode;
  readonly culprit: Culprit;
  readonly path: string | undefined;
  readonly seen: string | undefined;
  readonly accepted: string | undefined;
  readonly next: string | undefined;
  readonly also: Readonly<Record<string, unknown>> | undefined;

  readonly #details: LorErrorDetails;

  constructor(details: LorErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = "LorError";
    this.code = details.code;
    this.exit = details.exit;
    this.culprit = details.culprit;
    this.path = details.path;
    this.seen = details.seen;
    this.accepted = details.accepted;
    this.next = details.next;
    this.also = details.also;
    this.#details = details;
  }

  /** The same error with its consequence added. */
  adding(text: string): LorError {
    return new LorError({ ...this.#details, message: `${this.message}; ${text}` });
  }
}

/** Message of an error, or the text of anything else that was thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
