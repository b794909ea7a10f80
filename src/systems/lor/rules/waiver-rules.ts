import { problem } from "../../../config/problem.ts";
import { didYouMean } from "../../../core/nearest-name.ts";
import { findPolicy, policies } from "../../../domain/policy/policies.ts";
import { type Rule, sharedRule } from "./rule.ts";

const waivable = policies.filter(({ neverWaived }) => neverWaived === undefined).map(({ code }) => code);

/** A waiver must name a policy that can be waived. */
export const waiverRules: readonly Rule[] = Object.freeze([
  sharedRule("waivers-of-policies", ["waivers"], ({ waivers }) =>
    waivers.flatMap(({ policy: code }, index) => {
      const path = `waivers.${index}.policy`;
      const accepted = waivable.join(", ");
      const policy = findPolicy(code);
      if (policy === undefined) {
        return [
          problem(path, "waiver-policy-unknown", {
            what: `the policy does not exist${didYouMean(code, waivable)}`,
            seen: code,
            accepted,
          }),
        ];
      }
      if (policy.neverWaived === undefined) return [];
      return [
        problem(
          path,
          "policy-never-waived",
          { what: `this policy cannot be waived: ${policy.neverWaived}`, seen: code, accepted },
          3,
        ),
      ];
    }),
  ),
]);
