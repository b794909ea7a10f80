import type { PlanItem } from "../plan-item.ts";
import { priceKey } from "../price-book.ts";

/** Charges of the state before a change that end or change their price with it. */
export function leavingItems(before: readonly PlanItem[], after: readonly PlanItem[]): readonly PlanItem[] {
  const stays = new Set(after.map(identityOf));
  return before.filter((item) => !stays.has(identityOf(item)));
}

function identityOf({ type, name, charge }: PlanItem): string {
  return `${type} ${name} ${charge.kind === "free" ? "free" : priceKey(charge)} ${JSON.stringify(charge)}`;
}
