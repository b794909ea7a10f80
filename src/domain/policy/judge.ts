import type { PolicyFacts } from "./facts.ts";
import { policies } from "./policies.ts";
import type { Policy, Violation } from "./policy.ts";
import { isValidOn, type Waiver } from "./waiver.ts";

export interface JudgeArgs {
  readonly facts: Partial<PolicyFacts>;
  readonly waivers: readonly Waiver[];
  /** `YYYY-MM-DD` in UTC. */
  readonly today: string;
  /** Default: all policies. */
  readonly among?: readonly Policy[];
}

export interface PolicyJudgement {
  /** Refusals, each with its expired waiver, if there is one. */
  readonly refused: readonly (Judged & { readonly ended: Waiver | undefined })[];
  /** Violations accepted by a waiver. */
  readonly waived: readonly (Judged & { readonly waiver: Waiver })[];
  /** Warnings. */
  readonly warned: readonly Judged[];
  /** Waivers of judged policies without a violation. */
  readonly unused: readonly Waiver[];
}

export interface Judged {
  readonly policy: Policy;
  readonly finding: Violation;
}

/** Judges all known facts of a system by every policy, on a day. Pure. */
export function judgePolicies({ facts, waivers, today, among = policies }: JudgeArgs): PolicyJudgement {
  const judged = among.map((policy) => ({ policy, findings: policy.judge(facts) }));
  const refused: PolicyJudgement["refused"][number][] = [];
  const waived: PolicyJudgement["waived"][number][] = [];
  const warned: Judged[] = [];
  const used = new Set<Waiver>();
  for (const { policy, findings = [] } of judged) {
    for (const finding of findings) {
      if (policy.kind === "warning" || finding.warning === true) {
        warned.push({ policy, finding });
        continue;
      }
      const fitting = policy.neverWaived === undefined ? waivers.filter((waiver) => fits(waiver, policy, finding)) : [];
      for (const waiver of fitting) used.add(waiver);
      const last = fitting.reduce<Waiver | undefined>(laterOf, undefined);
      if (last !== undefined && isValidOn(last, today)) waived.push({ policy, finding, waiver: last });
      else refused.push({ policy, finding, ended: last });
    }
  }
  const whole = new Set<string>(
    judged.filter(({ findings }) => findings !== undefined).map(({ policy }) => policy.code),
  );
  const unused = waivers.filter((waiver) => whole.has(waiver.policy) && !used.has(waiver));
  return { refused, waived, warned, unused };
}

function fits(waiver: Waiver, policy: Policy, finding: Violation): boolean {
  return waiver.policy === policy.code && (waiver.of === undefined || waiver.of === finding.subject);
}

function laterOf(one: Waiver | undefined, other: Waiver): Waiver {
  return one === undefined || other.until > one.until ? other : one;
}
