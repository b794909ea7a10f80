import { accessPolicies } from "./access-policies.ts";
import { calendarPolicies } from "./calendar-policies.ts";
import { certificatePolicies } from "./certificate-policies.ts";
import { dataPolicies } from "./data-policies.ts";
import { moneyPolicies } from "./money-policies.ts";
import type { Policy } from "./policy.ts";
import { servingPolicies } from "./serving-policies.ts";

/** Every policy, in the order in which they are told. */
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
