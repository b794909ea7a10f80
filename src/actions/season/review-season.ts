import { Temporal } from "temporal-polyfill";
import { ExitCode, LorError } from "../../core/errors.ts";
import { type MonthlyPrice, priceTime, unknownIn } from "../../domain/calendar/price.ts";
import { planSeason, type RushWindow } from "../../domain/calendar/windows.ts";
import { costOfFleets } from "../../domain/review/cost.ts";
import type { RecordedFleet } from "../../domain/review/journal-record.ts";
import { lastSeason, type ReviewedSeason, type ReviewPeriod, reviewSeason } from "../../domain/review/season.ts";
import type { StackContext } from "../../stack/stack-context.ts";
import { itemsOf, planFleet } from "../../systems/project-plan.ts";
import { requirePriceBook } from "../cost/estimate-cost.ts";
import { priceItems, priceProfiles } from "../cost/price-profiles.ts";

/** Days of a review, `YYYY-MM-DD` in the company's time zone, both inclusive. */
export interface ReviewDays {
  readonly from?: string;
  readonly to?: string;
}

/** Review of a season. Times are ISO 8601 in UTC, amounts decimal texts; null is unknown, never zero. */
export interface SeasonReview extends Pick<ReviewedSeason, "from" | "to" | "over" | "runs" | "incidents"> {
  readonly version: 1;
  readonly project: string;
  readonly stack: string;
  /** `local`, or the id of the system's cloud. */
  readonly cloud: string;
  readonly timeZone: string;
  readonly inRush: { readonly from: string; readonly to: string; readonly seconds: number } | null;
  readonly capacity: readonly ReviewedCapacity[];
  /** Rush windows of the calendar in this period. */
  readonly planned: readonly PlannedRush[];
  readonly cost: {
    readonly priceBook: string;
    readonly currency: string;
    readonly total: string | null;
    /** Additional cost over the same period in normal. */
    readonly extra: string | null;
    /** The same for the planned rush; null without an event. */
    readonly plannedExtra: string | null;
    /** Charges without a known price; the amounts exclude them. */
    readonly unknown: readonly string[];
  };
}

interface ReviewedCapacity {
  readonly at: string;
  /** Such as `ps-0 b2-15`. */
  readonly serving: readonly string[];
  readonly fronts: number;
  /** Of serving fronts; null when a size is no longer known. */
  readonly cores: number | null;
}

interface PlannedRush {
  readonly events: readonly string[];
  readonly from: string;
  readonly to: string;
  readonly seconds: number;
}

/**
 * Review of a season from the stack's journal and the price book: of the last one, or of the given days.
 * @throws LorError `no-season-yet`
 */
export async function reviewOfSeason(context: StackContext, days: ReviewDays = {}): Promise<SeasonReview> {
  const { cloud, project, state } = context;
  const { calendar } = project.settings.normal;
  const records = await state.journal.entries();
  const now = context.clock.now().toISOString();
  const period = periodOf(days, lastSeason(records, now), { now, timeZone: calendar.timeZone });
  if (period === undefined) throw noSeasonYet(project.stack);
  const season = reviewSeason(records, period);
  const { from, to, over, runs, incidents, inRush } = season;
  const windows = plannedIn(context, period);
  return {
    version: 1,
    project: project.name,
    stack: project.stack,
    cloud,
    timeZone: calendar.timeZone,
    from,
    to,
    over,
    inRush: inRush === undefined ? null : { ...inRush, seconds: secondsBetween(inRush.from, inRush.to) },
    runs,
    incidents,
    capacity: season.capacity.map(({ at, serving }) => {
      const cores = serving.map(({ size }) => context.project.system.capabilities.rolling?.capacityOf(size)?.cores);
      return {
        at,
        serving: serving.map(({ name, size }) => `${name} ${size}`),
        fronts: serving.length,
        cores: cores.reduce((sum: number | null, one) => (sum === null || one === undefined ? null : sum + one), 0),
      };
    }),
    planned: windows.map((window) => ({
      events: window.occurrences.map(({ event }) => event.name),
      from: window.start.toInstant().toString(),
      to: window.end.toInstant().toString(),
      seconds: window.seconds,
    })),
    cost: costOf(context, season, windows),
  };
}

function costOf(context: StackContext, season: ReviewedSeason, windows: readonly RushWindow[]): SeasonReview["cost"] {
  const book = requirePriceBook(context.project);
  const prices = priceProfiles(context.project, book);
  const monthOf = (fleet: RecordedFleet): MonthlyPrice | undefined => {
    try {
      return priceItems(itemsOf(planFleet(context.project, fleet)), book);
    } catch (error) {
      // A front without an address in the settings, or a size that is no longer sold.
      if (error instanceof LorError) return undefined;
      throw error;
    }
  };
  const { total, extra } = costOfFleets(season.fleets, {
    monthOf,
    normal: prices.normal,
    hoursPerMonth: prices.hoursPerMonth,
  });
  const planned = windows.reduce((sum, { seconds }) => sum + seconds, 0);
  return {
    priceBook: book.id,
    currency: book.currency,
    total: total?.amount ?? null,
    extra: extra?.amount ?? null,
    plannedExtra: planned === 0 ? null : (priceTime(planned, prices).extra?.amount ?? null),
    unknown: unknownIn(prices),
  };
}

/** Windows of the calendar that overlap the period. */
function plannedIn({ project }: StackContext, { from, to }: ReviewPeriod): readonly RushWindow[] {
  const { calendar } = project.settings.normal;
  const first = Temporal.Instant.from(from).toZonedDateTimeISO(calendar.timeZone).toPlainDate();
  const years = Math.max(1, Math.ceil(secondsBetween(from, to) / (365 * 86_400)));
  return planSeason(calendar, first, years).windows.filter(
    ({ start, end }) => start.epochMilliseconds < Date.parse(to) && end.epochMilliseconds > Date.parse(from),
  );
}

function periodOf(
  { from, to }: ReviewDays,
  last: ReviewPeriod | undefined,
  { now, timeZone }: { readonly now: string; readonly timeZone: string },
): ReviewPeriod | undefined {
  const midnight = (day: string, after: number) =>
    Temporal.PlainDate.from(day).add({ days: after }).toZonedDateTime(timeZone).toInstant().toString();
  if (from === undefined && to === undefined) return last;
  return {
    from: from === undefined ? (last?.from ?? "1970-01-01T00:00:00Z") : midnight(from, 0),
    to: to === undefined ? now : midnight(to, 1),
  };
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Math.round((Date.parse(to) - Date.parse(from)) / 1000));
}

function noSeasonYet(stack: string): LorError {
  return new LorError({
    code: "no-season-yet",
    message: `the journal of the stack ${stack} has no rush to review`,
    exit: ExitCode.failed,
    culprit: "user",
    next: "lor-infra rush, or lor-infra season --review --from DATE for what else was done",
  });
}
