import { type CostSum, estimateItems } from "../../domain/cost.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import { itemsOf } from "../../systems/project-plan.ts";
import { requireSystem } from "../../systems/registry.ts";
import { requirePriceBook } from "./estimate-cost.ts";

/** A month of a Plan. */
export interface PlanPrice {
  /** Id of the price book that was asked. */
  readonly priceBook: string;
  readonly currency: string;
  /** What the offer counts. */
  readonly offer: CostSum;
  /** What it also takes. */
  readonly outsideOffer: CostSum;
}

/** What a month of a Plan costs by its system's own price book: the price now and after that a person approves. */
export function pricePlan(plan: SystemPlan): PlanPrice {
  const book = requirePriceBook({ system: requireSystem(plan.system) });
  const { total, outsideOfferTotal } = estimateItems(itemsOf(plan), book);
  return { priceBook: book.id, currency: book.currency, offer: total, outsideOffer: outsideOfferTotal };
}
