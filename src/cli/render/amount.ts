/** An amount of one time has its cents; a month's keeps all its digits. */
export function renderAmount(amount: string | null): string {
  if (amount === null) return "unknown";
  const [whole, fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}
