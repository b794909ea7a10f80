/**
 * Terms of a monthly plan, as far as they are known. Sources: "Switching from hourly to monthly billing", OVHcloud, 2025-09 (each month begun is billed,
 * and the switch cannot be undone); "Change of monthly billing method", OVHcloud US, in force from 2026-04-01 (the first month is billed from its first
 * day of the plan; whether that holds in Europe is unknown).
 */
export const monthlyPlanTerms: readonly string[] = Object.freeze([
  "a plan cannot be taken back: an instance on one stays on it until it is deleted, and each month begun is due in full",
  "an instance that is resized while on a plan: OVHcloud US bills the first size's month in full and the new size for the rest of the month on top; what OVHcloud bills in Europe, and after the scale-down, is not documented",
  "this program puts no instance on a plan: a machine is created by the hour",
]);
