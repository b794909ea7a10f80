import { Money } from "../core/money.ts";
import { type PriceBook, priceKey } from "./price-book.ts";

/** What one instance of a size costs under either contract. */
export interface InstancePrice {
  /** Id of the book that it is from. */
  readonly priceBook: string;
  readonly hour: Money | undefined;
  /** A month of the plan; undefined: the book has none. */
  readonly monthlyPlan: Money | undefined;
}

/** How long one instance is used in one size. */
export interface InstanceUse {
  /** A begun hour counts. */
  readonly hours: number;
  /** Calendar months that a plan for it would have to be paid for, the first and the last one included. */
  readonly months: number;
  /** The part of the first month from its first day on; undefined: it begins with a month, or before. */
  readonly firstMonth?: { readonly days: number; readonly of: number } | undefined;
}

export type Contract = "hourly" | "monthly-plan";

/** Which contract is the cheaper one for a use. An unknown figure is undefined, and then there is no answer. */
export interface BillingChoice {
  readonly hourly: Money | undefined;
  /** Every month that is begun in full. */
  readonly monthlyPlan: Money | undefined;
  /** Undefined: a price is unknown. Of equal ones the one that can be left at any time. */
  readonly cheaper: Contract | undefined;
  /** From how many hours on the plan of these months costs no more; undefined: a price is unknown. */
  readonly breakEvenHours: number | undefined;
  /** The plan, should its first month be due from its first day only; undefined where that is the same. */
  readonly proRata: { readonly monthlyPlan: Money; readonly cheaper: Contract } | undefined;
}

/**
 * The plan is counted as OVHcloud's guide puts it, by the begun month. Source: "Switching from hourly to monthly billing", 2025-09: each month commenced
 * is billed, and nobody comes back from it. A newer page ("Change of monthly billing method", OVHcloud US, in force from 2026-04-01) bills the
 * first month from its first day only; whether that holds in Europe is not known, so it is told beside, where it decides otherwise.
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

/** Of equal prices the contract that can be left at any time. */
export function cheaperOf(hourly: Money, monthlyPlan: Money): Contract {
  return hourly.isMoreThan(monthlyPlan) ? "monthly-plan" : "hourly";
}

/** What has to be known before a plan is put on an instance, as far as it is known. The same sources. */
export const planTerms: readonly string[] = Object.freeze([
  "a plan cannot be taken back: an instance on one stays on it until it is deleted, and each month begun is due in full",
  "an instance that is resized while on a plan: OVHcloud US bills the first size's month in full and the new size for the rest of the month on top; what OVHcloud bills in Europe, and after the way back, is not documented",
  "this program puts no instance on a plan: a machine is created by the hour",
]);

/** Both prices of a size, from the first book that has both: an offer by the month knows no hour, and the one behind it does. */
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
