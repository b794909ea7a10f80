import type { Money } from "../../core/money.ts";
import type { CostEstimate } from "../cost.ts";

/** A month of one profile: the offer and what it leaves out together. */
export interface MonthlyPrice {
  /** Undefined: no price is known. */
  readonly known: Money | undefined;
  /** What has no price, as the price book would name it; the sum lacks it. */
  readonly unknown: readonly string[];
}

export interface MonthlyPrices {
  readonly normal: MonthlyPrice;
  readonly rush: MonthlyPrice;
  /** Hours that a month of these prices is counted as. */
  readonly hoursPerMonth: number;
}

/** What a time costs in either profile. Undefined: unknown, never zero. */
export interface TimePrice {
  readonly inNormal: Money | undefined;
  readonly inRush: Money | undefined;
  /** What rush costs more. */
  readonly extra: Money | undefined;
}

export function monthlyPriceOf({ lines, total, outsideOffer, outsideOfferTotal }: CostEstimate): MonthlyPrice {
  const { known } = total;
  const outside = outsideOfferTotal.known;
  return {
    known: known === undefined || outside === undefined ? (known ?? outside) : known.plus(outside),
    unknown: [...lines, ...outsideOffer].filter((line) => line.amount === undefined).map((line) => line.key),
  };
}

/** What has no price in either profile, and every amount of both therefore lacks. */
export function unknownIn({ normal, rush }: Pick<MonthlyPrices, "normal" | "rush">): readonly string[] {
  return [...new Set([...normal.unknown, ...rush.unknown])];
}

/** Pro rata, to the cent: a day is 24 hours of those that the price book counts as a month. Without the price of a switch. */
export function priceTime(seconds: number, { normal, rush, hoursPerMonth }: MonthlyPrices): TimePrice {
  const share = ({ known }: MonthlyPrice) => known?.share(seconds, hoursPerMonth * 3600);
  const inNormal = share(normal);
  const inRush = share(rush);
  return {
    inNormal,
    inRush,
    extra: inNormal === undefined || inRush === undefined ? undefined : inRush.minus(inNormal),
  };
}
