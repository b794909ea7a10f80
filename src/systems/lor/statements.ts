import { estimateItems } from "../../domain/cost.ts";
import { findPriceBook } from "../../domain/price-book.ts";
import { planItems } from "./plan-items.ts";
import type { LorPlan } from "./plan-model.ts";
import { recoveryFacts, stateDataLoss } from "./recovery.ts";

/** The customer's own offer; `lor-infra cost --price-book` knows others. */
export const priceBookId = "offer-2025";

/** What a stack says of itself besides its addresses: price by the month and worst-case data loss. */
export interface Statements {
  readonly cost: {
    readonly priceBook: string;
    readonly currency: string;
    readonly tax: "excluded" | "included";
    readonly period: "month";
    /** Decimal text with all its digits; null: no price of it is known. */
    readonly amount: string | null;
    /** What it also takes and the offer leaves out, as far as its price is known. */
    readonly outsideOffer: string | null;
    /** Lines whose price is unknown and which the amounts lack. */
    readonly unknownLines: number;
  };
  /** `<data set> / <disruption>` -> one sentence. */
  readonly dataLoss: Readonly<Record<string, string>>;
}

/** Cost and data-loss statement of a Plan, for the stack's outputs. Pure. */
export function stateOf(plan: LorPlan): Statements {
  const book = findPriceBook(priceBookId);
  if (book === undefined) throw new RangeError(`no price book ${priceBookId}`);
  const { total, outsideOfferTotal } = estimateItems(planItems(plan), book);
  const losses = stateDataLoss(recoveryFacts(plan));
  return {
    cost: {
      priceBook: book.id,
      currency: book.currency,
      tax: book.tax,
      period: "month",
      amount: total.known?.amount ?? null,
      outsideOffer: outsideOfferTotal.known?.amount ?? null,
      unknownLines: total.unknownLines + outsideOfferTotal.unknownLines,
    },
    dataLoss: Object.fromEntries(losses.map((loss) => [`${loss.dataSet} / ${loss.disruption}`, loss.statement])),
  };
}
