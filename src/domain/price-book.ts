import offer2025 from "../clouds/ovh/price-books/offer-2025.json" with { type: "json" };
import ovhCatalogue202606 from "../clouds/ovh/price-books/ovh-catalogue-2026-06.json" with { type: "json" };
import { deepFreeze } from "../core/freeze.ts";
import type { Charge } from "./plan-item.ts";

/** Prices of one date, source, currency and tax. A price that is not in it is unknown, never zero. */
export interface PriceBook {
  readonly id: string;
  /** Day from which the prices were true, `YYYY-MM-DD`. */
  readonly date: string;
  readonly source: string;
  /** Three capital letters. */
  readonly currency: string;
  readonly tax: "excluded" | "included";
  readonly region: string;
  /** Hours that a month is counted as. */
  readonly hoursPerMonth: number;
  /** Kinds of charge that its total counts; all others are listed outside of it. */
  readonly covers: readonly Charge["kind"][];
  /** Id of the price book whose prices are shown for what this one leaves out. */
  readonly outside?: string;
  readonly prices: Readonly<Record<string, Price>>;
  /** Why a price is unknown, by key. */
  readonly unknown?: Readonly<Record<string, string>>;
}

/** Decimal texts. `hour` or `month`; `monthlyPlan` is another contract for the same thing and is never counted. */
export interface Price {
  readonly hour?: string;
  readonly month?: string;
  readonly monthlyPlan?: string;
  /** What one price is for. Default `each`. */
  readonly per?: "each" | "GB" | "node" | "service";
  readonly note?: string;
}

/** What may be bought: every charge but the free one. */
export type PaidCharge = Exclude<Charge, { readonly kind: "free" }>;

export const priceBooks: readonly PriceBook[] = deepFreeze([offer2025, ovhCatalogue202606]) as readonly PriceBook[];

/** Prices of what is really bought: by the hour, as everything is created. `offer-2025` counts monthly plans instead. */
export const defaultPriceBookId = "ovh-catalogue-2026-06";

/** The prices that are shown when no book is named. */
export function defaultPriceBook(): PriceBook {
  const book = findPriceBook(defaultPriceBookId);
  if (book === undefined) throw new RangeError(`there is no price book ${defaultPriceBookId}`);
  return book;
}

export function findPriceBook(id: string): PriceBook | undefined {
  return priceBooks.find((book) => book.id === id);
}

/** How a price book names a charge; charges of the same key have the same price. */
export function priceKey(charge: PaidCharge): string {
  switch (charge.kind) {
    case "instance":
      return `instance ${charge.size}`;
    case "database":
      return `database ${charge.engine} ${charge.plan} ${charge.flavor}`;
    case "load-balancer":
      return `load-balancer ${charge.bandwidth}`;
    case "volume":
      return `volume ${charge.volumeType}`;
    default:
      return charge.kind;
  }
}
