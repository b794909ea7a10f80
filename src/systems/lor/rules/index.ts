import type { Issue } from "../../../core/result.ts";
import { addressRules } from "./address-rules.ts";
import { calendarRules } from "./calendar-rules.ts";
import { pairRules } from "./pair-rules.ts";
import { recoveryRules } from "./recovery-rules.ts";
import type { PartialPair, Rule } from "./rule.ts";
import { sizeRules } from "./size-rules.ts";
import { warningRules } from "./warning-rules.ts";

const refusing: readonly Rule[] = Object.freeze([
  ...addressRules,
  ...sizeRules,
  ...pairRules,
  ...recoveryRules,
  ...calendarRules,
]);

/** Judges a pair of profiles, each of which may lack sections that could not be read. */
export function findRefusals(pair: PartialPair): {
  readonly issues: readonly Issue[];
  readonly warnings: readonly Issue[];
} {
  return {
    issues: refusing.flatMap((rule) => rule.check(pair)),
    warnings: warningRules.flatMap((rule) => rule.check(pair)),
  };
}
