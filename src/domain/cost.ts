import { Money } from "../core/money.ts";
import type { PlanItem } from "./plan-item.ts";
import { type PaidCharge, type Price, type PriceBook, priceKey } from "./price-book.ts";

/** Monthly cost of a Plan by one price book. Every plan item is in exactly one line, or is free. */
export interface CostEstimate {
  readonly priceBook: PriceBook;
  /** Lines inside the price book's offer. */
  readonly lines: readonly CostLine[];
  readonly total: CostSum;
  /** Lines outside the offer. */
  readonly outsideOffer: readonly CostLine[];
  readonly outsideOfferTotal: CostSum;
  /** Resources without a charge of their own. */
  readonly free: readonly PlanItem[];
}

/** Items with the same price. */
export interface CostLine {
  /** Price key, such as `instance b2-7`. */
  readonly key: string;
  /** Id of the price book, also when it has no price. */
  readonly priceBook: string;
  readonly items: readonly PlanItem[];
  /** Multiplier of the unit price: number, GB or nodes. */
  readonly quantity: number;
  readonly unit: "each" | "GB" | "node" | "service";
  /** Monthly price of one unit; undefined: unknown. */
  readonly unitPrice: Money | undefined;
  /** Hourly price of one unit, if the book has one. */
  readonly hourPrice: Money | undefined;
  /** Price of one unit under a monthly contract, if there is one; not counted. */
  readonly monthlyPlan: Money | undefined;
  /** Monthly price of all units; undefined: unknown. */
  readonly amount: Money | undefined;
  readonly note: string | undefined;
}

export interface CostSum {
  /** Sum of all known prices; undefined when there are lines but no known price. */
  readonly known: Money | undefined;
  /** Keys of the lines without a known price, which the sum excludes. */
  readonly unpriced: readonly string[];
}

export function estimateItems(items: readonly PlanItem[], priceBook: PriceBook): CostEstimate {
  const groups = new Map<
    string,
    { readonly charge: PaidCharge; readonly charges: PaidCharge[]; readonly items: PlanItem[] }
  >();
  const free: PlanItem[] = [];
  for (const item of items) {
    const { charge } = item;
    if (charge.kind === "free") {
      free.push(item);
      continue;
    }
    const key = priceKey(charge);
    const group = groups.get(key) ?? { charge, charges: [], items: [] };
    group.charges.push(charge);
    group.items.push(item);
    groups.set(key, group);
  }
  const lines: CostLine[] = [];
  const outsideOffer: CostLine[] = [];
  for (const [key, group] of groups) {
    const covered = priceBook.covers.includes(group.charge.kind);
    const book = covered ? priceBook : outsideBook(priceBook);
    (covered ? lines : outsideOffer).push(createLine(key, group.charges, group.items, book));
  }
  return {
    priceBook,
    lines,
    total: sum(lines, priceBook.currency),
    outsideOffer,
    outsideOfferTotal: sum(outsideOffer, priceBook.currency),
    free,
  };
}

/** Prices of a book with another currency or tax are unknown: they cannot be added to these. */
function outsideBook(book: PriceBook): PriceBook {
  const other = book.outsideBook;
  return other !== undefined && other.currency === book.currency && other.tax === book.tax ? other : book;
}

function createLine(
  key: string,
  charges: readonly PaidCharge[],
  items: readonly PlanItem[],
  book: PriceBook,
): CostLine {
  const price = Object.hasOwn(book.prices, key) ? book.prices[key] : undefined;
  const [charge] = charges;
  const unit = price?.per ?? (charge !== undefined && "gigabytes" in charge ? "GB" : "each");
  const quantity = charges.reduce((total, each) => total + unitsOf(each, unit), 0);
  const money = (amount: string | undefined) => (amount === undefined ? undefined : Money.of(amount, book.currency));
  const unitPrice = monthOf(price, book);
  return {
    key,
    priceBook: book.id,
    items,
    quantity,
    unit,
    unitPrice,
    hourPrice: money(price?.hour),
    monthlyPlan: money(price?.monthlyPlan),
    amount: unitPrice?.times(quantity),
    note: price?.note ?? (price === undefined ? (book.unknown?.[key] ?? "no price in this price book") : undefined),
  };
}

function unitsOf(charge: PaidCharge, unit: CostLine["unit"]): number {
  if (unit === "GB" && "gigabytes" in charge) return charge.gigabytes;
  if (unit === "node" && charge.kind === "database") return charge.nodes;
  return 1;
}

function monthOf(price: Price | undefined, book: PriceBook): Money | undefined {
  if (price?.month !== undefined) return Money.of(price.month, book.currency);
  if (price?.hour !== undefined) return Money.of(price.hour, book.currency).times(book.hoursPerMonth);
  return undefined;
}

function sum(lines: readonly CostLine[], currency: string): CostSum {
  const amounts = lines.map((line) => line.amount).filter((amount) => amount !== undefined);
  const unpriced = lines.filter((line) => line.amount === undefined).map((line) => line.key);
  const known = amounts.reduce((total, amount) => total.plus(amount), Money.zero(currency));
  return { known: amounts.length === 0 && unpriced.length > 0 ? undefined : known, unpriced };
}
