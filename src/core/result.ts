import type { ErrorCode } from "./error-codes.ts";
/** One problem found in a setting; all of them are reported at once. */
export interface Issue {
  /** Path of the setting, such as `mysql.plan`. */
  readonly path: string;
  /** Stable kebab-case code, listed in docs/errors.md. */
  readonly code: ErrorCode;
  /** Problem, value seen, values accepted. */
  readonly message: string;
  /** 2: invalid settings; 3: refused by a policy or by the RPO. */
  readonly exit: 2 | 3;
}

/** A value, or all reasons why there is none. */
export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly issues: readonly Issue[] };
