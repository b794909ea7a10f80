import { deepFreeze } from "../core/freeze.ts";
import type { Charge } from "./plan-item.ts";

/** Prices of one date, source, currency and tax. A missing price is unknown, never zero. */
export interface PriceBook {
  readonly id: string;
  /** Date of the prices, `YYYY-MM-DD`. */
  readonly date: string;
  readonly source: string;
  /** Three capital letters. */
  readonly currency: string;
  readonly tax: "excluded" | "included";
  readonly region: string;
  /** Hours in a month. */
  readonly hoursPerMonth: number;
  /** Kinds of charges in its total; all others are listed outside of it. */
  readonly covers: readonly Charge["kind"][];
  /** Id of the price book for charges that this one lacks. */
  readonly outside?: string;
  /** That price book. */
  readonly outsideBook?: PriceBook;
  readonly prices: Readonly<Record<string, Price>>;
  /** Reasons of unknown prices, by key. */
  readonly unknown?: Readonly<Record<string, string>>;
}

/** Decimal texts. `hour` or `month`; `monthlyPlan` is an alternative contract and never counted. */
export interface Price {
  readonly hour?: string;
  readonly month?: string;
  readonly monthlyPlan?: string;
  /** Unit of the price. Default `each`. */
  readonly per?: "each" | "GB" | "node" | "service";
  readonly note?: string;
}

/** A charge with a price: all but `free`. */
export type PaidCharge = Exclude<Charge, { readonly kind: "free" }>;

/** A price book as stored in its file. */
export type PriceBookFile = Omit<PriceBook, "outsideBook">;

/** Freezes price books and links each with the one that prices what it lacks. @throws Error for an unknown id */
export function connectPriceBooks(files: readonly PriceBookFile[]): readonly PriceBook[] {
  const books = new Map<string, PriceBook>();
  const connect = (id: string): PriceBook => {
    const known = books.get(id);
    if (known !== undefined) return known;
    const file = files.find((one) => one.id === id);
    if (file === undefined) throw new Error(`there is no price book ${id}`);
    const book = deepFreeze(file.outside === undefined ? file : { ...file, outsideBook: connect(file.outside) });
    books.set(id, book);
    return book;
  };
  return Object.freeze(files.map(({ id }) => connect(id)));
}

/** Key of a charge in a price book; charges of the same key have the same price. */
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
