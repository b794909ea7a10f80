import { renderCents } from "../../core/money.ts";
import { type MonthlyPrice, type MonthlyPrices, monthlyPriceOf, priceTime } from "../../domain/calendar/price.ts";
import { estimateItems } from "../../domain/cost.ts";
import type { PlanItem } from "../../domain/plan-item.ts";
import type { PriceBook } from "../../domain/price-book.ts";
import type { Profile } from "../../domain/profile.ts";
import type { Project } from "../../systems/load-project.ts";
import { itemsOf, planProfile } from "../../systems/project-plan.ts";
import { requirePriceBook } from "./estimate-cost.ts";

/** All charges of a profile. */
export function profileItems(project: Project, profile: Profile): readonly PlanItem[] {
  return itemsOf(planProfile(project, profile));
}

/** Monthly price of both profiles, including what the offer leaves out. */
export function priceProfiles(project: Project, book: PriceBook): MonthlyPrices {
  return {
    normal: priceItems(profileItems(project, "normal"), book),
    rush: priceItems(profileItems(project, "rush"), book),
    hoursPerMonth: book.hoursPerMonth,
  };
}

export function priceItems(items: readonly PlanItem[], book: PriceBook): MonthlyPrice {
  return monthlyPriceOf(estimateItems(items, book));
}

/** Additional cost of rush over normal for a period, such as `94.34 EUR`; undefined when a price is missing. */
export function rushCostsMore(project: Project, seconds: number, priceBook?: string): string | undefined {
  const { extra } = priceTime(seconds, priceProfiles(project, requirePriceBook(project, priceBook)));
  return extra === undefined ? undefined : renderCents(extra);
}

/** Charges without a known price that differ between the profiles; the others do not affect the difference. */
export function unpricedDifferences(project: Project, book: PriceBook): readonly string[] {
  return differingKeys(unpricedOf(project, "normal", book), unpricedOf(project, "rush", book));
}

/** Number of charges without a known price in a profile, by price key. */
export function unpricedOf(project: Project, profile: Profile, book: PriceBook): ReadonlyMap<string, number> {
  const { lines, outsideOffer } = estimateItems(profileItems(project, profile), book);
  return new Map(
    [...lines, ...outsideOffer].flatMap((line) => (line.amount === undefined ? [[line.key, line.quantity]] : [])),
  );
}

/** Charges of which one side has more than the other. */
export function differingKeys(one: ReadonlyMap<string, number>, other: ReadonlyMap<string, number>): readonly string[] {
  return [...new Set([...one.keys(), ...other.keys()])].filter((key) => one.get(key) !== other.get(key));
}
