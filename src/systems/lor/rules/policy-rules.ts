import { refuse, tellWaived, toIssue } from "../../../config/policy-issues.ts";
import type { Issue } from "../../../core/result.ts";
import { judgePolicies } from "../../../domain/policy/judge.ts";
import { isValidOn, type WaivedViolation } from "../../../domain/policy/waiver.ts";
import { factsOfPlans, factsOfSettings } from "../policy-facts.ts";
import type { LorSettings } from "../settings.ts";
import type { PartialPair } from "./rule.ts";
import { warnOfUnusedWaiver } from "./waiver-warning-rules.ts";

/** Results of all policies for a pair, as issues. */
export interface PolicyIssues {
  /** Violations of policies that cannot be waived: nothing can be built or switched. */
  readonly unbuildable: readonly Issue[];
  /** Violations of policies that could be waived. */
  readonly refused: readonly Issue[];
  /** Violations accepted by a waiver: reported at each run. */
  readonly waived: readonly Issue[];
  /** The same violations, with their owners. */
  readonly accepted: readonly WaivedViolation[];
  /** Unused waivers: also reported at each run. */
  readonly unused: readonly Issue[];
  /** Accepted, but worth knowing. */
  readonly warnings: readonly Issue[];
}

/**
 * Judges a pair by every policy whose facts are known.
 * @param whole the pair, when it is complete and no other rule refuses it: then a Plan can be judged
 */
export function findPolicyIssues(
  pair: PartialPair,
  whole: { readonly normal: LorSettings; readonly rush: LorSettings } | undefined,
  today: string,
): PolicyIssues {
  const facts = { ...factsOfSettings(pair), ...(whole === undefined ? {} : factsOfPlans(whole, today)) };
  const waivers = pair.normal.waivers ?? pair.rush.waivers ?? [];
  const judgement = judgePolicies({ facts, waivers, today });
  return {
    unbuildable: judgement.refused.filter(({ policy }) => policy.neverWaived !== undefined).map(refuse),
    refused: judgement.refused.filter(({ policy }) => policy.neverWaived === undefined).map(refuse),
    waived: judgement.waived.map(tellWaived),
    accepted: judgement.waived.map(({ finding: { path, subject }, waiver }) => ({ ...waiver, path, subject })),
    unused: judgement.unused.map((waiver) =>
      warnOfUnusedWaiver(`waivers.${waivers.indexOf(waiver)}`, waiver, isValidOn(waiver, today)),
    ),
    warnings: judgement.warned.map(toIssue),
  };
}
