import type { Project } from "../config/project.ts";
import { type MonthlyPrice, type MonthlyPrices, monthlyPriceOf } from "../domain/calendar/price.ts";
import { estimateItems } from "../domain/cost.ts";
import type { Profile } from "../domain/fleet.ts";
import type { PlanItem } from "../domain/plan-item.ts";
import type { PriceBook } from "../domain/price-book.ts";
import { fleetOf, planLor } from "../systems/lor/plan.ts";
import { planItems } from "../systems/lor/plan-items.ts";

/** Everything that a profile is made of. */
export function profileItems({ name, stack, settings }: Project, profile: Profile): readonly PlanItem[] {
  return planItems(planLor({ project: name, stack, settings, fleet: fleetOf(settings[profile]), profile }));
}

/** A month of both profiles, with what the offer leaves out. */
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
