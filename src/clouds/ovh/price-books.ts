import { connectPriceBooks, type PriceBook, type PriceBookFile } from "../../domain/price-book.ts";
import offer2025 from "./price-books/offer-2025.json" with { type: "json" };
import ovhCatalogue202606 from "./price-books/ovh-catalogue-2026-06.json" with { type: "json" };

export const priceBooks: readonly PriceBook[] = connectPriceBooks([
  offer2025,
  ovhCatalogue202606,
] as readonly PriceBookFile[]);

/** Prices of what is actually bought: hourly, as everything is created. `offer-2025` counts monthly plans instead. */
export const defaultPriceBookId = "ovh-catalogue-2026-06";

/** Default price book. */
export function defaultPriceBook(): PriceBook {
  const book = findPriceBook(defaultPriceBookId);
  if (book === undefined) throw new RangeError(`there is no price book ${defaultPriceBookId}`);
  return book;
}

export function findPriceBook(id: string): PriceBook | undefined {
  return priceBooks.find((book) => book.id === id);
}
