import type { ErrorCode } from "../../core/error-codes.ts";
import type { PolicyFacts } from "./facts.ts";

/** A rule of the company, not of the form of its settings: it has a reason, and mostly it can be waived for a while. */
export interface Policy {
  /** Stable kebab-case code, listed in docs/errors.md and docs/policies.md. */
  readonly code: ErrorCode;
  /** A warning is told and accepted; a refusal ends with `exit`: 3, or 2 where what is refused could not be built or switched. */
  readonly kind: "refusal" | "warning";
  readonly exit: 2 | 3;
  /** Why it exists, one sentence. */
  readonly reason: string;
  /** What to type or to change. */
  readonly remedy: string;
  /** Why no waiver of it is accepted; undefined: it can be waived. */
  readonly neverWaived: string | undefined;
  /** What violates it; undefined when the facts that it needs are not there. */
  readonly judge: (facts: Partial<PolicyFacts>) => readonly Violation[] | undefined;
}

/** One violation. */
export interface Violation {
  /** Setting to look at, such as `mysql.plan`. */
  readonly path: string;
  /** What of the system violates it, such as a data set; a waiver may name one. */
  readonly subject: string;
  readonly what: string;
  readonly seen?: unknown;
  readonly accepted: string;
  /** Worth knowing, and no reason to stop: told and accepted, whatever the policy's kind. */
  readonly warning?: true;
}

interface PolicyArgs<F extends keyof PolicyFacts> {
  readonly code: ErrorCode;
  readonly kind?: "warning";
  /** Default 3. */
  readonly exit?: 2 | 3;
  readonly reason: string;
  readonly remedy: string;
  readonly neverWaived?: string;
  readonly needs: readonly F[];
  readonly judge: (facts: Pick<PolicyFacts, F>) => readonly Violation[];
}

/** A policy that judges only when every fact that it needs is there. */
export function definePolicy<const F extends keyof PolicyFacts>({ needs, judge, ...args }: PolicyArgs<F>): Policy {
  return {
    code: args.code,
    kind: args.kind ?? "refusal",
    exit: args.exit ?? 3,
    reason: args.reason,
    remedy: args.remedy,
    neverWaived: args.neverWaived,
    judge: (facts) => (hasAll(facts, needs) ? judge(facts) : undefined),
  };
}

function hasAll<F extends keyof PolicyFacts>(
  facts: Partial<PolicyFacts>,
  needs: readonly F[],
): facts is Pick<PolicyFacts, F> & Partial<PolicyFacts> {
  return needs.every((need) => facts[need] !== undefined);
}
