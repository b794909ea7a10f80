import type { Money } from "../../core/money.ts";
import type { MonthlyBill } from "./facts.ts";
import { definePolicy, type Policy, type Violation } from "./policy.ts";

const budgetPath = "policies.budget";
const agePath = "policies.priceBookAge";

/** Budget, and how reliable the prices are. */
export const moneyPolicies: readonly Policy[] = Object.freeze([
  definePolicy({
    code: "budget-exceeded",
    exit: 3,
    reason: "the budget is a decision of the company, not a result of the settings",
    remedy: "choose smaller sizes in the dearer profile, or raise `policies.budget`; `lor-infra cost` shows every line",
    needs: ["bill"],
    judge: ({ bill: { budget, months } }) => {
      const dearest = dearestOf(months);
      if (budget === undefined || dearest === undefined || !dearest.known.isMoreThan(budget)) return [];
      return [
        {
          path: budgetPath,
          subject: dearest.profile,
          what: `a month of ${dearest.profile} costs more than the budget${withoutPrice(dearest.unpriced)}`,
          seen: `${dearest.known} before tax`,
          accepted: `at most ${budget} before tax`,
        },
      ];
    },
  }),
  definePolicy({
    code: "budget-not-sure",
    kind: "warning",
    reason: "an unknown price is never counted as zero",
    remedy: "leave room for it in `policies.budget`, or enter its price into a price book",
    neverWaived: "it is a warning, which stops nothing",
    needs: ["bill"],
    judge: ({ bill: { budget, months } }) => {
      if (budget === undefined) return [];
      const dearest = dearestOf(months);
      return months
        .filter(({ unpriced }) => unpriced.length > 0)
        .filter(({ profile }) => dearest === undefined || profile === dearest.profile)
        .map(({ profile, known, unpriced }) => ({
          path: budgetPath,
          subject: profile,
          what: `whether a month of ${profile} stays within ${budget} is not sure${withoutPrice(unpriced)}`,
          seen: known === undefined ? "no price is known" : `${known} of what has a price`,
          accepted: "a price for everything, or a budget with room for what has none",
        }));
    },
  }),
  definePolicy({
    code: "price-book-old",
    exit: 3,
    reason: "prices change every year: old prices would accept a bill above the budget",
    remedy:
      "enter the prices of today as a new price book, or accept older ones with `policies.priceBookAge`; without a `policies.budget` it is a warning only",
    needs: ["priceBooks"],
    judge: ({ priceBooks: { mostDays, carriesBudget, books } }) =>
      books
        .filter(({ days }) => days > mostDays)
        .map(
          ({ id, date, days }): Violation => ({
            path: agePath,
            subject: id,
            what: carriesBudget
              ? "the budget would rest on prices that are too old"
              : "prices are shown from a book that is old",
            seen: `${id} of ${date}, ${days} days old`,
            accepted: `at most ${mostDays} days (setting ${agePath})`,
            ...(carriesBudget ? {} : { warning: true as const }),
          }),
        ),
  }),
]);

/** The most expensive month, as far as prices are known. */
function dearestOf(months: readonly MonthlyBill[]): (MonthlyBill & { readonly known: Money }) | undefined {
  let dearest: (MonthlyBill & { readonly known: Money }) | undefined;
  for (const month of months) {
    const { known } = month;
    if (known !== undefined && (dearest === undefined || known.isMoreThan(dearest.known)))
      dearest = { ...month, known };
  }
  return dearest;
}

function withoutPrice(unpriced: readonly string[]): string {
  return unpriced.length === 0 ? "" : `; without a price and not counted: ${unpriced.join(", ")}`;
}
