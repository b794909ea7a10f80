import type { Temporal } from "temporal-polyfill";
import { priceTime, unknownIn } from "../../domain/calendar/price.ts";
import { wantedAt } from "../../domain/calendar/wanted.ts";
import type { Project } from "../../systems/load-project.ts";
import { requirePriceBook } from "../cost/estimate-cost.ts";
import { priceProfiles } from "../cost/price-profiles.ts";

/** The current rush window, or else the next one, in full. Days are `YYYY-MM-DD`, `to` is inclusive; amounts are decimal texts. */
export interface NextSeason {
  readonly events: readonly string[];
  readonly rushFrom: string;
  readonly rushTo: string;
  /** Null: unknown, never zero. */
  readonly inRush: string | null;
  /** Additional cost over the same period in normal. */
  readonly extra: string | null;
  /** Charges without a known price; the amounts exclude them. */
  readonly unknown: readonly string[];
}

/** Undefined when the calendar has no rush within a year. @throws LorError `price-book-unknown` */
export function nextSeason(project: Project, now: Temporal.Instant, priceBook?: string): NextSeason | undefined {
  const { window, next } = wantedAt(project.settings.normal.calendar, now);
  const coming = window ?? next;
  if (coming === undefined) return undefined;
  const prices = priceProfiles(project, requirePriceBook(project, priceBook));
  const { inRush, extra } = priceTime(coming.seconds, prices);
  return {
    events: coming.occurrences.map(({ event }) => event.name),
    rushFrom: coming.firstDay.toString(),
    rushTo: coming.lastDay.toString(),
    inRush: inRush?.amount ?? null,
    extra: extra?.amount ?? null,
    unknown: unknownIn(prices),
  };
}
