import { ExitCode, LorError } from "../../core/errors.ts";
import { type CostLine, type CostSum, estimateItems } from "../../domain/cost.ts";
import type { PlanItem } from "../../domain/plan-item.ts";
import type { PriceBook } from "../../domain/price-book.ts";
import type { Profile } from "../../domain/profile.ts";
import type { Project } from "../../systems/load-project.ts";
import { cloudOf, itemsOf, planFleet, profileFleet, rollingOf } from "../../systems/project-plan.ts";

export interface EstimateCostArgs {
  readonly project: Project;
  readonly profile: Profile;
  /** Another size for all fronts, for comparison. Default: the profile's. */
  readonly frontsFlavor?: string;
  /** Id of a price book. Default: the book of what is actually bought. */
  readonly priceBook?: string | undefined;
}

/** Amounts are decimal texts with all their digits; null is unknown, never zero. */
export interface CostReport {
  readonly version: 1;
  readonly profile: Profile;
  readonly priceBook: Pick<PriceBook, "id" | "date" | "source" | "region">;
  readonly total: CostReportSum;
  readonly lines: readonly CostReportLine[];
  readonly outsideOffer: readonly CostReportLine[];
  readonly outsideOfferTotal: CostReportSum;
  /** Resources without a charge of their own. */
  readonly free: { readonly count: number; readonly items: readonly CostReportItem[] };
}

export interface CostReportSum {
  /** Sum of all known prices; null when none is known. */
  readonly amount: string | null;
  readonly currency: string;
  readonly tax: "excluded" | "included";
  readonly period: "month";
  /** Keys of the charges without a known price, as in `label`; `amount` does not include them. */
  readonly unpriced: readonly string[];
}

export interface CostReportLine {
  readonly label: string;
  /** Id of the price book: charges outside an offer are priced from another book. */
  readonly priceBook: string;
  readonly quantity: number;
  readonly unit: CostLine["unit"];
  readonly unitPrice: string | null;
  readonly hourPrice: string | null;
  /** Monthly alternative for the same charge; not counted. */
  readonly monthlyPlan: string | null;
  readonly amount: string | null;
  readonly note: string | null;
  readonly items: readonly CostReportItem[];
}

interface CostReportItem {
  readonly type: string;
  readonly name: string;
}

/** Monthly price of a profile. @throws LorError `price-book-unknown`, `flavor-unknown` */
export function estimateCost({ project, profile, frontsFlavor, priceBook }: EstimateCostArgs): CostReport {
  const book = requirePriceBook(project, priceBook);
  const asked = profileFleet(project, profile);
  const size = requireSize(project, frontsFlavor);
  const fleet = size === undefined ? asked : { ...asked, fronts: asked.fronts.map((front) => ({ ...front, size })) };
  const estimate = estimateItems(itemsOf(planFleet(project, fleet)), book);
  return {
    version: 1,
    profile,
    priceBook: { id: book.id, date: book.date, source: book.source, region: book.region },
    total: renderSum(estimate.total, book),
    lines: estimate.lines.map(renderLine),
    outsideOffer: estimate.outsideOffer.map(renderLine),
    outsideOfferTotal: renderSum(estimate.outsideOfferTotal, book),
    free: { count: estimate.free.length, items: estimate.free.map(renderItem) },
  };
}

/** @param id default: that of the system. @throws LorError `price-book-unknown` */
export function requirePriceBook(project: Pick<Project, "system">, id?: string): PriceBook {
  const { priceBooks } = cloudOf(project);
  const wanted = id ?? project.system.priceBook;
  const book = priceBooks.find((one) => one.id === wanted);
  if (book !== undefined) return book;
  throw new LorError({
    code: "price-book-unknown",
    message: "the price book does not exist",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--price-book",
    seen: wanted,
    accepted: priceBooks.map((candidate) => candidate.id).join(", "),
  });
}

function requireSize(project: Project, size: string | undefined): string | undefined {
  if (size === undefined) return size;
  const { sizes } = rollingOf(project);
  if (sizes.includes(size)) return size;
  throw new LorError({
    code: "flavor-unknown",
    message: "the size does not exist",
    exit: ExitCode.usage,
    culprit: "user",
    path: "--fronts-flavor",
    seen: size,
    accepted: sizes.join(", "),
  });
}

function renderSum({ known, unpriced }: CostSum, { currency, tax }: PriceBook): CostReportSum {
  return { amount: known?.amount ?? null, currency, tax, period: "month", unpriced };
}

function renderLine(line: CostLine): CostReportLine {
  return {
    label: line.key,
    priceBook: line.priceBook,
    quantity: line.quantity,
    unit: line.unit,
    unitPrice: line.unitPrice?.amount ?? null,
    hourPrice: line.hourPrice?.amount ?? null,
    monthlyPlan: line.monthlyPlan?.amount ?? null,
    amount: line.amount?.amount ?? null,
    note: line.note ?? null,
    items: line.items.map(renderItem),
  };
}

function renderItem({ type, name }: PlanItem): CostReportItem {
  return { type, name };
}
