import fc from "fast-check";
import { expect, test } from "vitest";
import { Money } from "../../src/core/money.ts";

/** An amount as a whole number of 10^-8, which is how OVHcloud's catalogue counts. */
const units = fc.bigInt({ min: 0n, max: 10n ** 18n });

function money(amount: bigint): Money {
  const digits = amount.toString().padStart(9, "0");
  return Money.of(`${digits.slice(0, -8)}.${digits.slice(-8)}`, "EUR");
}

test("sums and products agree with whole numbers, to the last digit", () => {
  fc.assert(
    fc.property(fc.array(units, { maxLength: 50 }), fc.integer({ min: 0, max: 100_000 }), (amounts, times) => {
      const sum = amounts.reduce((total, amount) => total.plus(money(amount)), Money.zero("EUR"));
      const expected = amounts.reduce((total, amount) => total + amount, 0n);
      expect(sum.equals(money(expected))).toBe(true);
      expect(sum.times(times).equals(money(expected * BigInt(times)))).toBe(true);
    }),
  );
});

test("the order of a sum does not matter", () => {
  fc.assert(
    fc.property(fc.array(units, { minLength: 1, maxLength: 30 }), (amounts) => {
      const add = (values: readonly bigint[]) =>
        values.reduce((total, value) => total.plus(money(value)), Money.zero("EUR"));
      expect(add(amounts).amount).toBe(add([...amounts].reverse()).amount);
    }),
  );
});

test("no digit is rounded or added", () => {
  expect(Money.of("0.0070956", "EUR").times(100).amount).toBe("0.70956");
  expect(Money.of("0.1", "EUR").plus(Money.of("0.2", "EUR")).amount).toBe("0.3");
  expect(Money.of("0.000000000001", "EUR").amount).toBe("0.000000000001");
});

test("two currencies are not added, and a price is not taken half a time", () => {
  expect(() => Money.of("1", "EUR").plus(Money.of("1", "USD"))).toThrow(RangeError);
  expect(() => Money.of("1", "EUR").times(0.5)).toThrow(RangeError);
});

test.each(["", "1,50", "1e3", "NaN", "Infinity", " 1", "1 EUR", ".5"])("%j is no amount", (text) => {
  expect(() => Money.of(text, "EUR")).toThrow(RangeError);
});

test("a share is rounded once, half up, to the cent", () => {
  const euro = (amount: string) => Money.of(amount, "EUR");
  expect(euro("100").share(1, 3).amount).toBe("33.33");
  expect(euro("0.03").share(1, 2).amount).toBe("0.02");
  expect(euro("0.01").share(1, 2).amount).toBe("0.01");
  expect(euro("210.30956").share(730, 730).amount).toBe("210.31");
  expect(euro("1").share(0, 730).amount).toBe("0");
  for (const [part, whole] of [
    [1, 0],
    [0.5, 1],
    [-1, 2],
  ] as const) {
    expect(() => euro("1").share(part, whole)).toThrow(RangeError);
  }
});

test("the share of whole numbers agrees with the same done in whole numbers", () => {
  fc.assert(
    fc.property(
      units,
      fc.integer({ min: 0, max: 10 ** 9 }),
      fc.integer({ min: 1, max: 10 ** 7 }),
      (amount, part, whole) => {
        // Cents are 10^6 units; half up is the floor of twice as many and one, halved.
        const numerator = amount * BigInt(part);
        const denominator = BigInt(whole) * 10n ** 6n;
        const cents = (2n * numerator + denominator) / (2n * denominator);
        expect(
          money(amount)
            .share(part, whole)
            .equals(money(cents * 10n ** 6n)),
        ).toBe(true);
      },
    ),
  );
});

test("a difference undoes a sum", () => {
  fc.assert(
    fc.property(units, units, (a, b) => {
      expect(money(a).plus(money(b)).minus(money(b)).equals(money(a))).toBe(true);
    }),
  );
  expect(() => Money.of("1", "EUR").minus(Money.of("1", "USD"))).toThrow(/EUR and USD/);
});
