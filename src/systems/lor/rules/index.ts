import type { Refusals } from "../../contract.ts";
import type { LorSettings } from "../settings.ts";
import { accessRules } from "./access-rules.ts";
import { addressRules } from "./address-rules.ts";
import { calendarRules } from "./calendar-rules.ts";
import { certificateRules } from "./certificate-rules.ts";
import { mailRules } from "./mail-rules.ts";
import { pairRules } from "./pair-rules.ts";
import { findPolicyIssues } from "./policy-rules.ts";
import { recoveryRules } from "./recovery-rules.ts";
import { returnRules } from "./return-rules.ts";
import { rollingRules } from "./rolling-rules.ts";
import type { PartialPair, Rule } from "./rule.ts";
import { sizeRules } from "./size-rules.ts";
import { waiverRules } from "./waiver-rules.ts";
import { warningRules } from "./warning-rules.ts";

const refusing: readonly Rule[] = Object.freeze([
  ...addressRules,
  ...accessRules,
  ...sizeRules,
  ...pairRules,
  ...recoveryRules,
  ...calendarRules,
  ...returnRules,
  ...rollingRules,
  ...certificateRules,
  ...mailRules,
  ...waiverRules,
]);

/**
 * Judges a pair of profiles, each of which may lack invalid sections, by all rules and policies.
 * @param complete the same pair when nothing is missing
 * @param today `YYYY-MM-DD` in UTC; decides which waivers have expired and which prices are old
 */
export function findRefusals(
  pair: PartialPair,
  complete: { readonly normal: LorSettings; readonly rush: LorSettings } | undefined,
  today: string,
): Refusals {
  const issues = refusing.flatMap((rule) => rule.check(pair));
  const buildable = issues.every(({ exit }) => exit === 3) ? complete : undefined;
  const policy = findPolicyIssues(pair, buildable, today);
  return {
    issues: [...issues, ...policy.unbuildable],
    policies: policy.refused,
    waivers: [...policy.waived, ...policy.unused],
    waived: policy.accepted,
    warnings: [...warningRules.flatMap((rule) => rule.check(pair)), ...policy.warnings],
  };
}
