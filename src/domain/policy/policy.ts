import type { ErrorCode } from "../../core/error-codes.ts";
import type { PolicyFacts } from "./facts.ts";

/** A rule of the company about valid settings; it has a reason, and most can be waived for a while. */
export interface Policy {
  /** Stable kebab-case code, listed in docs/errors.md and docs/policies.md. */
  readonly code: ErrorCode;
  /** A warning is reported and accepted; a refusal ends with `exit`: 3, or 2 when the system could not be built or switched. */
  readonly kind: "refusal" | "warning";
  readonly exit: 2 | 3;
  /** Reason, one sentence. */
  readonly reason: string;
  /** Command or change that resolves a violation. */
  readonly remedy: string;
  /** Why it accepts no waiver; undefined: it can be waived. */
  readonly neverWaived: string | undefined;
  /** Violations; undefined when a needed fact is missing. */
  readonly judge: (facts: Partial<PolicyFacts>) => readonly Violation[] | undefined;
}

/** One violation. */
export interface Violation {
  /** Setting to change, such as `mysql.plan`. */
  readonly path: string;
  /** Subject of the violation, such as a data set; a waiver may name one. */
  readonly subject: string;
  readonly what: string;
  readonly seen?: unknown;
  readonly accepted: string;
  /** A warning whatever the policy's kind: reported and accepted. */
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

/** A policy that judges only when all facts that it needs are known. */
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
