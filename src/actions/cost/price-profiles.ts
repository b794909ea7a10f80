import { type MonthlyPrice, type MonthlyPrices, monthlyPriceOf } from "../../domain/calendar/price.ts";
import { estimateItems } from "../../domain/cost.ts";
import type { PlanItem } from "../../domain/plan-item.ts";
import type { PriceBook } from "../../domain/price-book.ts";
import type { Profile } from "../../domain/profile.ts";
import type { SystemPlan } from "../../systems/contract.ts";
import type { Project } from "../../systems/load-project.ts";
import { itemsOf, planProfile } from "../../systems/project-plan.ts";

/** All charges of a profile. */
export function profileItems(project: Project, profile: Profile): readonly PlanItem[] {
  return itemsOf(planProfile(project, profile));
}

/** Monthly price of both profiles, including what the offer leaves out. */
export function priceProfiles(project: Project, book: PriceBook): MonthlyPrices {
  return pricePlans({ normal: planProfile(project, "normal"), rush: planProfile(project, "rush") }, book);
}

/** Monthly price of the Plans of both profiles. */
export function pricePlans({ normal, rush }: Readonly<Record<Profile, SystemPlan>>, book: PriceBook): MonthlyPrices {
  return {
    normal: priceItems(itemsOf(normal), book),
    rush: priceItems(itemsOf(rush), book),
    hoursPerMonth: book.hoursPerMonth,
  };
}

export function priceItems(items: readonly PlanItem[], book: PriceBook): MonthlyPrice {
  return monthlyPriceOf(estimateItems(items, book));
}

/** Charges without a known price that differ between the profiles; the others do not affect the difference. */
export function unpricedDifferences(
  { normal, rush }: Readonly<Record<Profile, SystemPlan>>,
  book: PriceBook,
): readonly string[] {
  return differingKeys(unpricedItems(itemsOf(normal), book), unpricedItems(itemsOf(rush), book));
}

/** Number of charges without a known price in a profile, by price key. */
export function unpricedOf(project: Project, profile: Profile, book: PriceBook): ReadonlyMap<string, number> {
  return unpricedItems(profileItems(project, profile), book);
}

function unpricedItems(items: readonly PlanItem[], book: PriceBook): ReadonlyMap<string, number> {
  const { lines, outsideOffer } = estimateItems(items, book);
  return new Map(
    [...lines, ...outsideOffer].flatMap((line) => (line.amount === undefined ? [[line.key, line.quantity]] : [])),
  );
}

/** Charges of which one side has more than the other. */
export function differingKeys(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
}
