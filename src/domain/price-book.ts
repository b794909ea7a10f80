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
  /** That price book. */
  readonly outsideBook?: PriceBook;
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

/** A price book as its file has it. */
export type PriceBookFile = Omit<PriceBook, "outsideBook">;

/** Freezes price books and connects each with the one that prices what it leaves out. @throws Error for an unknown id */
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
