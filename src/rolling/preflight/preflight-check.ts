import type { ErrorCode } from "../../core/error-codes.ts";
import { ExitCode, LorError } from "../../core/errors.ts";

/** One check before a switch changes anything, and its outcome. It concerns what is left to do, not what was done. */
export type PreflightCheck = Met | Doubtful | Refused;

interface Named {
  /** In a word or two: `reversibility`, `quota`. Several checks may have one name. */
  readonly name: string;
  /** Finding, one sentence without a final period. */
  readonly reason: string;
}

interface Met extends Named {
  readonly outcome: "ok";
}

/** Worth knowing before one says yes; it stops nothing. */
interface Doubtful extends Named {
  /** `unknown`: whoever could say it was not allowed to, or did not: never the same as `ok`. */
  readonly outcome: "warning" | "unknown";
  /** Stable kebab-case code, listed in docs/errors.md. */
  readonly code: ErrorCode;
  /** The next command to type, or what to look at. */
  readonly next?: string;
}

/** Nothing is changed. */
export interface Refused extends Named {
  readonly outcome: "refused";
  /** Stable kebab-case code, listed in docs/errors.md: the command ends with it. */
  readonly code: ErrorCode;
  /** Path of the setting or option, where there is one. */
  readonly path?: string;
  readonly seen?: string;
  readonly accepted?: string;
  /** The next command to type. */
  readonly next: string;
}

function isRefused(check: PreflightCheck): check is Refused {
  return check.outcome === "refused";
}

/** The first refusal as the command's error, with every check for a script; undefined: nothing refuses. */
export function preflightError(checks: readonly PreflightCheck[]): LorError | undefined {
  const [first, ...others] = checks.filter(isRefused);
  if (first === undefined) return undefined;
  const { code, reason, path, seen, accepted, next } = first;
  const more = [...new Set(others.map((one) => one.code))].join(", ");
  return new LorError({
    code,
    message: `${reason}; nothing was changed${more === "" ? "" : ` (refused too: ${more})`}`,
    exit: ExitCode.refused,
    culprit: "user",
    ...(path === undefined ? {} : { path }),
    ...(seen === undefined ? {} : { seen }),
    ...(accepted === undefined ? {} : { accepted }),
    next,
    also: { checks },
  });
}

/**
 * Checks of a switch that has begun: what only its beginning requires is reported, and keeps nobody from finishing what is half done.
 */
export function onceBegun(checks: readonly PreflightCheck[]): readonly PreflightCheck[] {
  return checks.map((check) => {
    if (!isRefused(check)) return check;
    const { name, reason, code, next } = check;
    return {
      name,
      outcome: "warning",
      reason: `${reason}; the switch has begun, and is ended all the same`,
      code,
      next,
    };
  });
}
