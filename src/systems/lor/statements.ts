import { defaultPriceBook } from "../../clouds/ovh/price-books.ts";
import { monthlyPriceOf } from "../../domain/calendar/price.ts";
import { estimateItems } from "../../domain/cost.ts";
import { planItems } from "./plan-items.ts";
import type { LorPlan } from "./plan-model.ts";
import { assessDataLoss, recoveryFacts } from "./recovery.ts";

/** What a stack says of itself besides its addresses: price by the month and worst-case data loss. */
export interface StackSummary {
  readonly cost: {
    readonly priceBook: string;
    readonly currency: string;
    readonly tax: "excluded" | "included";
    readonly period: "month";
    /** Decimal text with all its digits, as far as prices are known; null: none is. */
    readonly amount: string | null;
    /** Keys of the charges without a known price, as a price book names them; the amount does not include them. */
    readonly unpriced: readonly string[];
  };
  /** `<data set> / <disruption>` -> one sentence. */
  readonly dataLoss: Readonly<Record<string, string>>;
}

/** Cost and data-loss statement of a Plan, for the stack's outputs. Pure. */
export function summarizeStack(plan: LorPlan): StackSummary {
  const book = defaultPriceBook();
  const { known, unknown } = monthlyPriceOf(estimateItems(planItems(plan), book));
  const losses = assessDataLoss(recoveryFacts(plan));
  return {
    cost: {
      priceBook: book.id,
      currency: book.currency,
      tax: book.tax,
      period: "month",
      amount: known?.amount ?? null,
      unpriced: unknown,
    },
    dataLoss: Object.fromEntries(losses.map((loss) => [`${loss.dataSet} / ${loss.disruption}`, loss.statement])),
  };
}
