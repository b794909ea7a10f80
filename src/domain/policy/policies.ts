import { accessPolicies } from "./access-policies.ts";
import { calendarPolicies } from "./calendar-policies.ts";
import { certificatePolicies } from "./certificate-policies.ts";
import { dataPolicies } from "./data-policies.ts";
import { moneyPolicies } from "./money-policies.ts";
import type { Policy } from "./policy.ts";
import { servingPolicies } from "./serving-policies.ts";

/** All policies, in the order of their messages. */
export const policies: readonly Policy[] = Object.freeze([
  ...dataPolicies,
  ...accessPolicies,
  ...servingPolicies,
  ...certificatePolicies,
  ...moneyPolicies,
  ...calendarPolicies,
]);

export function findPolicy(code: string): Policy | undefined {
  return policies.find((policy) => policy.code === code);
}
