import type { Issue } from "../../../core/result.ts";
import type { PartialPair, Rule } from "./rule.ts";

const refusing: readonly Rule[] = Object.freeze([]);
const warning: readonly Rule[] = Object.freeze([]);

/** Judges a pair of profiles, each of which may lack sections that could not be read. */
export function findRefusals(pair: PartialPair): {
  readonly issues: readonly Issue[];
  readonly warnings: readonly Issue[];
} {
  return {
    issues: refusing.flatMap((rule) => rule.check(pair)),
    warnings: warning.flatMap((rule) => rule.check(pair)),
  };
}
