import { type MonthlyPrice, monthlyPriceOf } from "../../domain/calendar/price.ts";
import { estimateItems } from "../../domain/cost.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { itemsOf } from "../../systems/project-plan.ts";
import { requireSystem } from "../../systems/registry.ts";
import { requirePriceBook } from "./estimate-cost.ts";

/** Monthly price of a Plan. */
export interface PlanPrice extends MonthlyPrice {
  /** Id of the price book. */
  readonly priceBook: string;
  readonly currency: string;
}

/** Monthly price of a Plan as bought, shown before and after a change for approval. */
export function pricePlan(plan: SystemPlan): PlanPrice {
  const book = requirePriceBook({ system: requireSystem(plan.system) });
  return { priceBook: book.id, currency: book.currency, ...monthlyPriceOf(estimateItems(itemsOf(plan), book)) };
}
