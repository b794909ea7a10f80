import { ExitCode, LorError } from "../../core/errors.ts";

/** One question that is asked before a switch changes anything, and its answer. What is left to do is asked about, not what was done. */
export type Condition = Met | Doubtful | Refused;

interface Asked {
  /** What is asked, in a few words: `the way back`, `quota`. Several conditions may answer one question. */
  readonly asked: string;
  /** What was found, one sentence without a final period. */
  readonly reason: string;
}

interface Met extends Asked {
  readonly outcome: "ok";
}

/** Worth knowing before one says yes; it stops nothing. */
interface Doubtful extends Asked {
  /** `unknown`: whoever could say it was not allowed to, or did not: never the same as `ok`. */
  readonly outcome: "warning" | "unknown";
  /** Stable kebab-case code, listed in docs/errors.md. */
  readonly code: string;
  /** The next command to type, or what to look at. */
  readonly next?: string;
}

/** Nothing is changed. */
export interface Refused extends Asked {
  readonly outcome: "refused";
  /** Stable kebab-case code, listed in docs/errors.md: the command ends with it. */
  readonly code: string;
  /** Path of the setting or option, where there is one. */
  readonly path?: string;
  readonly seen?: string;
  readonly accepted?: string;
  /** The next command to type. */
  readonly next: string;
}

function isRefused(condition: Condition): condition is Refused {
  return condition.outcome === "refused";
}

/** The first refusal as the command's error, with every condition for a script; undefined: nothing refuses. */
export function refusalOf(conditions: readonly Condition[]): LorError | undefined {
  const [first, ...others] = conditions.filter(isRefused);
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
    also: { conditions },
  });
}

/**
 * Conditions of a switch that has begun: what only its beginning had to ask for is said, and keeps nobody from ending what is half done.
 */
export function onceBegun(conditions: readonly Condition[]): readonly Condition[] {
  return conditions.map((condition) => {
    if (!isRefused(condition)) return condition;
    const { asked, reason, code, next } = condition;
    return {
      asked,
      outcome: "warning",
      reason: `${reason}; the switch has begun, and is ended all the same`,
      code,
      next,
    };
  });
}
