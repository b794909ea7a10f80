import type { Money } from "../../core/money.ts";
import type { CostEstimate } from "../cost.ts";

/** Monthly price of one profile, including what the offer leaves out. */
export interface MonthlyPrice {
  /** Undefined: no price is known. */
  readonly known: Money | undefined;
  /** Price keys without a known price; the sum excludes them. */
  readonly unknown: readonly string[];
}

export interface MonthlyPrices {
  readonly normal: MonthlyPrice;
  readonly rush: MonthlyPrice;
  /** Hours in a month of these prices. */
  readonly hoursPerMonth: number;
}

/** Prices of a period in both profiles. Undefined: unknown, never zero. */
export interface TimePrice {
  readonly inNormal: Money | undefined;
  readonly inRush: Money | undefined;
  /** Additional cost of rush. */
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

/** Price keys without a known price in either profile; every amount excludes them. */
export function unknownIn({ normal, rush }: Pick<MonthlyPrices, "normal" | "rush">): readonly string[] {
  return [...new Set([...normal.unknown, ...rush.unknown])];
}

/** Pro rata, to the cent, by the hours of the price book's month. Without the switch itself. */
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
