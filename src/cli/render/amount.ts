/** A one-off amount is rounded to cents; a monthly amount keeps all its digits. */
export function renderAmount(amount: string | null): string {
  if (amount === null) return "unknown";
  const [whole, fraction = ""] = amount.split(".");
  return `${whole}.${fraction.padEnd(2, "0")}`;
}
