import { type MonthlyPrice, monthlyPriceOf } from "../../domain/calendar/price.ts";
import { estimateItems } from "../../domain/cost.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { itemsOf } from "../../systems/project-plan.ts";
import { requireSystem } from "../../systems/registry.ts";
import { requirePriceBook } from "./estimate-cost.ts";

/** A month of a Plan. */
export interface PlanPrice extends MonthlyPrice {
  /** Id of the price book. */
  readonly priceBook: string;
  readonly currency: string;
}

/** Price of a month of a Plan as it is bought: before and after a change, it is what a person approves. */
export function pricePlan(plan: SystemPlan): PlanPrice {
  const book = requirePriceBook({ system: requireSystem(plan.system) });
  return { priceBook: book.id, currency: book.currency, ...monthlyPriceOf(estimateItems(itemsOf(plan), book)) };
}
