import { Money } from "../core/money.ts";
import { type PriceBook, priceKey } from "./price-book.ts";

/** Price of one instance under either contract. */
export interface InstancePrice {
  /** Id of the price book. */
  readonly priceBook: string;
  readonly hour: Money | undefined;
  /** Undefined: the book has no monthly plan. */
  readonly monthlyPlan: Money | undefined;
}

/** Use of one instance in one size. */
export interface InstanceUse {
  /** Each hour begun counts. */
  readonly hours: number;
  /** Calendar months that a plan would be billed for, including the first and the last one. */
  readonly months: number;
  /** Part of the first month in use; undefined: the use covers the whole first month. */
  readonly firstMonth?: { readonly days: number; readonly of: number } | undefined;
}

export type Contract = "hourly" | "monthly-plan";

/** Prices of a use under both contracts. Undefined figures are unknown. */
export interface BillingChoice {
  readonly hourly: Money | undefined;
  /** Each month begun is billed in full. */
  readonly monthlyPlan: Money | undefined;
  /** Undefined: a price is unknown. At equal prices `hourly`, which can be ended at any time. */
  readonly cheaper: Contract | undefined;
  /** Number of hours from which the plan is at most as expensive; undefined: a price is unknown. */
  readonly breakEvenHours: number | undefined;
  /** Price of the plan if its first month is billed pro rata; undefined when there is no difference. */
  readonly proRata: { readonly monthlyPlan: Money; readonly cheaper: Contract } | undefined;
}

/**
 * Compares both contracts. A plan is billed by the begun month; because some providers bill its first month pro rata, that price is added where it is
 * different. The terms of a cloud are in its definition (`monthlyPlanTerms`).
 */
export function chooseBilling({ hour, monthlyPlan }: InstancePrice, use: InstanceUse): BillingChoice {
  const hourly = hour?.times(use.hours);
  const planned = monthlyPlan?.times(use.months);
  const known = hourly !== undefined && planned !== undefined;
  const proRata =
    monthlyPlan === undefined || hourly === undefined || use.firstMonth === undefined
      ? undefined
      : monthlyPlan.times(use.months - 1).plus(monthlyPlan.share(use.firstMonth.days, use.firstMonth.of));
  return {
    hourly,
    monthlyPlan: planned,
    cheaper: known ? cheaperOf(hourly, planned) : undefined,
    breakEvenHours: hour === undefined || planned === undefined ? undefined : hour.timesToReach(planned),
    proRata:
      proRata === undefined || hourly === undefined
        ? undefined
        : { monthlyPlan: proRata, cheaper: cheaperOf(hourly, proRata) },
  };
}

/** At equal prices `hourly`, which can be ended at any time. */
export function cheaperOf(hourly: Money, monthlyPlan: Money): Contract {
  return hourly.isMoreThan(monthlyPlan) ? "monthly-plan" : "hourly";
}

/** Hourly and monthly price of a size. Searches the price books in order, because monthly offers do not list hourly prices. */
export function instancePrice(size: string, book: PriceBook): InstancePrice {
  const prices = [book, ...(book.outsideBook === undefined ? [] : [book.outsideBook])].map((one) => priceIn(one, size));
  const both = prices.find(({ hour, monthlyPlan }) => hour !== undefined && monthlyPlan !== undefined);
  const some = prices.find(({ hour }) => hour !== undefined);
  return both ?? some ?? { priceBook: book.id, hour: undefined, monthlyPlan: undefined };
}

function priceIn(book: PriceBook, size: string): InstancePrice {
  const key = priceKey({ kind: "instance", size });
  const price = Object.hasOwn(book.prices, key) ? book.prices[key] : undefined;
  const money = (amount: string | undefined) => (amount === undefined ? undefined : Money.of(amount, book.currency));
  return { priceBook: book.id, hour: money(price?.hour), monthlyPlan: money(price?.monthlyPlan) };
}
