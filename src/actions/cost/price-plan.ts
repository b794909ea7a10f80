import { type CostSum, estimateItems } from "../../domain/cost.ts";
import { priceBooks } from "../../domain/price-book.ts";
import { planItems } from "../../systems/lor/plan-items.ts";
import type { LorPlan } from "../../systems/lor/plan-model.ts";

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

/** What a month of a Plan costs with the customer's own offer: the price now and after that a person approves. */
export function pricePlan(plan: LorPlan): PlanPrice {
  const [book] = priceBooks;
  if (book === undefined) throw new Error("there is no price book");
  const { total, outsideOfferTotal } = estimateItems(planItems(plan), book);
  return { priceBook: book.id, currency: book.currency, offer: total, outsideOffer: outsideOfferTotal };
}
