import { Decimal } from "decimal.js";

// Precise enough that no sum or product of prices is rounded; 40 digits are far above any bill.
const Exact = Decimal.clone({ precision: 60, toExpNeg: -60, toExpPos: 60 });

/** An exact amount in one currency. Adding two currencies throws. Only `share` and `toCents` round, once and half up. */
export class Money {
  readonly currency: string;
  readonly #amount: Decimal;

  private constructor(amount: Decimal, currency: string) {
    this.#amount = amount;
    this.currency = currency;
  }

  /** `amount` in plain decimal notation, such as `0.0070956`; throws a RangeError otherwise. */
  static of(amount: string, currency: string): Money {
    if (!/^-?\d{1,20}(\.\d{1,20})?$/.test(amount)) {
      throw new RangeError(`an amount is written in decimal notation, such as 24.20, not ${JSON.stringify(amount)}`);
    }
    if (!/^[A-Z]{3}$/.test(currency)) throw new RangeError(`a currency has three capital letters, not ${currency}`);
    return new Money(new Exact(amount), currency);
  }

  static zero(currency: string): Money {
    return Money.of("0", currency);
  }

  plus(other: Money): Money {
    this.#requireSameCurrency(other);
    return new Money(this.#amount.plus(other.#amount), this.currency);
  }

  minus(other: Money): Money {
    this.#requireSameCurrency(other);
    return new Money(this.#amount.minus(other.#amount), this.currency);
  }

  /** Multiplied by a whole number. */
  times(count: number): Money {
    if (!Number.isSafeInteger(count)) throw new RangeError(`a price is taken a whole number of times, not ${count}`);
    return new Money(this.#amount.times(count), this.currency);
  }

  /** `part` of `whole` parts of it, rounded to the cent. */
  share(part: number, whole: number): Money {
    if (!Number.isSafeInteger(part) || !Number.isSafeInteger(whole) || part < 0 || whole <= 0) {
      throw new RangeError(`a price is shared by whole numbers, not ${part} of ${whole}`);
    }
    return new Money(this.#amount.times(part).dividedBy(whole), this.currency).toCents();
  }

  /** Rounded to the cent, half up, as an amount is billed. */
  toCents(): Money {
    return new Money(this.#amount.toDecimalPlaces(2, Decimal.ROUND_HALF_UP), this.currency);
  }

  /** The smallest whole number of times that reaches another amount. */
  timesToReach(goal: Money): number {
    this.#requireSameCurrency(goal);
    if (!this.#amount.greaterThan(0)) throw new RangeError(`${this} never reaches another amount`);
    return Decimal.max(0, goal.#amount.dividedBy(this.#amount)).ceil().toNumber();
  }

  /** Throws for two currencies, as a sum does. */
  isMoreThan(other: Money): boolean {
    if (other.currency !== this.currency) {
      throw new RangeError(`${this.currency} and ${other.currency} cannot be compared: no exchange rate is kept`);
    }
    return this.#amount.greaterThan(other.#amount);
  }

  equals(other: Money): boolean {
    return this.currency === other.currency && this.#amount.equals(other.#amount);
  }

  /** All digits, no rounding, no trailing zeros: `210.30956`. */
  get amount(): string {
    return this.#amount.toFixed();
  }

  toString(): string {
    return `${this.amount} ${this.currency}`;
  }

  #requireSameCurrency(other: Money): void {
    if (other.currency === this.currency) return;
    throw new RangeError(`${this.currency} and ${other.currency} cannot be added: no exchange rate is kept`);
  }
}

/** With at least two decimals: `4.10 EUR`. */
export function renderCents(money: Money): string {
  const [units = "0", cents = ""] = money.amount.split(".");
  return `${units}.${cents.padEnd(2, "0")} ${money.currency}`;
}

/** Undefined when any amount is unknown, and for an empty list: an unknown price is never counted as zero. */
export function sumIfKnown(amounts: readonly (Money | undefined)[]): Money | undefined {
  const [first, ...others] = amounts;
  return others.reduce(
    (total, amount) => (total === undefined || amount === undefined ? undefined : total.plus(amount)),
    first,
  );
}

/** Difference of two amounts as decimal texts; null when one is unknown. */
export function amountDifference(after: string | null, before: string | null, currency: string): string | null {
  if (after === null || before === null) return null;
  return Money.of(after, currency).minus(Money.of(before, currency)).amount;
}
